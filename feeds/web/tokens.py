"""Who asks for what only some may have: bearer tokens (RFC 6750)."""

import hashlib
import hmac
import re
from collections.abc import Iterable

from starlette.types import Scope

from feeds.settings import TOKEN_DIGEST, AdminSettings
from feeds.web.replies import Reply, problem

_CREDENTIALS = re.compile(rb"bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)
_FRESH = (b"cache-control", b"no-store")

NO_TOKENS = problem(
    404,
    "Nobody may ask for this here: no token is set. Write one into feeds.toml below [admin], as in "
    'tokens = {desk = "…"}, or set FEEDS_ADMIN__TOKENS__DESK, and start the server anew.',
    _FRESH,
)
UNAUTHORIZED = problem(
    401,
    "This needs a token, as in Authorization: Bearer TOKEN.",
    (b"www-authenticate", b'Bearer realm="feeds"'),
    _FRESH,
)
UNKNOWN = problem(
    401,
    "This token is none of those that are set.",
    (b"www-authenticate", b'Bearer realm="feeds", error="invalid_token"'),
    _FRESH,
)


class Tokens:
    def __init__(self, admin: AdminSettings) -> None:
        self._digests = [(name, _digest(secret.get_secret_value())) for name, secret in admin.tokens.items()]

    def name_of(self, scope: Scope) -> str | None:
        """Return the name of the token that a request brings; None where it brings none, or an unknown one.

        It is compared with every token, by digests of one length, so the time taken tells nothing about any of them.
        """
        given = hashlib.sha256(_given(scope["headers"]) or b"").digest()
        matches = [name for name, digest in self._digests if hmac.compare_digest(digest, given)]
        return matches[0] if matches else None

    def refusal(self, scope: Scope) -> Reply:
        """Reply to a request for which `name_of` knows nobody."""
        if not self._digests:
            return NO_TOKENS
        return UNAUTHORIZED if _given(scope["headers"]) is None else UNKNOWN


def _digest(text: str) -> bytes:
    if text.startswith(TOKEN_DIGEST):
        return bytes.fromhex(text.removeprefix(TOKEN_DIGEST))
    return hashlib.sha256(text.encode()).digest()


def _given(fields: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """Return the one token in the fields; None where there is none, or more than one field."""
    values = [value for name, value in fields if name == b"authorization"]
    found = _CREDENTIALS.fullmatch(values[0]) if len(values) == 1 else None
    return found[1] if found else None
