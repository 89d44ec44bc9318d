"""Sources have one feed each, whatever name an address uses."""

import pytest

from feeds.model import FORMATS
from feeds.render import RENDERERS

STCN = {"name": "证券时报", "aliases": ["证券时报网", "Securities  Times"], "url": "https://stcn.example/"}


@pytest.fixture
def published(open_desk):
    """Two posts of one source, one of another, as the front matter names them."""
    desk = open_desk(source=[STCN])
    desk.post("content/1.md", source="证券时报")
    desk.post("content/2.md", source="新京报")
    desk.publish()
    return desk


def addresses(desk):
    return [one.address for one in desk.site.library.listing() if one.key.kind == "source"]


@pytest.mark.parametrize(
    "alias", ["证券时报网", "证券 时报", "Securities  Times", "Securities_Times", "securities times"]
)
@pytest.mark.parametrize("format_", FORMATS)
def test_an_alias_leads_to_the_feed_of_the_canonical_name(published, alias, format_):
    path = f"/source/{alias}.{format_}"
    assert published.look_up(path) is None
    target = published.site.library.redirect(path)
    assert target == f"/source/证券时报.{format_}"
    assert published.look_up(target) is not None
    assert published.site.library.redirect(target) is None


@pytest.mark.parametrize("path", ["/source/新京报.rss", "/source/never.rss", "/tag/证券时报网.rss", "/feed.rss"])
def test_other_addresses_lead_nowhere_else(published, path):
    assert published.site.library.redirect(path) is None


def test_an_alias_of_a_source_without_a_feed_leads_nowhere(open_desk):
    desk = open_desk(source=[STCN])
    desk.publish()
    assert desk.site.library.redirect("/source/证券时报网.rss") is None


def test_an_alias_leads_to_the_slug_that_the_settings_fix(open_desk):
    desk = open_desk(source=[STCN], feed=[{"address": "/source/证券时报", "slug": "stcn"}])
    desk.post("content/1.md", source="证券时报")
    desk.publish()
    assert desk.site.library.redirect("/source/证券时报网.atom") == "/source/stcn.atom"
    assert desk.site.library.redirect("/source/证券时报.atom") == "/source/stcn.atom"


def test_a_feed_of_before_its_name_became_an_alias_leads_on_and_is_listed_no_more(open_desk):
    desk = open_desk()
    desk.post("content/1.md", source="证券时报网")
    desk.publish()
    assert addresses(desk) == ["/source/证券时报网"]
    desk.post("content/2.md", source="证券时报")
    desk.delete("content/1.md")
    desk.restart_with(source=[STCN])
    desk.publish()
    assert desk.look_up("/source/证券时报网.rss") is None
    assert desk.site.library.redirect("/source/证券时报网.rss") == "/source/证券时报.rss"
    assert addresses(desk) == ["/source/证券时报"]


def test_the_feed_of_a_source_is_called_by_its_canonical_name_and_not_described_as_the_site(open_desk):
    desk = open_desk(site={"description": "All the news"}, source=[STCN])
    desk.post("content/1.md", source="证券时报")
    desk.publish()
    body = desk.read("/source/证券时报.rss").decode()
    assert "<title>证券时报 · Example</title>" in body
    assert "<description>证券时报 · Example</description>" in body
    assert "<description>All the news</description>" in desk.read("/feed.rss").decode()


@pytest.mark.parametrize("format_", FORMATS)
def test_a_category_and_a_source_with_the_same_posts_share_each_rendered_entry(desk, monkeypatch, format_):
    for number in range(3):
        desk.post(f"content/{number}.md", title=str(number), categories="xinjingbao", source="新京报")
    desk.publish()
    renderer, made, documents = RENDERERS[format_], [], []

    class Counting:
        media_type = renderer.media_type

        @staticmethod
        def fragment(entry, **how):
            made.append(renderer.fragment(entry, **how))
            return made[-1]

        @staticmethod
        def document(feed, fragments):
            documents.append(feed.key)
            return renderer.document(feed, fragments)

    monkeypatch.setattr("feeds.library.library.RENDERERS", {**RENDERERS, format_: Counting})
    category, source = desk.read(f"/category/xinjingbao.{format_}"), desk.read(f"/source/新京报.{format_}")
    assert len(made) == 3
    assert documents == [("category", "xinjingbao"), ("source", "新京报")]
    heads = []
    for document in (category, source):
        places = [document.index(fragment) for fragment in made]
        heads.append(document[: min(places)])
    assert heads[0] != heads[1]
    listed = {one.address: one.count for one in desk.site.library.listing()}
    assert (listed["/category/xinjingbao"], listed["/source/新京报"]) == (3, 3)
