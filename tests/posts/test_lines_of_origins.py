"""Where in its file a post says who published first: found facts and complaints lead an editor there."""

import pytest

SOURCES = [{"name": "The Gazette", "categories": ["coast"], "hosts": ["gazette.example"]}]


@pytest.fixture
def told(open_desk):
    """Facts of one post by role: rule and line; and the complaints with their lines."""
    desk = open_desk(source=SOURCES)

    def tell(text):
        desk.write("content/2026-10-01-a.md", text)
        desk.publish()
        (entry,) = desk.site.store.all_entries()
        near = (("near", entry.near),) if entry.near else ()
        facts = {role: (fact.rule, fact.line) for role, fact in (*((one.role, one) for one in entry.facts), *near)}
        said = [(one.line, one.detail) for one in desk.site.store.diagnostics() if one.code == "source-disagrees"]
        return facts, said

    return tell


def origin(told, text):
    return told(text)[0].get("origin")


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("---\ntitle: A\nsource: The Courier\n---\n", 3),
        ("\n\n---\ntitle: A\nsource:\n  name: The Courier\n---\n", 5),
        ("---\ntitle: A\nparams:\n  source: The Courier\n---\n", 3),
        ('+++\ntitle = "A"\n\nsource = "The Courier"\n+++\n', 4),
        ('{\n"title": "A",\n"source": "The Courier"\n}\n', 3),
        ('---\ntitle: "A "quoted" one"\nsource: The Courier\n---\n', 3),
        ("---\ntitle: A\nSource_Name: The Courier\n---\n", 3),
    ],
    ids=["yaml", "a table", "hugo's params", "toml", "json", "salvaged", "another spelling"],
)
def test_a_source_in_the_front_matter_is_found_on_its_line(told, front, line):
    assert origin(told, f"{front}\nText.\n") == ("front-matter", line)


@pytest.mark.parametrize(
    ("tags", "line"),
    [
        ("tags: [Sea, 晨报新闻]", 3),
        ("tags:\n  - Sea\n  - 晨报新闻", 5),
        ("tags:\n- Sea\n- '晨报新闻'\n- Wind", 5),
        ("tags: 晨报新闻", 3),
    ],
)
def test_a_tag_that_names_the_source_is_found_on_its_line(told, tags, line):
    assert origin(told, f"---\ntitle: A\n{tags}\n---\nText.\n") == ("tag-suffix", line)


def test_a_category_is_found_on_its_line(told):
    assert origin(told, "---\ntitle: A\ncategories:\n  - sea\n  - coast\n---\nText.\n") == ("category", 5)


def test_an_author_whom_the_register_knows_is_found_on_its_line(told):
    assert origin(told, "---\ntitle: A\nauthor: The Gazette\n---\nText.\n") == ("front-matter", 3)


def test_the_address_of_the_original_is_found_where_it_stands(told):
    in_front, _ = told("---\ntitle: A\noriginal_url: https://gazette.example/1.html\n---\nText.\n")
    assert in_front == {"origin": ("host", 3), "original": ("front-matter", 3)}
    in_body, _ = told("---\ntitle: A\n---\nText.\n\n<https://gazette.example/1.html>\n")
    assert in_body == {"origin": ("host", 6), "original": ("stand-alone-link", 6)}


def test_an_aggregator_is_found_on_its_line(told):
    facts, _ = told("---\ntitle: A\nsource: The Courier\nvia: The Digest\n---\nText.\n")
    assert facts["aggregator"] == ("front-matter", 4)


def test_an_address_in_place_of_a_name_is_where_the_original_is_said(told):
    facts, _ = told("---\ntitle: A\nsource: https://courier.example/1.html\n---\nText.\n")
    assert facts["original"] == ("front-matter", 3)


def test_what_nearly_names_a_source_is_found_on_its_line(told):
    facts, _ = told("---\ntitle: A\ntags: [晨报新闻, 晚报新闻]\n---\nText.\n")
    assert facts["near"] == ("tag-suffix", 3)


def test_two_sources_that_disagree_are_told_with_both_their_lines(told):
    _, said = told("---\ntitle: A\nsource: The Courier\ntags:\n  - Sea\n  - 晨报新闻\n---\nText.\n")
    assert said == [(3, "The Courier (front-matter, line 3), 晨报 (tag-suffix, line 6)")]
    _, said = told("---\ntitle: A\ntags: [晨报新闻]\n---\nText.\n\n来源：The Courier\n")
    assert said == [(7, "The Courier (marked-line, line 7), 晨报 (tag-suffix, line 3)")]


def test_lines_that_move_move_no_feed(open_desk):
    desk = open_desk()
    desk.write("content/2026-10-01-a.md", "---\ntitle: A\nsource: The Courier\n---\nText.\n")
    desk.publish()
    before = desk.etags()
    desk.write("content/2026-10-01-a.md", "---\ntitle: A\nnote: new\nsource: The Courier\n---\nText.\n")
    desk.publish()
    assert desk.etags() == before
    (entry,) = desk.site.store.all_entries()
    assert [fact.line for fact in entry.facts] == [4]
