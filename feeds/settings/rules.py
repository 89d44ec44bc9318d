"""What a single setting must fulfil beyond its type.

Each rule takes the text, returns it (tidied where that loses nothing), or raises ValueError("is wrong so; do this"):
the key and the text are put in front by `mistakes`.
"""

import re
from base64 import b64decode
from datetime import date
from difflib import get_close_matches
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, available_timezones

from feeds.model import FORMATS, KINDS, SITE, FeedKey, Kind
from feeds.slugs import normal_term

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DNS_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_AUTHORITY = re.compile(rf"(?:[A-Za-z0-9._-]+@)?{_DNS_NAME},(\d{{4}})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_URI = re.compile(r"(?:[A-Za-z0-9:/?#\[\]@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})+", re.ASCII)  # RFC 3986 §2
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_CITIES = {"beijing": "Asia/Shanghai", "prc": "Asia/Shanghai", "mumbai": "Asia/Kolkata"}  # capitals that name no zone
_UNFIT_FOR_SLUGS = re.compile(r"[\s/\\?#%:*\"<>|~\x00-\x1f\x7f]")
_TERM_KINDS: dict[str, Kind] = {str(kind): kind for kind in KINDS if kind != "site"}

_DAY = 86_400  # seconds
# Whole minutes, which `<ttl>` counts, that divide a day, as `sy:updateFrequency` does; in seconds.
LIFETIMES = tuple(seconds for seconds in range(60, _DAY + 1, 60) if _DAY % seconds == 0)

FORGES = ("github", "gitlab", "gitea")
TOKEN_DIGEST = "sha256:"  # noqa: S105 - what a digest begins with
_TOKEN_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_SHORTEST_SECRET = 16  # characters

STYLES = frozenset({"date", "pretty", "ordinal", "weekdate", "none"})
# fmt: off
JEKYLL_PLACEHOLDERS = frozenset((
    "collection",
    "year", "short_year", "month", "i_month", "short_month", "long_month", "day", "i_day", "y_day", "w_year", "week",
    "w_day", "short_day", "long_day", "hour", "minute", "second", "title", "slug", "categories",
    "slugified_categories", "path", "name", "basename", "output_ext",
))
HUGO_PLACEHOLDERS = frozenset((
    "monthname", "weekday", "weekdayname", "yearday", "section", "sections", "filename", "slugorfilename",
    "contentbasename", "slugorcontentbasename",
))
# fmt: on
_PLACEHOLDER = re.compile(r":([A-Za-z_]+(?:\[[^\]]*\])?)")


def token_name(text: str) -> str:
    if not _TOKEN_NAME.fullmatch(text):
        raise ValueError('is no name for a token; write up to 64 letters, digits, "-", "_" and "."')
    return text


def token(text: str) -> str:
    """Demand what a bearer token can be spelled with (RFC 6750 §2.1), or the digest of one."""
    if text.startswith(TOKEN_DIGEST):
        if not re.fullmatch(r"[0-9a-fA-F]{64}", text.removeprefix(TOKEN_DIGEST)):
            raise ValueError("is not 64 hexadecimal digits behind sha256:; take them from `sha256sum`")
    elif len(text) < _SHORTEST_SECRET:
        raise ValueError(f"has fewer than {_SHORTEST_SECRET} characters; make one with `openssl rand -hex 24`")
    elif not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", text):
        raise ValueError("holds what no token can; make one with `openssl rand -hex 24`")
    return text


def branch(text: str) -> str:
    """Tidy the name of a branch: as people say it, without `refs/heads/`."""
    name = text.removeprefix("refs/heads/")
    if not name or re.search(r"[\s\x00-\x1f~^:?*\[\\\x7f]", name):  # git-check-ref-format(1)
        raise ValueError('is no name of a branch; write one such as "main"')
    return name


def hook_secret(text: str) -> str:
    if len(text) < _SHORTEST_SECRET:
        raise ValueError(f"has fewer than {_SHORTEST_SECRET} characters; make one with `openssl rand -hex 24`")
    if text.startswith("whsec_"):
        try:
            b64decode(text.removeprefix("whsec_"), validate=True)
        except ValueError as err:
            raise ValueError(f"is no signing token ({err}); copy it from GitLab as it stands there") from err
    return text


def forge(text: str) -> str:
    if text not in FORGES:
        raise ValueError("is no forge that is known; write github, gitlab or gitea")
    return text


def site_address(text: str) -> str:
    """Demand an absolute http or https address; it loses its trailing slash."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as err:
        raise ValueError(f"is not an address ({err}); write it like https://example.com") from err
    if parts.scheme.lower() not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f<>\"]", text):
        raise ValueError("is not an absolute http or https address; write it like https://example.com")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("has more than host and path; drop what stands before @ and from ? or # on")
    return text.rstrip("/")


def time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as err:
        raise ValueError(f"is not a known time zone; {_zone_remedy(text)}") from err
    return text


def _zone_remedy(text: str) -> str:
    zones = {zone.rpartition("/")[2].lower(): zone for zone in available_timezones() if "/" in zone} | _CITIES
    city = text.rpartition("/")[2].strip().lower().replace(" ", "_")
    close = get_close_matches(city, zones, n=1, cutoff=0.75)
    return f'did you mean "{zones[close[0]]}"?' if close else 'write a name such as "Asia/Shanghai" or "UTC"'


def tagging_authority(text: str) -> str:
    """Demand the taggingEntity of RFC 4151 §2.1: a host name or e-mail address, a comma, a date."""
    remedy = 'write a host name that was yours on that date, e.g. "example.com,2021" or "example.com,2021-03-01"'
    match = _AUTHORITY.fullmatch(text)
    if not match:
        raise ValueError(f"does not follow RFC 4151; {remedy}")
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        date(year, month, day)
    except ValueError as err:
        raise ValueError(f"holds no possible date ({err}); {remedy}") from err
    return text


def hop(text: str) -> str:
    """Demand an IP address, a network, or `unix`."""
    if text == "unix":
        return text
    remedy = 'write an address, a network such as "10.0.0.0/8", or "unix"'
    try:
        return str(ip_network(text)) if "/" in text else str(ip_address(text))
    except ValueError as err:
        raise ValueError(f"is no address of a proxy ({err}); {remedy}") from err


def network(text: str) -> str:
    """Demand an IP address, or a network of them: `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`."""
    try:
        ip_network(text)
    except ValueError as err:
        raise ValueError(f'is not an address or network ({err}); write it like "10.1.2.3" or "10.0.0.0/8"') from err
    return text


def language_tag(text: str) -> str:
    if _LANGUAGE.fullmatch(text):
        return text
    remedy = f'write "{text.replace("_", "-")}"' if "_" in text else 'write it like "en" or "zh-CN"'
    raise ValueError(f"is not a language tag (BCP 47); {remedy}")


def pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as err:
        raise ValueError(f"is not a regular expression ({err}); escape special characters with a backslash") from err
    return text


def source_pattern(text: str) -> str:
    if "name" not in re.compile(pattern(text)).groupindex:
        raise ValueError("has no group `name`; put (?P<name>…) around what names the source")
    return text


def reader_address(text: str) -> str:
    """Demand an absolute address with a place for the feed's own, for a link on a page."""
    web_address(text.replace("{url}", "url"))
    if "{url}" not in text:
        raise ValueError("has no place for the feed; put {url} where the feed's address is to stand")
    return text


def credit_template(text: str) -> str:
    """Demand at least one of the two links, and no other placeholder or brace."""
    unknown = re.search(r"[{}][^{}]*\}?", text.replace("{source}", "").replace("{original}", ""))
    if unknown:
        raise ValueError(f"holds {unknown[0]!r}; write only {{source}} and {{original}} in braces")
    if "{source}" not in text and "{original}" not in text:
        raise ValueError("names no source; put {source} where the link to the source is to stand")
    return text


def web_address(text: str) -> str:
    """Demand an absolute http or https address."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as err:
        raise ValueError(f"is not an address ({err}); write it like https://example.com/news") from err
    if parts.scheme.lower() not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f<>\"]", text):
        raise ValueError("is not an absolute http or https address; write it like https://example.com/news")
    return text


def hub_address(text: str) -> str:
    """Demand an address as it goes over the wire: http or https, ASCII, for the request and for the Link field."""
    web_address(text)
    parts = urlsplit(text)
    if parts.username is not None or parts.fragment:
        raise ValueError("has more than a hub's address; drop what stands before @ and from # on")
    if not _URI.fullmatch(text):
        raise ValueError("holds what an address cannot carry; percent-encode it, and write the host in ASCII (xn--…)")
    return text if parts.path else urlunsplit(parts._replace(path="/"))


def once_each(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def email(text: str) -> str:
    if not re.fullmatch(r"[^\s@<>()\x00-\x1f]+@[^\s@<>()\x00-\x1f]+", text):
        raise ValueError('is no e-mail address; write it like "desk@example.com"')
    return text


def host_name(text: str) -> str:
    """Tidy a host's name: lower case, ASCII (RFC 3490), without scheme, slash or wildcard."""
    host = re.sub(r"\A(?:https?:)?//", "", text.strip().lower()).removeprefix("*.").strip("./")
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not re.fullmatch(rf"{_LABEL}(?:\.{_LABEL})+", name):
        raise ValueError('is not the name of a host; write it like "example.com", its subdomains count, too')
    return name


def term(text: str) -> str:
    """Give a name its one spelling, as in feeds."""
    if not normal_term(text):
        raise ValueError("is nothing but white space; fill it in or take it away")
    return normal_term(text)


def lifetime(seconds: int) -> int:
    """Demand one of LIFETIMES, so that max-age, `<ttl>` and `sy:` can say the same."""
    if seconds not in LIFETIMES:
        near = sorted(sorted(LIFETIMES, key=lambda one: abs(one - seconds))[:2])
        raise ValueError(f"is no number of whole minutes that divides a day; write {near[0]} or {near[1]}")
    return seconds


def permalink_template(text: str) -> str:
    """Demand one of Jekyll's styles or a path with known placeholders, at least one of them."""
    if text in STYLES:
        return text
    names = _PLACEHOLDER.findall(text)
    known = JEKYLL_PLACEHOLDERS | HUGO_PLACEHOLDERS
    for name in names:
        if name.removesuffix("_") not in known:  # `:year_:month`: the underscore is not part of the name
            close = get_close_matches(name, known, n=1)
            raise ValueError(f"has the unknown placeholder :{name}; " + _meant(close, prefix=":"))
    if not names:
        raise ValueError(f'gives all posts one address; write a style ({", ".join(sorted(STYLES))}) or "/:year/:slug/"')
    if not text.startswith("/"):
        raise ValueError(f'does not begin with a slash; write "/{text}"')
    return text


def _meant(close: list[str], *, prefix: str) -> str:
    return f"did you mean {prefix}{close[0]}?" if close else "the known ones are in the settings' documentation"


def feed_key(address: str) -> FeedKey:
    """Read the address of a [[feed]]: `/feed`, or `/category/TERM` with the term as posts write it."""
    if address == "/feed":
        return SITE
    kind, _, rest = address.removeprefix("/").partition("/")
    term = normal_term(rest)
    if not address.startswith("/") or kind not in _TERM_KINDS or not term:
        raise ValueError(
            "names no feed; write /feed, /category/TERM, /tag/TERM, /source/TERM, /author/TERM or /collection/NAME"
        )
    if term.endswith("/"):
        raise ValueError("ends in a slash; drop it")
    if (plain := unquote(address)) != address:
        raise ValueError(f'is percent-encoded; write it as people read it, "{plain}"')
    return FeedKey(_TERM_KINDS[kind], term)


def old_address(text: str) -> str:
    """Demand a path without a query, and at most one {name} in it."""
    if not text.startswith("/") or re.search(r"[?#{}\s\x00-\x1f]", text.replace("{name}", "", 1)):
        raise ValueError("is no path of an address; write it like /atom.xml or /feeds/{name}.xml")
    return text


def feed_file(text: str) -> str:
    """Demand the address of a feed with its format: `/feed.atom`, `/tag/{name}.atom`."""
    address, _, suffix = text.rpartition(".")
    if suffix not in FORMATS:
        raise ValueError(f"names no format; end it with {', '.join(f'.{one}' for one in FORMATS)}")
    feed_key(address)
    return text


def collection_name(text: str) -> str:
    if "/" in text or text != normal_term(text) or not text:
        raise ValueError("is no name for a collection; write one word without slashes")
    return text


def feed_address(address: str) -> str:
    feed_key(address)
    return address


def term_address(address: str) -> str:
    """Demand the address of a feed that is not the site's own."""
    if feed_key(address) == SITE:
        raise ValueError("is the site's own feed, which is always there; write /category/TERM and the like")
    return address


def selection(address: str) -> str:
    """Demand the address of a feed, or of all feeds of a kind: `/category/*`."""
    kind, _, rest = address.removeprefix("/").partition("/")
    if rest == "*" and kind in _TERM_KINDS and address.startswith("/"):
        return address
    return feed_address(address)


def feed_slug(text: str) -> str:
    """Demand a path segment that is also a file name; `~` is kept for the slugs that are made."""
    unfit = _UNFIT_FOR_SLUGS.search(text)
    if unfit:
        raise ValueError(f'holds {unfit[0]!r}, which an address cannot carry well; use letters, digits and "-"')
    if not text or text.startswith(".") or len(text.encode("utf-8", "surrogatepass")) > 200:
        raise ValueError("is empty, hidden (it begins with a dot) or longer than 200 bytes; give another one")
    return text
