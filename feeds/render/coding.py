"""Content codings, made once per rendition and never per request."""

import gzip

_LEVEL = 6  # zlib's own balance; 9 costs twice the time for one per cent


def gzip_bytes(body: bytes) -> bytes:
    """Compress; equal bodies give equal bytes, so no time of day goes into the header (RFC 1952 §2.3.1 MTIME)."""
    return gzip.compress(body, _LEVEL, mtime=0)
