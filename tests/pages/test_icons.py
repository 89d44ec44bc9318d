"""The icon of a site that names none."""

from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from feeds.pages.icons import SIZES, colour, icons, initial, png, svg

TITLES = ["潮声通讯", "Tide clerk", "“Übersee”", "…"]


@pytest.mark.parametrize(("title", "letter"), [*zip(TITLES, ["潮", "T", "Ü", ""], strict=True)])
def test_the_first_letter_stands_for_a_title(title, letter):
    assert initial(title) == letter
    drawn = ET.fromstring(svg(title))
    assert "".join(drawn.itertext()).strip() == letter


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("title", TITLES)
def test_a_picture_has_its_size_and_shows_something_white_on_the_colour(title, size):
    picture = Image.open(BytesIO(png(title, size)))
    assert (picture.format, picture.size) == ("PNG", (size, size))
    counts = {shade: count for count, shade in picture.convert("RGB").getcolors(maxcolors=size * size)}
    ground = tuple(bytes.fromhex(colour(title)[1:]))
    assert counts[ground] > size * size / 2
    assert counts[255, 255, 255] > size * size / 50


def test_the_same_title_gives_the_same_bytes():
    for _, make in icons("潮声通讯").values():
        assert make() == make()


def test_no_title_gets_out_of_its_place():
    assert b"<script" not in svg("<script>")
    assert initial("<b>") == "B"
