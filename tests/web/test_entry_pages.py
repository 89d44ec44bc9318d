"""Entry pages, as browsers, crawlers and caches meet them."""

import json
import re

import pytest
from lxml import html
from starlette.testclient import TestClient

from feeds.library import CODINGS
from feeds.web.app import create_app

GAZETTE = {
    "name": "The Gazette",
    "url": "https://gazette.example/",
    "license": "https://creativecommons.org/licenses/by/4.0/",
}
ORIGINAL = "https://gazette.example/storm-1?id=1&a=2"


def client_of(desk):
    return TestClient(create_app(desk.site, clock=lambda: desk.clock().timestamp()), follow_redirects=False)


@pytest.fixture
def site(open_desk):
    desk = open_desk(pages={"entries": True}, source=[GAZETTE])
    desk.post("content/older.md", title="Older", date="2026-09-01 08:00:00")
    desk.post(
        "content/storm.md",
        title="A storm & more",
        body="It *rained* <script>alert(1)</script>all day.\n\n<https://gazette.example/storm-1?id=1&a=2>",
        source="The Gazette",
        categories="[Weather]",
        tags="[Rain, Wind]",
        author="Ann Page",
        date="2026-10-01 08:00:00",
    )
    desk.post("content/newer.md", title="Newer", date="2026-10-02 08:00:00")
    desk.publish()
    return desk


@pytest.fixture
def client(site):
    return client_of(site)


@pytest.fixture
def page(client):
    response = client.get("/entry/storm/")
    assert response.status_code == 200
    return html.document_fromstring(response.text)


def linked(page):
    (script,) = page.xpath("//script")
    assert script.get("type") == "application/ld+json"
    return json.loads(script.text)


# --- what a page says


def test_a_page_shows_title_date_and_content_and_runs_nothing(page, client):
    assert page.xpath("//h1/text()") == ["A storm & more"]
    assert page.xpath("//article//time/@datetime") == ["2026-10-01T08:00:00+00:00"]
    assert page.xpath("//article//em/text()") == ["rained"]
    assert "alert" not in page.xpath("string(//article)")
    policy = client.get("/entry/storm/").headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy


def test_a_page_names_its_original_as_the_canonical_one(page, client):
    assert page.xpath("//link[@rel='canonical']/@href") == [ORIGINAL]
    assert client.get("/entry/storm/").headers["link"] == f'<{ORIGINAL}>; rel="canonical"'


def test_a_page_without_an_original_is_canonical_itself(client):
    response = client.get("/entry/older/")
    assert '<link rel="canonical" href="https://example.com/entry/older/">' in response.text
    assert response.headers["link"] == '<https://example.com/entry/older/>; rel="canonical"'


def test_a_page_credits_its_source_and_links_to_the_original_once(page):
    assert page.xpath("//article/p[last()]")[0].text_content() == "Source: The Gazette · Read the original"
    assert page.xpath(f"count(//a[@href='{ORIGINAL}'])") == 1


def test_a_page_names_its_licence(page):
    assert page.xpath("//*[@rel='license']/@href") == [GAZETTE["license"]] * 2


def test_a_page_leads_to_every_feed_of_its_entry_and_each_answers(page, client):
    shown = page.xpath("//footer//a[contains(@href, '/')][not(starts-with(@href, 'http'))]")
    assert [(link.text, link.get("rel")) for link in shown] == [
        ("Weather", "tag"),
        ("Rain", "tag"),
        ("Wind", "tag"),
        ("The Gazette", None),
        ("Ann Page", None),
    ]
    found = page.xpath("//link[@rel='alternate']/@href")
    assert found[:3] == ["/feed.atom", "/feed.rss", "/feed.json"]
    pages = [link.get("href") for link in shown]
    assert [f"{address.removesuffix('.atom')}/" for address in found[3:]] == pages
    found += pages
    assert {address: client.get(address).status_code for address in found} == dict.fromkeys(found, 200)


def test_a_page_leads_to_its_neighbours_in_time(page, client):
    assert page.xpath("//link[@rel='prev' or @rel='next']/@href") == ["/entry/older/", "/entry/newer/"]
    assert page.xpath("//nav//a/text()") == ["Older", "Newer"]
    assert 'rel="prev"' not in client.get("/entry/older/").text
    assert 'rel="next"' not in client.get("/entry/newer/").text


