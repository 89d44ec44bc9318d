from pathlib import Path

import pytest

from feeds.errors import SettingsError
from feeds.model import SITE, FeedKey, Window
from feeds.settings import FeedSettings, Settings, SiteSettings, load_settings, what_is_wrong


def write(folder: Path, text: str) -> Path:
    (folder / "feeds.toml").write_text(text, "utf-8")
    return folder


def mistakes(folder: Path, *, environ=None, flags=None, inferred=None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(folder, environ=environ or {}, flags=flags or {}, inferred=inferred or {})
    return caught.value.mistakes


def only_mistake(folder: Path, **layers) -> str:
    (said,) = mistakes(folder, **layers)
    return said


def test_an_empty_folder_gets_the_defaults(tmp_path):
    assert load_settings(tmp_path, environ={}, flags={}) == Settings()


def test_each_layer_wins_over_the_one_below_and_leaves_the_rest_of_its_table(tmp_path):
    write(tmp_path, '[site]\ntitle = "file"\nauthor = "file"\nrights = "file"\n')
    settings = load_settings(
        tmp_path,
        environ={"FEEDS_SITE__AUTHOR": "environment", "FEEDS_SITE__RIGHTS": "environment"},
        flags={"site.rights": "flag", "site.icon": None},
        inferred={"site": {"title": "inferred", "description": "inferred"}},
    )
    site = settings.site
    assert (site.description, site.title, site.author, site.rights) == ("inferred", "file", "environment", "flag")


def test_a_file_that_windows_wrote_is_read(tmp_path):
    (tmp_path / "feeds.toml").write_bytes('\ufeff[site]\r\ntitle = "金融消息"\r\n'.encode())
    assert load_settings(tmp_path, environ={}, flags={}).site.title == "金融消息"


def test_flags_may_also_come_as_tables(tmp_path):
    assert load_settings(tmp_path, environ={}, flags={"server": {"port": 1}, "server.workers": 2}).server.port == 1


def test_every_mistake_in_every_layer_is_told_at_once(tmp_path):
    write(tmp_path, '[site]\ntitel = "x"\n\n[feeds]\nwindow = 0\n')
    said = mistakes(
        tmp_path,
        environ={"FEEDS_SITE__TIMEZONE": "Bejing"},
        flags={"server.port": 99999},
        inferred={"site.language": "zh_CN"},
    )
    assert said == [
        'inferred from the folder: site.language "zh_CN" is not a language tag (BCP 47); write "zh-CN"',
        "feeds.toml line 2: there is no setting site.titel; did you mean site.title?",
        (
            "feeds.toml line 5: feeds.window 0 is not a whole number from 1 to 5000; "
            "change it, or take it away for the default, 50"
        ),
        'environment FEEDS_SITE__TIMEZONE: site.timezone "Bejing" is not a known time zone; did you mean "Asia/Shanghai"?',
        (
            "flag --port: server.port 99999 is not a whole number from 0 to 65535; "
            "change it, or take it away for the default, 8000"
        ),
    ]


def test_a_mistake_counts_even_where_a_flag_hides_it(tmp_path):
    write(tmp_path, "[server]\nport = -1\n")
    assert "feeds.toml line 2: server.port -1" in only_mistake(tmp_path, flags={"server.port": 80})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[site]\ntitle = 3", 'site.title 3 is not text; write it in quotation marks, as in "3"'),
        ('[site]\ntitle = ""', "site.title is empty; fill it in or take it away"),
        ('[site]\nurl = "example.com"', 'site.url "example.com" is not an absolute http or https address'),
        ('[site]\nurl = "ftp://example.com"', "is not an absolute http or https address"),
        ('[site]\nurl = "https://example.com/?a=1"', "has more than host and path"),
        ('[site]\nurl = "https://example.com:port"', "is not an address"),
        ('[site]\nauthority = "example.com"', "does not follow RFC 4151"),
        ('[site]\nauthority = "example.com,2021-02-30"', "holds no possible date"),
        ('[site]\ntimezone = "../etc/passwd"', "is not a known time zone"),
        ('[site]\nlanguage = "Chinese (simplified)"', "is not a language tag"),
        ('[content]\nroots = "content"', 'content.roots "content" is not a list of texts; write it as ["content"]'),
        ("[content]\nroots = [1]", "content.roots 1 is not text"),
        ('[content]\nnavigation = ["ok", "["]', 'content.navigation "[" is not a regular expression'),
        ('[content]\npermalink = "/:yaer/:slug"', "has the unknown placeholder :yaer; did you mean :year?"),
        ('[content]\npermalink = "/about"', "gives all posts one address"),
        ('[content]\npermalink = ":year/:slug"', 'does not begin with a slash; write "/:year/:slug"'),
        ('[content]\ndrafts = "yes"', "is not true or false"),
        ("[content]\nsettle = nan", "is not a number of at least 0"),
        ("[content]\nsweep = 0", "is not a number above 0"),
        ('[content]\nkey = "guid"', 'is none of its choices; write "slug" or "path"'),
        (
            '[aliases]\nstyles = ["hugo", "joomla"]',
            'aliases.styles "joomla" is none of its choices; write "jekyll", "hugo", "wordpress" or "pelican"',
        ),
        (
            '[aliases]\nstyles = "hugo"',
            'is not a list of "jekyll", "hugo", "wordpress" or "pelican"; write it as ["hugo"]',
        ),
        ("[feeds]\nwindow = true", "is not a whole number from 1 to 5000"),
        ("[cache]\nmin = 0", "cache.min 0 is not a whole number from 60 to 86400"),
        ("[cache]\nmax = 420", "is no number of whole minutes that divides a day; write 360 or 480"),
        ("[cache]\nmax = 90", "is no number of whole minutes that divides a day; write 60 or 120"),
        ("[cache]\nstale_if_error = -1", "cache.stale_if_error -1 is not a whole number from 0 to 31536000"),
        ('[server]\nport = "8000"', 'server.port "8000" is not a whole number'),
        ('site = "x"', 'site "x" is not a table; write [site]'),
        ('[feed]\naddress = "/feed"', "feed is not a list of feeds; head each feed with [[feed]]"),
        ('[[feed]]\ntitle = "x"', "[[feed]] 1 has no address; add one"),
        ('[[feed]]\naddress = "category/x"', "names no feed; write /feed, /category/TERM"),
        ('[[feed]]\naddress = "/category/"', "names no feed"),
        ('[[feed]]\naddress = "/category/x/"', "ends in a slash"),
        ('[[feed]]\naddress = "/tag/%E6%96%B0"', 'is percent-encoded; write it as people read it, "/tag/新"'),
        ('[[feed]]\naddress = "/tag/x"\nslug = "a/b"', "holds '/'"),
        ('[[feed]]\naddress = "/tag/x"\nslug = ".."', "hidden"),
        ('[[feed]]\naddress = "/feed"\nslug = "all"', "the address of the site's feed is always /feed"),
        ('[[feed]]\naddress = "/tag/x"\nwindow = 0', "[[feed]] 1 window 0 is not a whole number from 1 to 5000"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_line_and_remedy(tmp_path, text, told):
    said = only_mistake(write(tmp_path, text))
    assert told in said
    assert said.startswith("feeds.toml line ")
    assert "; " in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[site]\ntimezon = 'UTC'", "did you mean site.timezone?"),
        ("[feeds]\ntimezone = 'UTC'", "there is no setting feeds.timezone; did you mean site.timezone?"),
        ("[site]\nbaseurl = '/x'", "did you mean site.url?"),
        ("site_title = 'x'", "did you mean site.title?"),
        ("[sit]\ntitle = 'x'", "did you mean site?"),
        (
            "[[feed]]\naddress = '/feed'\ntitel = 'x'",
            "there is no setting [[feed]] 1 titel; did you mean [[feed]] 1 title?",
        ),
        ("[xyzzy]\na = 1", "there is no setting xyzzy; take it away"),
    ],
)
def test_an_unknown_name_is_a_mistake_with_a_guess(tmp_path, text, told):
    assert told in only_mistake(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[site]\ntitle = 金融消息",
            'line 2: this cannot be read (invalid value): title = 金融消息; put text in quotation marks: title = "金融消息"',
        ),
        ("[site]\ntitle = “金融”", "use straight quotation marks"),
        ('[content]\nnavigation = ["返回\\d"]', "put text that holds backslashes in 'single' quotation marks"),
        ("[site]\n[feeds]\n[site]\n", "line 3: this cannot be read (cannot declare site twice): [site]; each key"),
        ('[content]\nroots = ["a"', "close the text, list or table that is open at its end"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_line_and_remedy(tmp_path, text, told):
    assert told in only_mistake(write(tmp_path, text))


def test_a_broken_file_does_not_hide_mistakes_elsewhere(tmp_path):
    assert len(mistakes(write(tmp_path, "nonsense"), environ={"FEEDS_TITEL": "x"})) == 2


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path):
    (tmp_path / "feeds.toml").write_bytes('[site]\ntitle = "金融"\n'.encode("gb18030"))
    assert only_mistake(tmp_path) == "feeds.toml line 2: the file is not UTF-8; save it in UTF-8"


