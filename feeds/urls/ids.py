"""Ids of entries and feeds."""

from urllib.parse import quote

from feeds.urls.references import PATH_SAFE


def tag_uri(authority: str, key: str) -> str:
    """Mint the id of a post or feed: a tag: URI (RFC 4151 §2.1); distinct keys give distinct ids.

    authority: "example.com,2021". key: any text; what a URI cannot carry is percent-encoded, `%` included.
    """
    name = key if key.isascii() and key.isalnum() else quote(key, safe=PATH_SAFE + "?", errors="surrogatepass")
    return f"tag:{authority}:{name}"