def test_entries_of_one_moment_follow_one_another_without_gaps(open_desk):
    desk = open_desk(pages={"entries": True})
    for name in "abcde":
        desk.post(f"content/{name}.md", title=name)
    desk.publish()
    client, seen, address = client_of(desk), [], "/entry/a/"
    while address:
        seen.append(address)
        older = re.search(r'rel="prev" href="([^"]+)"', client.get(address).text)
        address = older and older[1]
    assert seen == [f"/entry/{name}/" for name in "abcde"]
    newer = [re.findall(r'link rel="next" href="([^"]+)"', client.get(address).text) for address in seen]
    assert newer == [[], *([address] for address in seen[:-1])]


def test_programs_read_the_same_as_linked_data(page):
    origin = {"@type": "Organization", "name": "The Gazette", "url": "https://gazette.example/"}
    assert linked(page) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "A storm & more",
        "url": "https://example.com/entry/storm/",
        "mainEntityOfPage": "https://example.com/entry/storm/",
        "datePublished": "2026-10-01T08:00:00+00:00",
        "dateModified": "2026-10-01T08:00:00+00:00",
        "author": [{"@type": "Person", "name": "Ann Page"}],
        "publisher": {"@type": "Organization", "name": "Example", "url": "https://example.com/"},
        "sourceOrganization": origin,
        "isBasedOn": {"@type": "NewsArticle", "url": ORIGINAL, "publisher": origin},
        "sameAs": ORIGINAL,
        "license": GAZETTE["license"],
        "keywords": ["Weather", "Rain", "Wind"],
    }


# --- where it stands


def test_links_in_feeds_lead_to_the_pages(client):
    (storm,) = [one for one in client.get("/feed.json").json()["items"] if one["title"].startswith("A storm")]
    assert storm["url"] == "https://example.com/entry/storm/"
    assert client.get(storm["url"].removeprefix("https://example.com")).status_code == 200


def test_links_stay_where_a_post_or_the_settings_put_them(open_desk):
    desk = open_desk(pages={"entries": True}, content={"permalink": "/news/:slug/"})
    desk.post("content/a.md")
    desk.post("content/b.md", permalink="/elsewhere/")
    desk.publish()
    client = client_of(desk)
    links = {item["url"] for item in client.get("/feed.json").json()["items"]}
    assert links == {"https://example.com/news/a/", "https://example.com/elsewhere/"}
    assert client.get("/entry/b/").headers["link"] == '<https://example.com/elsewhere/>; rel="canonical"'


def test_a_page_keeps_its_address_when_its_post_is_retitled_or_moves(site, client):
    site.post("content/storm.md", title="Another title", date="2026-10-05 08:00:00", categories="[Sea]")
    site.publish()
    assert "Another title" in client.get("/entry/storm/").text


def test_without_the_setting_there_are_no_pages_and_links_do_not_change(desk):
    desk.post("content/a.md")
    desk.publish()
    client = client_of(desk)
    assert client.get("/entry/a/").status_code == 404
    assert client.get("/feed.json").json()["items"][0]["url"] == "https://example.com/a/"


@pytest.mark.parametrize("name", ["index.html", "with/slash", "新 京_报", "%2e", "x" * 240])
def test_any_name_has_a_page_where_its_link_leads(open_desk, name):
    desk = open_desk(pages={"entries": True})
    desk.post("content/a.md", guid=f'"{name}"')
    desk.publish()
    client = client_of(desk)
    (item,) = client.get("/feed.json").json()["items"]
    response = client.get(item["url"].removeprefix("https://example.com"))
    assert (response.status_code, response.headers["link"]) == (200, f'<{item["url"]}>; rel="canonical"')


def test_a_site_below_a_path_has_its_pages_there(open_desk):
    desk = open_desk(site={"url": "https://example.com/news"}, pages={"entries": True})
    desk.post("content/a.md")
    desk.post("content/b.md")
    desk.publish()
    client = client_of(desk)
    body = client.get("/news/entry/a/").text
    assert '<link rel="canonical" href="https://example.com/news/entry/a/">' in body
    local = [href for href in re.findall(r'href="([^"]+)"', body) if href.startswith("/")]
    assert len(local) > 4
    assert all(href.startswith("/news/") for href in local)
    assert client.get("/news/entry/a").headers["location"] == "/news/entry/a/"


@pytest.mark.parametrize("path", ["/entry/", "/entry/nothing/", "/entry/nothing", "/entry/%00/", "/entry/~FF/"])
def test_what_is_no_entry_is_not_found(client, path):
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (404, "text/plain; charset=utf-8")


