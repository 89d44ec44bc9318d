"""Front matter in three dialects: whole, salvaged, absent, unfinished, refused."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feeds.diagnostics import Found
from feeds.posts import handlers
from feeds.posts.frontmatter import FrontMatter, read_front_matter
from feeds.posts.yaml_block import RefusedError, read_yaml


def read(text: str, *, max_bytes: int = 256_000, max_depth: int = 64) -> tuple[FrontMatter, list[str]]:
    found = Found("post.md")
    front = read_front_matter(text, found, max_bytes=max_bytes, max_depth=max_depth)
    return front, [f"{one.code}:{one.line}" for one in found]


@pytest.mark.parametrize(
    "text",
    [
        '---\ntitle: A title\ntags: [a, "b"]\nn: 0123\nsource: {name: S}\n---\nBody',
        '---  \ntitle: "A title"\ntags:\n- a\n- b\nn: 0123\nsource:\n  name: S\n---\t\n\nBody\n',
        "---\ntitle: 'A title'\ntags: [a, b]\nn: '0123'\nsource: {name: S}\n...\nBody",
        '+++\ntitle = "A title"\ntags = ["a", "b"]\nn = "0123"\n[source]\nname = "S"\n+++\nBody',
        '{"title": "A title", "tags": ["a", "b"], "n": "0123", "source": {"name": "S"}}\nBody',
        '\n{\n  "title": "A title",\n  "tags": ["a", "b"],\n  "n": "0123",\n  "source": {"name": "S"}\n}\n\nBody\n',
    ],
)
def test_every_dialect_gives_the_same_values(text):
    front, said = read(text)
    assert front.values == {"title": "A title", "tags": ["a", "b"], "n": "0123", "source": {"name": "S"}}
    assert (front.body, front.state, said) == ("Body", "complete", [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+++\nx = true\n+++\n", "true"),
        ("+++\nx = 2021-12-29T13:14:23+08:00\n+++\n", "2021-12-29T13:14:23+08:00"),
        ("+++\nx = 2021-12-29\n+++\n", "2021-12-29"),
        ("+++\nx = 12\n+++\n", "12"),
        ('{"x": null}\n', ""),
        ('{"x": 1.50}\n', "1.50"),
        ('{"x": NaN}\n', "NaN"),
        ("---\nx: No\n---\n", "No"),
        ("---\nx: 1_000\n---\n", "1_000"),
        ("---\nx: !!python/object/apply:os.system [echo]\n---\n", ["echo"]),
        ("---\nx: |\n  two\n  lines\n---\n", "two\nlines\n"),
        ("---\nx: >-\n  folded\n  text\n---\n", "folded text"),
    ],
)
def test_a_value_is_the_text_that_was_written(text, value):
    assert read(text)[0].values == {"x": value}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Just text.",
        "---\n\nA rule first.\n\n---\n\nmore\n",
        "---\n\nA rule first, and none after it.\n",
        "---\n- a list\n- between rules\n---\nmore",
        "---\nHe said: stop\n---\nmore",
        "---\n\n# A heading\n\n---\nmore",
        "----\ntitle: four dashes are a rule\n----\n",
        " ---\nindented: no fence\n---\n",
        "text\n---\ntitle: x\n---\n",
        "{% include x.html %}\nmore",
        "{{ site.title }}",
        "{: .class}\nmore",
        '<p>{"a": 1}</p>',
    ],
)
def test_text_that_only_looks_like_front_matter_stays_whole(text):
    front, said = read(text)
    assert (front.state, front.body, said) == ("absent", text.rstrip(), [])


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "\n--",
        "++",
        "{",
        '{\n  "tit',
        '{ "title"',
        "---",
        "---\n",
        "---\n---",
        "---\n---\n\n",
        "---\nlay",
        '---\nlayout: post\ntitle: "a',
        "---\n# by the script\ntitle: x\n",
        "---\n\ntitle: x\n",
        "+++\ntitle = 'x'\n",
        "+++\n[params]\nx = 1\n",
        '{"title": "a',
        '{\n  "title": "a",\n',
    ],
)
def test_an_open_fence_is_unfinished(text):
    assert read(text)[0].state == "unfinished"


def test_rules_and_fences_in_the_body_belong_to_the_body():
    front, _ = read("---\ntitle: x\n---\n\none\n\n---\n\ntwo: 2\n\n---\nthree")
    assert front.body == "one\n\n---\n\ntwo: 2\n\n---\nthree"


def test_the_body_keeps_the_indentation_of_its_first_line():
    front, _ = read("---\ntitle: x\n---\n\n\n    code\n")
    assert (front.body, front.body_line) == ("    code", 6)


def test_each_key_knows_its_line():
    front, _ = read("\n---\na: 1\n\nb:\n  c: 2\n# comment\nd: 4\n---\n")
    assert front.lines == {"a": 3, "b": 5, "d": 8}
    assert read('+++\na = 1\n\nb = "2"\n+++\n')[0].lines == {"a": 2, "b": 4}
    assert read('{\n"a": 1,\n"b": 2\n}\n')[0].lines == {"a": 2, "b": 3}


def test_one_broken_value_costs_only_itself():
    text = (
        '---\ntitle: "a "b" c"\ndate: 2021-12-29\nsource:\n  name: *ST\n  url: u\ntags:\n  - a\n  - {b: c}\n---\nBody'
    )
    front, said = read(text)
    assert front.values == {
        "title": 'a "b" c',
        "date": "2021-12-29",
        "source": {"name": "*ST", "url": "u"},
        "tags": ["a", {"b": "c"}],
    }
    assert said == ["front-matter-salvaged:2", "front-matter-salvaged:5"]
    assert front.body == "Body"


def test_a_broken_line_goes_on_until_the_next_key():
    front, _ = read('---\ntitle: "first line\nsecond "line" here\ntags: a\n---\n')
    assert front.values == {"title": '"first line second "line" here', "tags": "a"}


def test_broken_lists_are_salvaged_as_lists():
    front, _ = read("---\ntags:\n  - *ST\n  - 'quoted'\ncategories: [@a, \"b\"]\n---\n")
    assert front.values == {"tags": ["*ST", "quoted"], "categories": ["@a", "b"]}


def test_broken_toml_and_json_are_salvaged_too():
    toml, said = read('+++\ntitle = "a "b" c"\ndraft = true\n[source]\nname = "S\nurl = "u"\n+++\nBody')
    assert toml.values == {"title": 'a "b" c', "draft": "true", "source": {"name": "S", "url": "u"}}
    assert said == ["front-matter-salvaged:2", "front-matter-salvaged:5"]
    found, said = read('{\n  "title": "a "b" c",\n  "tags": ["x"],\n  "n": 1\n}\nBody')
    assert found.values == {"title": 'a "b" c', "tags": ["x"], "n": "1"}
    assert (found.body, said) == ("Body", ["front-matter-salvaged:2"])


def test_a_comment_is_a_comment_except_behind_prose_and_names():
    front, said = read("---\ndate: 2021-12-29 # then\ntitle: C # and D\ntags: # many\n  - C #x\nx: y # z\n---\n")
    assert front.values == {"date": "2021-12-29", "title": "C # and D", "tags": ["C #x"], "x": "y"}
    assert said == ["front-matter-cut:3", "front-matter-cut:5"]


def test_quoted_values_are_never_cut():
    front, said = read('---\ntitle: "C" # comment\ntags: ["a" , b] # comment\n---\n')
    assert (front.values, said) == ({"title": "C", "tags": ["a", "b"]}, [])


def test_aliases_repeat_what_they_name():
    front, said = read("---\na: &x {k: v}\nb: *x\n---\n")
    assert (front.values, said) == ({"a": {"k": "v"}, "b": {"k": "v"}}, [])


def test_aliases_that_multiply_are_refused():
    lines = ["a0: &a0 [lol, lol, lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(RefusedError, match="front-matter-too-large"):
        read("---\n" + "\n".join(lines) + "\n---\n")


def test_a_value_that_contains_itself_is_salvaged():
    front, said = read("---\na: &x [*x]\nb: c\n---\n")
    assert (front.values["b"], said) == ("c", ["front-matter-salvaged:2"])


@pytest.mark.parametrize(
    "text",
    [
        "---\na: {}\n---\n".format("[" * 40 + "]" * 40),
        "---\na: {}\n---\n".format("[" * 50_000 + "]" * 50_000),
        "---\na:\n" + "".join(" " * n + "a:\n" for n in range(1, 60)) + "---\n",
        "+++\na = {}\n+++\n".format("[" * 40 + "]" * 40),
        "+++\na = {}\n+++\n".format("[" * 50_000 + "]" * 50_000),
        "+++\n{} = 1\n+++\n".format(".".join(["a"] * 60_000)),
        '{{"a": {}}}\n'.format("[" * 40 + "]" * 40),
        '{{"a": {}}}\n'.format("[" * 50_000 + "]" * 50_000),
    ],
)
def test_deep_nesting_is_refused_before_it_costs_anything(text):
    with pytest.raises(RefusedError) as refusal:
        read(text, max_depth=32)
    assert (refusal.value.code, refusal.value.detail) == ("front-matter-too-deep", "32")


@pytest.mark.parametrize("template", ["---\na: {}\n---\n", "+++\na = '{}'\n+++\n", '{{"a": "{}"}}\n'])
def test_depth_within_the_limit_and_size_within_the_limit_pass(template):
    assert read(template.format("x" * 900), max_bytes=1000)[0].state == "complete"
    with pytest.raises(RefusedError, match="front-matter-too-large"):
        read(template.format("x" * 1000), max_bytes=1000)
    with pytest.raises(RefusedError, match="front-matter-too-large"):
        read(template.format("字" * 400), max_bytes=1000)


def test_a_long_body_is_no_large_front_matter():
    assert read("---\ntitle: x\n---\n" + "x" * 2000, max_bytes=1000)[0].values == {"title": "x"}


def test_the_same_mistake_is_told_only_so_often():
    _, said = read("---\n" + "a: b\n" * 1000 + "---\n")
    assert 0 < len(said) <= 20


SCALARS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(SCALARS)
def test_any_title_an_unescaping_script_writes_leaves_the_body_and_the_other_keys_alone(title):
    front, _ = read(f'---\nlayout: post\ntitle: "{title}"\ndate: 2021-12-29\n---\nThe body.\n')
    assert front.state == "complete"
    assert (front.values["layout"], front.values["date"], front.body) == ("post", "2021-12-29", "The body.")
    assert isinstance(front.values["title"], str)


@given(SCALARS)
def test_any_bare_name_leaves_the_body_alone(name):
    front, _ = read(f"---\ntitle: x\ntags: {name}\n---\nThe body.\n")
    assert (front.state, front.values["title"], front.body) == ("complete", "x", "The body.")


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(st.characters(exclude_categories=["Cs"]))))
def test_values_that_a_script_quotes_by_json_come_back_exactly(values):
    values = {"title": "x"} | values
    block = "\n".join(f"{key}: {json.dumps(value)}" for key, value in values.items())
    front, _ = read(f"---\n{block}\n---\nBody")
    assert (front.values, front.body) == (values, "Body")


PIECES = st.sampled_from(
    ["---", "+++", "...", "{", "}", "\n", "\n", ": ", "a", '"', "[", "]", "- ", "#", " ", "&x ", "*x", "é", "="]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_parted_without_an_error(text):
    try:
        front, _ = read(text)
    except RefusedError:
        return
    assert front.state in {"complete", "absent", "unfinished"}
    if front.state == "absent":
        assert front.body.split() == text.split()
    else:
        assert text.rstrip().endswith(front.body)


def test_deep_nesting_that_the_parser_gives_up_on_is_refused_and_not_salvaged(monkeypatch):
    def give_up(_text, *, max_depth):
        raise yaml.YAMLError("too deep for me")

    monkeypatch.setattr(handlers, "read_yaml", give_up)
    with pytest.raises(RefusedError, match="front-matter-too-deep"):
        read("---\na: {}\n---\n".format("[" * 70 + "]" * 70))
    assert read("---\na: [1\n---\n")[0].values == {"a": "[1"}


ODD = st.sampled_from(
    [
        *"aZ09_-.,:;#!?&*|>%@'\"\\[]{}<=~` 中，：é😀\t\x85\u00a0\u0301\u2028\u3000\ufeff",
        *("  ", ": ", " #", "- ", "No", "null", "2021-12-29 10:00:00 +0800", "http://x.org/a?b=1", '", "'),
    ]
)
VALUES = st.lists(ODD, max_size=6).map("".join)
SPELLED = st.one_of(VALUES, VALUES.map('"{}"'.format), VALUES.map('["{}", "a"]'.format))


@given(st.lists(st.tuples(st.sampled_from(["title", "tags", "a-b", "Date"]), SPELLED), min_size=1, max_size=3))
def test_plain_lines_read_without_a_parser_say_what_the_parser_says(lines):
    block = "".join(f"{key}: {value}\n" for key, value in lines)
    try:
        # A comment in front changes nothing, but such a block is no longer plain.
        parsed = read_yaml(f"#\n{block}", max_depth=9)
    except yaml.YAMLError:
        with pytest.raises(yaml.YAMLError):
            read_yaml(block, max_depth=9)
        return
    plain = read_yaml(block, max_depth=9)
    assert (plain.values, plain.cut) == (parsed.values, [(value, line - 1) for value, line in parsed.cut])
    assert plain.lines == {key: line - 1 for key, line in parsed.lines.items()}
    assert plain.items == {item: line - 1 for item, line in parsed.items.items()}
