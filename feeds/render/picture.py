"""An entry's image in the elements of Media RSS."""

from feeds.model import Image
from feeds.render.escaping import attribute, attributes

_MEDIUMS = frozenset({"image", "audio", "video"})


def picture(image: Image | None) -> str:
    """Write it bare: media:group is for variants of one medium."""
    if image is None:
        return ""
    address, medium = attribute(image.url), medium_of(image)
    more = attributes(type=image.type, medium=medium)
    return f'<media:content url="{address}"{more}/><media:thumbnail url="{address}"/>'


def medium_of(image: Image) -> str:
    medium = image.type.partition("/")[0]
    return medium if medium in _MEDIUMS else "image"