def test_the_line_of_a_mistake_is_right_after_texts_of_several_lines(tmp_path):
    write(tmp_path, '[site]\ndescription = """\n[feeds]\nwindow = 0\n"""\n\n[feeds]\nwindow = 0\n')
    assert only_mistake(tmp_path).startswith("feeds.toml line 8: ")


def test_mistakes_of_the_file_are_told_in_its_order(tmp_path):
    write(tmp_path, "[state]\na = 1\n[site]\nb = 1\n[feeds]\nc = 1\n")
    assert [said.split(":")[0][-1] for said in mistakes(tmp_path)] == ["2", "4", "6"]


@pytest.mark.parametrize("other", ["/category/新京报", "/category/ 新京报", "/category/新京报 "])
def test_two_tables_for_one_feed_are_a_mistake(tmp_path, other):
    write(tmp_path, f'[[feed]]\naddress = "/category/新京报"\n[[feed]]\naddress = "{other}"\n')
    assert only_mistake(tmp_path) == "feeds.toml line 4: [[feed]] 2 has the same address as [[feed]] 1; join the two"


def test_two_feeds_of_a_kind_with_one_slug_are_a_mistake(tmp_path):
    write(tmp_path, '[[feed]]\naddress = "/tag/a"\nslug = "s"\n[[feed]]\naddress = "/tag/b"\nslug = "s"\n')
    assert only_mistake(tmp_path).startswith("feeds.toml line 6: [[feed]] 2 has the same slug as [[feed]] 1")