def test_a_missing_slash_at_the_end_is_forgiven_for_good(client):
    response = client.get("/entry/storm")
    assert (response.status_code, response.headers["location"]) == (308, "/entry/storm/")


def test_a_page_goes_with_its_post(site, client):
    site.delete("content/newer.md")
    site.publish()
    assert client.get("/entry/newer/").status_code == 404
    assert 'rel="next"' not in client.get("/entry/storm/").text


def test_an_entry_has_no_page_before_its_time_or_after(site, client):
    site.post("content/storm.md", date="2026-12-01 08:00:00")
    site.post("content/older.md", expires="2026-10-15 08:00:00", date="2026-09-01 08:00:00")
    site.publish()
    assert [client.get(f"/entry/{name}/").status_code for name in ("storm", "older")] == [404, 404]


@pytest.mark.parametrize(
    ("restriction", "status", "is_text_shown"),
    [
        ({"content": "summary"}, 200, False),
        ({"content": "title"}, 200, False),
        ({"content": "none"}, 404, False),
        ({"republish": False}, 404, False),
        ({}, 200, True),
    ],
)
def test_a_page_shows_no_more_than_its_source_allows(site, restriction, status, is_text_shown):
    site.post("content/long.md", source="The Gazette", body="First words.\n\nThe rest of the text.")
    site.restart_with(pages={"entries": True}, source=[GAZETTE | restriction])
    site.publish()
    response = client_of(site).get("/entry/long/")
    assert response.status_code == status
    assert ("The rest of the text" in response.text) is is_text_shown
    assert ("Gazette" in response.text) is (status == 200)


# --- validators


@pytest.mark.parametrize("coding", CODINGS)
def test_a_page_is_coded_validated_and_headed_like_other_pages(client, coding):
    fields = {"accept-encoding": coding}
    whole = client.get("/entry/storm/", headers=fields)
    assert whole.headers.get("content-encoding", "identity") == coding
    assert whole.headers["vary"] == "Accept-Encoding"
    assert whole.headers["content-type"] == "text/html; charset=utf-8"
    head = client.head("/entry/storm/", headers=fields)
    assert (head.content, head.headers) == (b"", whole.headers)
    for condition in (
        {"if-none-match": whole.headers["etag"]},
        {"if-modified-since": whole.headers["last-modified"]},
    ):
        same = client.get("/entry/storm/", headers=fields | condition)
        assert (same.status_code, same.content) == (304, b"")
        assert (same.headers["etag"], same.headers["link"]) == (whole.headers["etag"], whole.headers["link"])


def test_each_coding_has_a_tag_of_its_own(client):
    tags = {client.get("/entry/storm/", headers={"accept-encoding": one}).headers["etag"] for one in CODINGS}
    assert len(tags) == len(CODINGS)


def test_any_change_of_an_entry_moves_both_validators(site, client):
    before = client.get("/entry/storm/").headers
    site.post("content/storm.md", title="A storm", source="The Gazette", tags="[Rain]")
    site.publish()  # within the same second
    site.clock.advance(1)
    conditions = {"if-modified-since": before["last-modified"]}
    after = client.get("/entry/storm/", headers=conditions)
    assert after.status_code == 200
    assert after.headers["etag"] != before["etag"]
    assert after.headers["last-modified"] > before["last-modified"]


def test_a_restriction_moves_the_last_modified_of_its_pages_although_no_post_changed(site):
    before = client_of(site).get("/entry/storm/").headers
    site.clock.advance(60)
    site.restart_with(pages={"entries": True}, source=[GAZETTE | {"content": "title"}])
    site.publish()
    after = client_of(site).get("/entry/storm/", headers={"if-modified-since": before["last-modified"]})
    assert after.status_code == 200


def test_a_page_keeps_its_tag_after_a_restart_and_another_run(site, client):
    before = client.get("/entry/storm/").headers
    site.restart()
    site.clock.advance(60)
    site.publish()
    after = client_of(site).get("/entry/storm/").headers
    assert (after["etag"], after["last-modified"]) == (before["etag"], before["last-modified"])


def test_a_page_may_be_written_to_by_nobody(client):
    assert client.post("/entry/storm/").status_code == 405
    assert client.options("/entry/storm/").status_code == 204


def test_no_page_is_given_before_all_posts_were_read(open_desk):
    desk = open_desk(pages={"entries": True})
    response = client_of(desk).get("/entry/a/")
    assert (response.status_code, response.headers["cache-control"]) == (503, "no-store")
