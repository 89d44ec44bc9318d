"""Who asks for what only some may have: bearer tokens (RFC 6750), and for feed readers Basic (RFC 7617)."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable

from starlette.types import Scope

from feeds.settings import TOKEN_DIGEST, AdminSettings
from feeds.web.replies import Reply, problem

_CREDENTIALS = re.compile(rb"bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)
_BASIC = re.compile(rb"basic +([A-Za-z0-9+/]+=*) *", re.IGNORECASE)
_BASIC_CHALLENGE = (b"www-authenticate", b'Basic realm="feeds", charset="UTF-8"')
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
    def __init__(self, admin: AdminSettings, *, takes_basic: bool = False) -> None:
        """takes_basic: a token may come as the password of any user, as feed readers send them.

        Only where nothing is changed: browsers send such credentials by themselves, whichever page makes them ask.
        """
        self._digests = [(name, _digest(secret.get_secret_value())) for name, secret in admin.tokens.items()]
        self._takes_basic = takes_basic

    def name_of(self, scope: Scope) -> str | None:
        """Return the name of the token that a request brings; None where it brings none, or an unknown one.

        It is compared with every token, by digests of one length, so the time taken tells nothing about any of them.
        """
        token = self._given(scope["headers"])
        if not token:  # what nothing hashes to may stand among the digests, by `printf %s "$UNSET" | sha256sum`
            return None
        given = hashlib.sha256(token).digest()
        matches = [name for name, digest in self._digests if hmac.compare_digest(digest, given)]
        return matches[0] if matches else None

    def refusal(self, scope: Scope) -> Reply:
        """Reply to a request for which `name_of` knows nobody."""
        if not self._digests:
            return NO_TOKENS
        refused = UNAUTHORIZED if self._given(scope["headers"]) is None else UNKNOWN
        if self._takes_basic:
            return Reply(refused.status, (*refused.fields, _BASIC_CHALLENGE), refused.body)
        return refused

    def _given(self, fields: Iterable[tuple[bytes, bytes]]) -> bytes | None:
        """Return the one token in the fields; None where there is none, or more than one field."""
        values = [value for name, value in fields if name == b"authorization"]
        if len(values) != 1:
            return None
        if found := _CREDENTIALS.fullmatch(values[0]):
            return found[1]
        found = _BASIC.fullmatch(values[0]) if self._takes_basic else None
        return _password(found[1]) if found else None


def _digest(text: str) -> bytes:
    if text.startswith(TOKEN_DIGEST):
        return bytes.fromhex(text.removeprefix(TOKEN_DIGEST))
    return hashlib.sha256(text.encode()).digest()


def _password(credentials: bytes) -> bytes | None:
    """Return what stands behind the first colon (RFC 7617 §2); None where they are not Base64, or have none."""
    try:
        _, colon, password = base64.b64decode(credentials, validate=True).partition(b":")
    except binascii.Error:
        return None
    return password if colon else None