def test_feeds_of_two_kinds_may_share_a_slug_even_one_that_is_a_term(tmp_path):
    write(
        tmp_path,
        '[[feed]]\naddress = "/tag/s"\n[[feed]]\naddress = "/tag/b"\nslug = "s"\n[[feed]]\naddress = "/source/b"\nslug = "s"\n',
    )
    assert load_settings(tmp_path, environ={}, flags={}).fixed_slugs("tag") == {"b": "s"}


def test_the_address_of_the_site_loses_its_trailing_slash(tmp_path):
    write(tmp_path, '[site]\nurl = "https://example.com/blog/"\n')
    assert load_settings(tmp_path, environ={}, flags={}).site.url == "https://example.com/blog"


@pytest.mark.parametrize("authority", ["example.com,2021", "a-b.example,2021-03", "desk@example.com,2021-03-31"])
def test_authorities_of_rfc_4151_are_taken(authority):
    assert what_is_wrong("site.authority", authority) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://新京报.中国/x", "http://[::1]:80"])
def test_absolute_addresses_are_taken(url):
    assert what_is_wrong("site.url", url) is None


def test_one_value_can_be_asked_for():
    assert what_is_wrong("site.timezone", "Bejing") == 'is not a known time zone; did you mean "Asia/Shanghai"?'


def test_what_a_feed_says_of_itself_wins_over_what_all_have_in_common(tmp_path):
    write(
        tmp_path,
        '[feeds]\nwindow = 9\nhours = 24\n[[feed]]\naddress = "/tag/ 新  闻"\nhours = 0\ncontent = "title"\nslug = "news"\n',
    )
    settings = load_settings(tmp_path, environ={}, flags={})
    key, other = FeedKey("tag", "新 闻"), FeedKey("category", "新 闻")
    assert settings.window_of(key) == Window(newest=9, hours=0)
    assert settings.window_of(other) == settings.window == Window(newest=9, hours=24)
    assert (settings.content_of(key), settings.content_of(other)) == ("title", "full")
    assert (settings.fixed_slugs("tag"), settings.fixed_slugs("category")) == ({"新 闻": "news"}, {})
    assert settings.feed_for(other) is None


def test_the_feed_of_the_site_has_settings_of_its_own(tmp_path):
    write(tmp_path, '[[feed]]\naddress = "/feed"\nwindow = 7\n')
    settings = load_settings(tmp_path, environ={}, flags={})
    assert settings.window_of(SITE).newest == 7
    assert isinstance(settings.feed_for(SITE), FeedSettings)


def test_a_changed_copy_does_not_keep_what_the_original_had_looked_up():
    settings = Settings(site=SiteSettings(timezone="Asia/Shanghai"))
    assert settings.zone.key == "Asia/Shanghai"
    copy = settings.model_copy(update={"site": SiteSettings(timezone="UTC"), "feed": (FeedSettings(address="/feed"),)})
    assert (copy.zone.key, copy.feed_for(SITE) is not None) == ("UTC", True)
    assert settings.zone.key == "Asia/Shanghai"


def test_what_was_looked_up_does_not_make_settings_differ():
    settings = Settings()
    before = settings.model_dump_json()
    settings.zone, settings.window_of(SITE), settings.fixed_slugs("tag")
    assert settings == Settings()
    assert settings.model_dump_json() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[aliases.addresses]\n"atom.xml" = "/feed.atom"\n', "is no path of an address"),
        ('[aliases.addresses]\n"/{name}/{name}.xml" = "/feed.atom"\n', "is no path of an address"),
        ('[aliases.addresses]\n"/atom.xml" = "/feed"\n', "names no format"),
        ('[aliases.addresses]\n"/atom.xml" = "/feeds.atom"\n', "names no feed"),
        ('[[collection]]\nname = "a/b"\nfolder = "x"\n', "is no name for a collection"),
        ('[site]\nauthor_email = "nobody"\n', "is no e-mail address"),
    ],
)
def test_what_no_old_address_collection_or_author_can_be_is_a_mistake(tmp_path, text, said):
    assert said in only_mistake(write(tmp_path, text))
