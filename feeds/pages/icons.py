"""A site's icon where it names none: the first letter of its title, on a colour that the title chooses.

The wall around Pillow. Browsers draw the letter of an SVG themselves, in whatever script; readers and telephones want
points, and for those the letter comes from a font of this machine. Where none has it, the sign of feeds stands there.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from html import escape
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

from feeds.fingerprint import digest_texts
from feeds.site import Site
from feeds.urls import RSS_HEIGHT, RSS_WIDTH, drawn_icon

# Dark enough for white letters to be read on (contrast above 5:1), and apart from one another.
_COLOURS = ("#97471a", "#1f5f8b", "#356330", "#7a2e5d", "#5b4a9e", "#7d5200", "#2b6062", "#9b2d30")
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
_FONTS = ("NotoSansCJK*-Bold.*", "NotoSansCJK*.*", "SourceHanSans*.*", "PingFang.ttc", "msyh*.tt?", "wqy-*.tt?")
# Atom's `icon` and JSON Feed's `favicon`; the most that RSS allows its `image`; an Apple telephone's home screen; JSON
# Feed's `icon`.
SIZES = (64, RSS_WIDTH, 180, 512)


def initial(title: str) -> str:
    """Return the letter that stands for a title; "" where it has none."""
    return next((character.upper()[0] for character in title if character.isalnum()), "")


def colour(title: str) -> str:
    return _COLOURS[int(digest_texts(title)[:8], 16) % len(_COLOURS)]


Icons: TypeAlias = Mapping[str, tuple[str, Callable[[], bytes]]]  # by address: media type, and what makes it


def icons(title: str) -> Icons:
    """Return what is drawn."""
    pictures = {drawn_icon(size): ("image/png", partial(png, title, size)) for size in SIZES}
    return {"/icon.svg": ("image/svg+xml", partial(svg, title))} | pictures


def scaled_icon(site: Site) -> Icons:
    """Return what is made of the icon in the site's folder, where that has more points than RSS allows."""
    found, address = site.icon(), drawn_icon(RSS_WIDTH)
    if found is None or site.settings.site.image != address:
        return {}
    return {address: ("image/png", partial(scaled, found.file.read_bytes()))}


def scaled(file: bytes) -> bytes:
    """Return a picture in the size that RSS allows; the picture itself where it cannot be read."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  only for who asks for an icon

    try:
        picture = Image.open(BytesIO(file)).convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return file
    picture.thumbnail((RSS_WIDTH, RSS_HEIGHT), Image.Resampling.LANCZOS)
    stream = BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def svg(title: str) -> bytes:
    letter = initial(title)
    sign = (
        f'<text x="32" y="33" text-anchor="middle" dominant-baseline="central" font-family="system-ui,sans-serif"'
        f' font-size="38" font-weight="700" fill="#fff">{escape(letter)}</text>'
        if letter
        else '<g fill="none" stroke="#fff" stroke-width="7">'
        '<path d="M16 32a16 16 0 0 1 16 16M16 18a30 30 0 0 1 30 30"/>'
        '</g><circle cx="20" cy="44" r="5" fill="#fff"/>'
    )
    ground = f'<rect width="64" height="64" rx="12" fill="{colour(title)}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{ground}{sign}</svg>\n'.encode()


def png(title: str, size: int) -> bytes:
    """Draw it in points. The same title may look otherwise on another machine, by its fonts."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  only for who asks for an icon

    picture = Image.new("RGB", (size, size), colour(title))
    drawing = ImageDraw.Draw(picture)
    letter = initial(title)
    font = _font_with(letter, size * 3 // 5) if letter else None
    stroke = size // 64 if letter.isascii() else 0  # the font that comes with Pillow is thin
    if font:
        drawing.text((size / 2, size / 2), letter, font=font, fill="white", anchor="mm", stroke_width=stroke)
    else:
        _draw_sign(drawing, size)
    stream = BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _draw_sign(drawing: Any, size: int) -> None:  # noqa: ANN401  Pillow's, which is imported late
    """Draw the sign of feeds: a dot, and two arcs around it."""
    unit = size / 64
    for radius in (19.5, 33.5):
        box = [(16 - radius) * unit, (48 - radius) * unit, (16 + radius) * unit, (48 + radius) * unit]
        drawing.arc(box, 270, 360, fill="white", width=round(7 * unit))
    drawing.ellipse([15 * unit, 39 * unit, 25 * unit, 49 * unit], fill="white")


def _font_with(letter: str, size: int) -> Any:  # noqa: ANN401  likewise
    """Return the first font that has a letter; None where none has."""
    from PIL import ImageFont  # noqa: PLC0415

    own = ImageFont.load_default(size)  # comes with Pillow, and has Latin letters
    others = (ImageFont.truetype(path, size) for path in _fonts())
    return next((font for font in chain([own], others) if _has(font, letter)), None)


def _fonts() -> Iterable[str]:
    """Yield files of fonts with Chinese, Japanese and Korean letters, the best known places first."""
    for pattern in _FONTS:
        for folder in _FOLDERS:
            yield from map(str, sorted(Path(folder).rglob(pattern)))


def _has(font: Any, letter: str) -> bool:  # noqa: ANN401  likewise
    """Tell whether a font draws something else for a letter than for what no font has."""
    return bytes(font.getmask(letter)) != bytes(font.getmask("\U0010ffff"))
