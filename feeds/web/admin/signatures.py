"""Whether a webhook comes from who knows the secret.

GitHub docs, "Validating webhook deliveries"; Gitea docs, "Webhooks"; GitLab docs, "Webhooks" (secret token; signing
token, as Standard Webhooks has it). All comparisons take the same time whatever is given.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

SIGNING = "whsec_"  # what a signing token of Standard Webhooks begins with
_TOLERANCE = 300  # seconds that a signed time may lie off our clock


def is_genuine(forge: str, fields: Mapping[str, str], body: bytes, *, secret: str, now: float) -> bool:
    """fields: of the request, by lower-case name. now: seconds since 1970."""
    if forge == "github":
        return _is_same("sha256=" + _hex(secret, body), fields.get("x-hub-signature-256", ""))
    if forge == "gitea":
        return _is_same(_hex(secret, body), fields.get("x-gitea-signature", ""))
    if secret.startswith(SIGNING):
        return _is_signed(fields, body, secret=secret, now=now)
    return _is_same(secret, fields.get("x-gitlab-token", ""))


def _hex(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _is_signed(fields: Mapping[str, str], body: bytes, *, secret: str, now: float) -> bool:
    id_, time = fields.get("webhook-id", ""), fields.get("webhook-timestamp", "")
    if not (time.isascii() and time.isdigit() and len(time) < 16 and abs(int(time) - now) <= _TOLERANCE):
        return False
    signed = f"{id_}.{time}.".encode("latin-1") + body
    expected = base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode("ascii")
    return any(_is_same(f"v1,{expected}", one) for one in fields.get("webhook-signature", "").split())


def key_of(secret: str) -> bytes:
    """Raises ValueError where what follows `whsec_` is not Base64."""
    try:
        return base64.b64decode(secret.removeprefix(SIGNING), validate=True)
    except binascii.Error as err:
        raise ValueError(str(err)) from err


def _is_same(one: str, other: str) -> bool:
    """other: of a field, whose bytes Starlette shows as Latin-1."""
    return hmac.compare_digest(one.encode(), other.encode("latin-1", "replace"))
