"""Lines of the access log: one request each, for log readers that exist and for programs that want more.

What clients send is not to be trusted: no byte of it ends a line or a quoted field, and none of it makes a line longer
than a pipe takes at once.
"""

import json
import re
import time
from dataclasses import dataclass
from urllib.parse import quote

from starlette.types import Scope

from feeds.metrics import Answer
from feeds.web.agents import subscribers
from feeds.web.replies import fields_of

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PATH, _QUERY, _AGENT, _REFERER, _OTHER = 1200, 600, 600, 300, 60  # bytes that are kept
_WIDEST = 6  # characters that a byte may take when it is escaped
_UNPLAIN = re.compile(r"[^ !#-\[\]-~]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request and what became of it."""

    moment: float  # seconds since 1970, when the answer was sent
    client: str  # address, as far as proxies can be believed; "" where it is not known
    method: str
    path: str  # percent-encoded, as it came
    query: str
    version: str  # of HTTP: 1.1
    answer: Answer
    sent: int  # bytes of the body
    seconds: float  # until then
    referer: str
    agent: str
    has_tag: bool  # whether the client named an ETag that it has


def visit_of(scope: Scope, answer: Answer, sent: int, *, client: str, moment: float, seconds: float) -> Visit:
    fields = fields_of(scope)
    raw = scope.get("raw_path") or quote(scope["path"], errors="surrogatepass").encode()
    return Visit(
        moment=moment,
        client=_kept(client.encode("utf-8", "replace"), _OTHER),
        method=_kept(scope["method"].encode(), _OTHER),
        path=_kept(raw, _PATH),
        query=_kept(scope["query_string"], _QUERY),
        version=scope.get("http_version", "1.1"),
        answer=answer,
        sent=sent,
        seconds=seconds,
        referer=_kept(fields.get(b"referer", b""), _REFERER),
        agent=_kept(fields.get(b"user-agent", b""), _AGENT),
        has_tag=b"if-none-match" in fields,
    )


def _kept(value: bytes, most: int) -> str:
    """Cut a text so that it takes at most so many characters, however it is escaped."""
    text = value[:most].decode("utf-8", "replace")
    return value[: most // _WIDEST].decode("utf-8", "replace") if _UNPLAIN.search(text) else text


def as_common(visit: Visit) -> str:
    """Write the Combined Log Format of Apache and nginx; times are in UTC, with English months in every locale."""
    at = time.gmtime(visit.moment)
    moment = f"{at.tm_mday:02}/{_MONTHS[at.tm_mon - 1]}/{at.tm_year}:{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
    client = _escaped(visit.client).replace(" ", "") or "-"
    query = f"?{visit.query}" if visit.query else ""
    request = _escaped(f"{visit.method} {visit.path}{query} HTTP/{visit.version}")
    referer, agent = _escaped(visit.referer) or "-", _escaped(visit.agent) or "-"
    return f'{client} - - [{moment} +0000] "{request}" {visit.answer.status} {visit.sent or "-"} "{referer}" "{agent}"'


def _escaped(text: str) -> str:
    """Write what is not plain as nginx does: quotation marks, backslashes, control characters, what is not ASCII."""
    return _UNPLAIN.sub(lambda found: "".join(f"\\x{byte:02X}" for byte in found[0].encode()), text)


def as_json(visit: Visit) -> str:
    """Write a JSON object; what is not ASCII is escaped."""
    at = time.gmtime(visit.moment)
    answer = visit.answer
    return json.dumps(
        {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', at)}.{int(visit.moment % 1 * 1000):03}Z",
            "client": visit.client,
            "method": visit.method,
            "path": visit.path,
            "query": visit.query,
            "status": answer.status,
            "bytes": visit.sent,
            "seconds": round(visit.seconds, 6),
            "user_agent": visit.agent,
            "subscribers": subscribers(visit.agent),
            "kind": answer.kind,
            "coding": answer.coding,
            "etag_matched": answer.status == 304 if visit.has_tag else None,
        }
    )
