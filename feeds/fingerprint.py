"""Hashes that mean something: equal content, equal fingerprint, on every machine and in every version of Python."""

import hashlib
import unicodedata


def digest_bytes(content: bytes) -> str:
    """Name these exact bytes; 32 hexadecimal digits."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def digest_texts(*parts: str | None) -> str:
    """Name this exact sequence of texts. Absent and empty differ, and so do ("a", "b") and ("ab",)."""
    pieces = []
    for part in parts:
        if part is None:
            pieces.append(b"\x00")
        else:
            encoded = part.encode("utf-8", "surrogatepass")
            pieces += (b"\x01%d:" % len(encoded), encoded)
    return digest_bytes(b"".join(pieces))


def fingerprint(*parts: str | None) -> str:
    """Name significant content (invariant 4): as digest_texts, but blind to white space and Unicode composition."""
    return digest_texts(*(p and "".join(unicodedata.normalize("NFC", p).split()) for p in parts))
