"""Any reference that people write, made an http(s) URI, or nothing."""

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

PATH_SAFE = "/:@!$&'()*+,;=-._~"  # RFC 3986 §3.3: pchar and the slash
_QUERY_SAFE = PATH_SAFE + "?"
_USER_SAFE = "!$&'()*+,;=-._~:"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# Controls, lone surrogates and what XML 1.0 cannot carry never belong to an address.
_ILLEGAL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HOST = re.compile(r"[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*\.?")
# Nearly all references: an absolute address that needs nothing done. One match costs a tenth of taking it apart.
_PATH = r"(?:[A-Za-z0-9/:@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})"
_QUERY = r"(?:[A-Za-z0-9/:@!$&'()*+,;=._~?-]|%[0-9A-Fa-f]{2})"
_FINE = re.compile(
    rf"https?://[a-z0-9_~-]+(?:\.[a-z0-9_~-]+)*\.?(?::[0-9]{{1,4}})?(?:/{_PATH}*)?(?:\?{_QUERY}+)?(?:\#{_QUERY}+)?"
)
_SURE = re.compile(
    rf"https?://(?P<host>(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{{2,}})(?:/{_PATH}*)?(?:\?(?P<query>{_QUERY}+))?(?:\#{_QUERY}+)?"
)  # of these, with a host that no parser of addresses minds
# Dot segments, empty ones, what looks like a scheme, and parameters, which are parted from their path.
_TO_RESOLVE = re.compile(r"(?:^|/)(?:\.{0,2}/|\.{1,2}\Z)|^[^/]*:|;")
_FINE_PATH = re.compile(rf"{_PATH}+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def absolute(reference: str, base: str) -> str | None:
    """Resolve a reference against `base` into an http or https URI that is pure ASCII; None where there is none.

    Spaces and non-ASCII are percent-encoded, what is encoded already stays; host names become A-labels (RFC 3490);
    user information and port are kept. `mailto:`, `tel:`, `javascript:` and `data:` are None: links that may carry
    mailto: or tel: ask for that before they come here. Never raises, whatever the text.
    """
    if reference.startswith("//"):
        reference = base.partition("//")[0] + reference  # the base's scheme
    if _FINE.fullmatch(reference):
        return reference
    if reference.startswith("/") and _is_path(reference[1:]) and _is_canonical(home := _home_of(base)):
        return home + reference[1:]
    cleaned = _with_forward_slashes(_ILLEGAL.sub("", reference).strip())
    scheme = _SCHEME.match(cleaned)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        return None
    try:
        parts = urlsplit(urljoin(base, cleaned))
        host = _authority(parts.netloc)
    except ValueError:  # `http://[bad`, a port of letters, a label too long; UnicodeError is one, too
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    path, query, fragment = _encode(parts.path, PATH_SAFE), *(_encode(p, _QUERY_SAFE) for p in parts[3:])
    return urlunsplit((parts.scheme, host, path, query, fragment))


def on_site(reference: str, site: str) -> str | None:
    """Resolve a reference of front matter or settings; `/x` starts at the site, below the sub-path it may have."""
    home = f"{site.rstrip('/')}/"
    place = urlsplit(home).path
    if reference.startswith("/") and not reference.startswith(("//", place)):
        reference = place + reference.lstrip("/")
    return absolute(reference, home)


def is_sure(address: str) -> bool:
    """Say whether this is an absolute address that everybody takes as it stands."""
    return _SURE.fullmatch(address) is not None


@lru_cache(maxsize=4)  # several rules ask of the same address
def host_and_query(address: str) -> tuple[str, str]:
    """Return the host of an address, in lower case, and its query; "" for what it has not. Raises ValueError."""
    if match := _SURE.fullmatch(address):
        return match["host"], match["query"] or ""
    parts = urlsplit(address)
    return parts.hostname or "", parts.query


def below(home: str, path: str) -> str | None:
    """Resolve a path that has been encoded against an address that ends with a slash."""
    return home + path if _is_path(path) and _is_canonical(home) else absolute(path, home)


def _is_path(reference: str) -> bool:
    """Say whether a reference merely follows the address that it is resolved against, if that ends with a slash."""
    return _FINE_PATH.fullmatch(reference) is not None and not _TO_RESOLVE.search(reference)


def _home_of(base: str) -> str:
    """Return scheme and authority of an address, as they are written, and a slash."""
    return "/".join(base.split("/", 3)[:3]) + "/"


@lru_cache(maxsize=64)
def _is_canonical(home: str) -> bool:
    """Say whether what is resolved against an address merely follows it."""
    return absolute("a", home) == f"{home}a"


def _with_forward_slashes(reference: str) -> str:
    r"""Read `http:\\host\path` as browsers do (WHATWG URL §4.4); query and fragment keep their backslashes."""
    end = min((i for i in map(reference.find, "?#") if i >= 0), default=len(reference))
    return reference[:end].replace("\\", "/") + reference[end:]


def _encode(text: str, safe: str) -> str:
    return _STRAY_PERCENT.sub("%25", quote(text, safe=safe + "%"))


def _authority(netloc: str) -> str:
    """Return user information, host and port as ASCII; "" where the host is missing, ValueError where it is none."""
    user, at, address = netloc.rpartition("@")
    if address.startswith("["):
        host, _, port = address.partition("]")  # urlsplit has checked the address inside
        host, port = f"{host}]".lower(), port.removeprefix(":")
    else:
        host, _, port = address.partition(":")
        host = _a_label(host)
    if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(netloc)
    return _encode(user, _USER_SAFE) + at + host + (f":{port}" if port else "") if host else ""


def _a_label(host: str) -> str:
    if not host:
        return ""
    name = unquote(host).lower()
    name = name if name.isascii() else name.encode("idna").decode("ascii")
    if not _HOST.fullmatch(name):
        raise ValueError(host)
    return name
