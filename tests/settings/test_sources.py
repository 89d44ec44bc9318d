"""[[source]] in feeds.toml and in sources.toml, and [attribution]."""

import json
import re
from pathlib import Path

import pytest

from feeds.errors import SettingsError
from feeds.settings import AttributionSettings, Settings, load_settings, what_is_wrong


def load(folder, *, feeds=None, sources=None, **layers):
    for name, text in (("feeds.toml", feeds), ("sources.toml", sources)):
        if text is not None:
            (folder / name).write_text(text, "utf-8")
    return load_settings(folder, **{"environ": {}, "flags": {}, **layers})


def mistakes(folder, **texts):
    with pytest.raises(SettingsError) as caught:
        load(folder, **texts)
    return caught.value.mistakes


def names(settings):
    return [one.name for one in settings.source]


def test_the_sources_of_both_files_are_joined(tmp_path):
    settings = load(tmp_path, feeds='[[source]]\nname = "新京报"\n', sources='[[source]]\nname = "财联社"\n')
    assert names(settings) == ["新京报", "财联社"]


def test_a_file_of_sources_needs_no_other_settings(tmp_path):
    settings = load(tmp_path, sources='[[source]]\nname = "财联社"\n', inferred={"site.title": "Daily"})
    assert (names(settings), settings.site.title) == (["财联社"], "Daily")


def test_the_environment_replaces_the_sources_of_both_files(tmp_path):
    environ = {"FEEDS_SOURCE": '[{"name": "x"}]'}
    text = '[[source]]\nname = "新京报"\n'
    assert names(load(tmp_path, feeds=text, sources=text.replace("新京", "晨"), environ=environ)) == ["x"]


def test_a_mistake_in_the_file_of_sources_is_told_with_its_name_and_line(tmp_path):
    (said,) = mistakes(tmp_path, sources='[[source]]\nname = "a"\n\n[[source]]\nname = "b"\ncontent = "half"\n')
    assert said == (
        'sources.toml line 6: [[source]] 2 content "half" is none of its choices; '
        'write "full", "summary", "title" or "none"'
    )


def test_a_slip_of_the_pen_gets_a_guess(tmp_path):
    (said,) = mistakes(tmp_path, sources='[[source]]\nname = "a"\nlicence = "MIT"\n')
    assert "there is no setting [[source]] 1 licence; did you mean [[source]] 1 license?" in said


def test_other_tables_do_not_belong_into_the_file_of_sources(tmp_path):
    (said,) = mistakes(tmp_path, sources='[[source]]\nname = "a"\n[site]\ntitle = "x"\n')
    assert said == "sources.toml line 3: site does not belong here; move it to feeds.toml"


def test_a_file_of_sources_that_cannot_be_read_is_told_by_its_name(tmp_path):
    (said,) = mistakes(tmp_path, sources="[[source]]\nname = 新京报\n")
    assert said.startswith("sources.toml line 2: ")


def test_two_sources_with_one_name_are_told_with_both_places(tmp_path):
    (said,) = mistakes(
        tmp_path,
        feeds='\n[[source]]\nname = "新京报"\n',
        sources='[[source]]\nname = "a"\n[[source]]\nname = " 新京报"\n',
    )
    assert said == (
        'sources.toml line 4: [[source]] 2 name " 新京报" belongs to [[source]] 1 already (feeds.toml line 3); join the two'
    )


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ('aliases = ["证时"]', 'aliases = ["证时"]', '[[source]] 2 aliases "证时" belongs to [[source]] 1 already'),
        ('aliases = ["B"]', "", '[[source]] 2 name "b" belongs to [[source]] 1 already'),
        ("", 'aliases = ["A"]', '[[source]] 2 aliases "A" belongs to [[source]] 1 already'),
        ('categories = ["cj"]', 'categories = ["x", "cj "]', '[[source]] 2 categories "cj " belongs to [[source]] 1'),
        ('hosts = ["stcn.com"]', 'hosts = ["https://STCN.com/"]', "[[source]] 2 hosts"),
    ],
)
def test_what_two_sources_claim_is_a_mistake(tmp_path, one, other, told):
    (said,) = mistakes(tmp_path, feeds=f'[[source]]\nname = "a"\n{one}\n[[source]]\nname = "b"\n{other}\n')
    assert told in said
    assert "(feeds.toml line " in said


