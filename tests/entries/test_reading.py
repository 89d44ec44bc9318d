import pytest

from feeds.entries.markup import first_image, first_paragraph, plain, text_of


def test_text_has_a_line_for_each_block_and_its_entities_decoded_once():
    html = "<h1>a</h1><p>b <b>c</b><br>d &amp;lt;</p><ul><li>e</li><li>f</li></ul>"
    assert text_of(html) == "a\nb c\nd &lt;\ne\nf"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h1>a</h1><p>b\nc</p><p>d</p>", "b c"),
        ("<blockquote><p>摘要</p></blockquote><p>x</p>", "摘要"),
        ('<p><img src="x"></p><p>a</p>', "a"),
        ("just text", "just text"),
        ("<ul><li>a</li><li>b</li></ul>", "a"),
        ("", ""),
    ],
)
def test_the_first_paragraph_with_text_is_found(html, text):
    assert first_paragraph(html) == text


def test_the_first_image_of_the_content_is_found():
    html = '<img src="http://example.com/webquoteklinepic.aspx?id=1"><img src="http://example.com/a.png" alt=" A  b ">'
    assert first_image(html) == ("http://example.com/a.png", "A b")
    assert first_image("<p>none</p>") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b", "a < b"),
        ("a <b and c> d", "a  d"),
        ("List<String> in Java", "List<String> in Java"),
        ("R&D &amp; Q&A", "R&D & Q&A"),
        ("<b>a</b> <i class='x'>b</i>", "a b"),
        ("《&lt;议定书&gt;》", "《<议定书>》"),
        ("&amp;lt;", "&lt;"),
        ("a&#1;b", "ab"),
        ("a&copy", "a&copy"),
    ],
)
def test_plain_text_loses_tags_and_one_layer_of_entities(text, shown):
    assert plain(text) == shown
