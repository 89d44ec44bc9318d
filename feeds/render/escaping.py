"""Text as it stands in XML: the references that libxml2 writes, so that what we write is what feedgen would."""

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_LAST = b"\xef\xbf"  # what both begin with, and little else


def text(value: str) -> str:
    """Write the text of an element."""
    if "&" in value:
        value = value.replace("&", "&amp;")
    return _rest(value).replace("<", "&lt;")


def spelled_out(value: str) -> str:
    """Write plain text of RSS, as `feeds.render.xml.spell_out` says."""
    if "&" in value:
        value = value.replace("&", "&#x26;")
    return _rest(value).replace("<", "&#x3C;")


def attribute(value: str) -> str:
    """Write the value of an attribute between double quotes."""
    return text(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def element(name: str, value: str) -> str:
    """Write an element; an empty one where there is no text."""
    return f"<{name}>{text(value)}</{name}>" if value else f"<{name}/>"


def attributes(**values: str | None) -> str:
    """Write attributes, each behind a space; those that are None or empty are left out."""
    return "".join([f' {name}="{attribute(value)}"' for name, value in values.items() if value])


def encoded(document: str) -> bytes:
    """Return the bytes. Raises ValueError where there is a character that XML 1.0 cannot carry."""
    body = document.encode()
    if len(body.translate(None, _CONTROLS)) != len(body) or (
        _LAST in body and any(one in body for one in _NONCHARACTERS)
    ):
        raise ValueError("a character that XML 1.0 has no place for (§2.2)")
    return body


def _rest(value: str) -> str:
    if "\r" in value:
        value = value.replace("\r", "&#13;")
    return value.replace(">", "&gt;")
