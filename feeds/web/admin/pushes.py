"""What a push says of itself; only where it is known to come from the forge."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs


def ref_of(fields: Mapping[str, str], body: bytes) -> str:
    """Return what was pushed to, such as `refs/heads/main`; "" where the push does not say.

    All three forges send the same, as JSON, or as a form with the JSON in `payload`, which is what GitHub proposes.
    """
    kind = fields.get("content-type", "").partition(";")[0].strip().lower()
    try:
        text = _payload(body) if kind == "application/x-www-form-urlencoded" else body
        ref = json.loads(text)["ref"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return ref if isinstance(ref, str) else ""


def _payload(body: bytes) -> str:
    return parse_qs(body.decode("ascii"), max_num_fields=10)["payload"][0]
