"""What a host must be told: files that it reads itself, in its own words.

Sources: GitHub docs "Managing a custom domain" and "Bypassing Jekyll"; Netlify docs "Custom headers" and "Redirects";
Cloudflare docs "Headers" and "Redirects"; nginx's ngx_http_core, gzip_static and rewrite modules; Caddy's file_server.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from feeds.export.old import OldAddress
from feeds.render import RENDERERS
from feeds.settings import HostKind, Settings
from feeds.urls import wire

_TYPES: Mapping[str, str] = {
    **{renderer.suffix: renderer.media_type for renderer in RENDERERS.values()},
    ".opml": "text/x-opml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
_JSON = "application/json"
_EXCEPTIONS: Mapping[str, str] = {  # what their suffix does not say
    "/feeds.json": _JSON,
    "/sources.json": _JSON,
    "/manifest.json": _JSON,
    "/opml.xml": _TYPES[".opml"],
}


def stale(settings: Settings) -> str:
    """Return what follows max-age: for how long a copy may stand in (RFC 5861)."""
    cache = settings.cache
    return f", stale-while-revalidate={cache.stale_while_revalidate}, stale-if-error={cache.stale_if_error}"


def host_files(settings: Settings, moved: Sequence[OldAddress]) -> dict[str, bytes]:
    """Return the files for this site's host by path. moved: the old addresses from which it is to lead on."""
    return {path: text.encode() for path, text in _WRITERS[settings.build.host](settings, moved)}


Written = Iterator[tuple[str, str]]


def _nothing(_settings: Settings, _moved: Sequence[OldAddress]) -> Written:
    yield from ()


def _github_pages(settings: Settings, _moved: Sequence[OldAddress]) -> Written:
    yield ".nojekyll", ""  # else files and folders that begin with _ are left out
    host = urlsplit(settings.site.url).hostname or ""
    if not host.endswith(".github.io"):
        yield "CNAME", f"{host}\n"


def _headers_and_redirects(settings: Settings, moved: Sequence[OldAddress]) -> Written:
    """Rules do not overlap but for the guards, as these hosts join the values of a field that several rules set."""
    base, fresh = wire(settings.base_path), f"max-age={settings.cache.min}{stale(settings)}"
    rules = [f"{base}/*\n  X-Content-Type-Options: nosniff\n  Access-Control-Allow-Origin: *"]
    rules += [
        f"{base}/*{suffix}\n  Content-Type: {media_type}\n  Cache-Control: {fresh}"
        for suffix, media_type in _TYPES.items()
        if suffix in {".atom", ".rss", ".opml"}
    ]
    rules += [
        f"{base}{place}\n  Content-Type: {_TYPES['.json']}\n  Cache-Control: {fresh}"
        for place in ("/feed.json", *(f"/{kind}/*.json" for kind in ("category", "tag", "source", "author")))
    ]
    yield "_headers", "\n".join(rules) + "\n"
    if moved:
        yield "_redirects", "".join(f"{wire(base_of(settings, old))} {_there(settings, old)} 301\n" for old in moved)


def base_of(settings: Settings, old: OldAddress) -> str:
    return settings.base_path + old.path


def _there(settings: Settings, old: OldAddress) -> str:
    return wire(settings.base_path + old.address)


def _nginx(settings: Settings, moved: Sequence[OldAddress]) -> Written:
    base, fresh = settings.base_path, f"max-age={settings.cache.min}{stale(settings)}"
    codings = settings.build.codings
    lines = [
        "# For a `server` block of nginx:  root FOLDER;  include FOLDER/nginx.conf;",
        "# nginx makes ETag and Last-Modified from size and time of a file, which move whenever a feed changes.",
        f'add_header Cache-Control "{fresh}";',
        "add_header X-Content-Type-Options nosniff;",
        "add_header Access-Control-Allow-Origin *;",
    ]
    if codings:  # without them nothing varies
        lines.append("gzip_vary on;")
    lines += [f"{_MODULES[coding]}_static on;{_NOTES[coding]}" for coding in codings]
    lines.append(f"location = {_quoted(base + '/nginx.conf')} {{ return 404; }}")
    lines += [f"location = {_quoted(base + path)} {{ {_typed(kind)} }}" for path, kind in _EXCEPTIONS.items()]
    lines += [f"location ~ \\{suffix}$ {{ {_typed(media_type)} }}" for suffix, media_type in _TYPES.items()]
    lines += [
        f"location = {_quoted(base_of(settings, old))} {{ return 301 {_there(settings, old).replace('$', '%24')}; }}"
        for old in moved
    ]
    yield "nginx.conf", "\n".join(lines) + "\n"


_MODULES: Mapping[str, str] = {"gzip": "gzip", "br": "brotli", "zstd": "zstd"}
_NOTES: Mapping[str, str] = {
    "gzip": "",
    "br": "  # needs the module brotli_static",
    "zstd": "  # needs the module zstd_static",
}


def _typed(media_type: str) -> str:
    return f'types {{ }} default_type "{media_type}";'


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _caddy(settings: Settings, moved: Sequence[OldAddress]) -> Written:
    base, fresh = settings.base_path, f"max-age={settings.cache.min}{stale(settings)}"
    codings = " ".join(settings.build.codings)
    lines = [
        "# For a site block of Caddy:  root * FOLDER  and  import FOLDER/Caddyfile",
        f'header Cache-Control "{fresh}"',
        "header X-Content-Type-Options nosniff",
        "header Access-Control-Allow-Origin *",
    ]
    for suffix, media_type in _TYPES.items():
        others = [base + path for path, other in _EXCEPTIONS.items() if path.endswith(suffix) and other != media_type]
        same = [base + path for path, other in _EXCEPTIONS.items() if other == media_type]
        lines += [f"@{suffix[1:]} {{", f"\tpath {' '.join((f'*{suffix}', *same))}"]
        lines += [*([f"\tnot path {' '.join(others)}"] if others else []), "}"]
        lines.append(f'header @{suffix[1:]} Content-Type "{media_type}"')
    plain = [base + path for path, media_type in _EXCEPTIONS.items() if media_type == _JSON]
    lines += [f"@plain path {' '.join(plain)}", f"header @plain Content-Type {_JSON}"]
    lines += [f'redir "{base_of(settings, old)}" "{_there(settings, old)}" 301' for old in moved]
    lines.append("@own path */Caddyfile")
    lines.append("respond @own 404")
    lines += ["file_server {", *([f"\tprecompressed {codings}"] if codings else []), "}"]
    yield "Caddyfile", "\n".join(lines) + "\n"


_WRITERS: Mapping[HostKind, Callable[[Settings, Sequence[OldAddress]], Iterable[tuple[str, str]]]] = {
    "plain": _nothing,
    "github-pages": _github_pages,
    "netlify": _headers_and_redirects,
    "cloudflare": _headers_and_redirects,
    "nginx": _nginx,
    "caddy": _caddy,
    "s3": _nothing,
}