def test_a_source_may_repeat_itself_and_case_may_tell_two_names_apart(tmp_path):
    text = '[[source]]\nname = "TechWeb"\naliases = ["TechWeb", "TW", "TW"]\n[[source]]\nname = "Techweb"\n'
    assert names(load(tmp_path, feeds=text)) == ["TechWeb", "Techweb"]


def test_names_and_hosts_are_tidied(tmp_path):
    (source,) = load(
        tmp_path,
        feeds='[[source]]\nname = " 新  京报 "\nhosts = ["HTTPS://WWW.Example.com/", "*.b.example", "新京报.中国"]\n',
    ).source
    assert source.name == "新 京报"
    assert source.hosts == ("www.example.com", "b.example", "xn--1lqu00czgc.xn--fiqs8s")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('hosts = ["example.com/news"]', "is not the name of a host"),
        ('hosts = ["localhost"]', "is not the name of a host"),
        ('url = "stcn.com"', "is not an absolute http or https address"),
        ('feed = "ftp://stcn.com/feed"', "is not an absolute http or https address"),
        ('role = "publisher"', 'is none of its choices; write "origin" or "aggregator"'),
        ('republish = "no"', "is not true or false"),
        ('aliases = "a"', 'is not a list of texts; write it as ["a"]'),
        ('aliases = [" "]', "is nothing but white space"),
        ('content = "none"\nrepublish = true', 'has both content = "none" and republish = true'),
    ],
)
def test_a_source_that_cannot_be_is_told(tmp_path, line, told):
    (said,) = mistakes(tmp_path, feeds=f'[[source]]\nname = "x"\n{line}\n')
    assert told in said
    assert said.startswith("feeds.toml line ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[source]]\nurl = "https://a.example"', '[[source]] 1 has no name; add one, as in name = "证券时报"'),
        ('[source]\nname = "x"', "source is not a list of sources; head each source with [[source]], in two brackets"),
        ('[attribution]\npatterns = ["据(.+)报道"]', "has no group `name`; put (?P<name>…) around"),
        ('[attribution]\npatterns = ["("]', "is not a regular expression"),
        ('[attribution]\nrequire = "yes"', 'write "off", "warning" or "error"'),
        ('[attribution]\ntemplates = "x"', 'attribution.templates "x" is not a table of texts; write it as {'),
        ("[attribution.templates]\nfr = 3", "attribution.templates.fr 3 is not text"),
        ('[attribution.templates]\nfr = "{source} {date}"', "holds '{date}'; write only {source} and {original}"),
        ('[attribution.templates]\nfr = "{source"', "holds '{source'"),
        ('[attribution.templates]\nfr = "Source"', "names no source"),
        ('[attribution.templates]\nfr_FR = "{source}"', 'write "fr-FR"'),
    ],
)
def test_a_mistake_in_attribution_is_told_with_its_line(tmp_path, text, told):
    (said,) = mistakes(tmp_path, feeds=text)
    assert told in said
    assert said.startswith("feeds.toml line ")


def test_a_list_of_sources_that_the_environment_gets_wrong_shows_how(tmp_path):
    with pytest.raises(SettingsError, match=r'write a list, as in \[{"name": "证券时报"}\]'):
        load(tmp_path, environ={"FEEDS_SOURCE": "证券时报"})


def test_templates_come_from_the_file_and_from_the_environment(tmp_path):
    environ = {"FEEDS_ATTRIBUTION__TEMPLATES": json.dumps({"de": "Quelle: {source}"})}
    settings = load(tmp_path, feeds='[attribution.templates]\nfr = "{source} · {original}"\n', environ=environ)
    assert settings.attribution.templates == {"fr": "{source} · {original}", "de": "Quelle: {source}"}


def test_settings_with_templates_can_be_hashed_and_equal_ones_hash_alike():
    one = Settings(attribution=AttributionSettings(templates={"fr": "{source}", "de": "{source}"}))
    other = Settings(attribution=AttributionSettings(templates={"de": "{source}", "fr": "{source}"}))
    assert one == other
    assert hash(one) == hash(other) != hash(Settings())


def test_a_template_can_be_asked_for():
    assert what_is_wrong("attribution.templates", {"fr": "{source}"}) is None


def test_the_register_in_the_documentation_is_one_that_settings_take(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "attribution.md").read_text("utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    settings = load(tmp_path, feeds="\n".join(blocks))
    assert names(settings) == ["证券时报", "东方财富", "The Coastal Gazette", "36氪"]
    assert settings.attribution.templates.keys() == {"fr"}
