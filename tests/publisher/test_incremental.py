"""Incremental == rebuild (invariant 15): after any sequence of changes, in every feed and format.

The rebuild has the posts and a backup of what they cannot give back; bytes and validators must then be the same.
"""

import functools
import os
import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition
from hypothesis.stateful import rule as uncounted_rule

from feeds.doctor import verify
from feeds.model import FORMATS
from feeds.settings import load_settings
from feeds.site import open_site
from feeds.store import as_lines, begin_anew, from_lines

NAMES = ("alpha", "beta", "gamma", "delta")
ROOTS = ("content", "content/deeper", "old")
TERMS = ("red", "blue", "新京报", "a b", "a_b")
TAGS = ("甲新闻", "乙新闻", "soon")  # what they name is what the only category of a post is called
TABLES = {
    "site": {"url": "https://example.com", "authority": "example.com,2026"},
    "content": {"roots": ["content"], "archives": ["old"], "settle": 0, "grace": 0, "permalink": "/:slug/"},
    "feeds": {"window": 3},
}


DONE = Counter()  # steps by their name, runs, and what was compared, since this process began


def rule(**given):
    """A rule of the machine whose steps are counted."""

    def decorate(step):
        @functools.wraps(step)
        def counted(self, **chosen):
            DONE[step.__name__] += 1
            return step(self, **chosen)

        return uncounted_rule(**given)(counted)

    return decorate


class ChangingFolder(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        DONE["runs"] += 1
        self.folder = Path(tempfile.mkdtemp(prefix="feeds-stateful-"))
        for root in ("content/deeper", "old"):
            (self.folder / root).mkdir(parents=True)
        self.now = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
        self.tables = TABLES
        self.settings = load_settings(self.folder, environ={}, flags=self.tables)
        self.site = open_site(self.folder, self.settings, now=lambda: self.now)
        self.ticks = 0
        self.etags_of = {}
        self.survey = None  # made some changes ago

    def teardown(self):
        self.site.close()
        shutil.rmtree(self.folder)

    def _write(self, path, text):
        path.write_text(text, encoding="utf-8")
        self.ticks += 1
        os.utime(path, (1_600_000_000 + self.ticks,) * 2)

    @rule(
        root=st.sampled_from(ROOTS),
        name=st.sampled_from(NAMES),
        title=st.sampled_from(("One", "Two & <three>")),
        body=st.sampled_from(("Text.", "Other *text*.", "来源")),
        terms=st.lists(st.sampled_from(TERMS), max_size=3),
        tags=st.lists(st.sampled_from(TAGS), max_size=2),
        day=st.integers(1, 5),
        guid=st.sampled_from((None, None, "shared")),
        draft=st.booleans() | st.just(False),
    )
    def save(self, root, name, title, body, terms, tags, day, guid, draft):
        front = {"title": title, "date": f"2026-10-0{day}", "categories": terms, "tags": tags}
        lines = [f"{key}: {value!r}" for key, value in front.items()]
        lines += [f"guid: {guid}"] if guid else []
        lines += ["draft: true"] if draft else []
        self._write(self.folder / root / f"2026-10-01-{name}.md", "---\n{}\n---\n{}\n".format("\n".join(lines), body))

    @rule(root=st.sampled_from(ROOTS), name=st.sampled_from(NAMES), seconds=st.integers(1, 100))
    def schedule(self, root, name, seconds):
        soon = self.now + timedelta(seconds=seconds)
        later = soon + timedelta(seconds=seconds)
        text = f"---\ntitle: Soon\ndate: {soon.isoformat()}\nexpiry: {later.isoformat()}\ntags: [soon]\n---\nSoon.\n"
        self._write(self.folder / root / f"2026-10-01-{name}.md", text)

    @rule(root=st.sampled_from(ROOTS), name=st.sampled_from(NAMES))
    def delete(self, root, name):
        (self.folder / root / f"2026-10-01-{name}.md").unlink(missing_ok=True)

    @rule(old=st.sampled_from(ROOTS), new=st.sampled_from(ROOTS), name=st.sampled_from(NAMES))
    def move(self, old, new, name):
        path = self.folder / old / f"2026-10-01-{name}.md"
        if path.exists() and old != new:
            path.rename(self.folder / new / path.name)

    @rule(root=st.sampled_from(ROOTS), old=st.sampled_from(NAMES), new=st.sampled_from(NAMES))
    def rename(self, root, old, new):
        path = self.folder / root / f"2026-10-01-{old}.md"
        if path.exists() and old != new:
            path.rename(self.folder / root / f"2026-10-01-{new}.md")

    @rule()
    def touch_everything(self):
        for path in self.folder.rglob("2026*.md"):
            self._write(path, path.read_text(encoding="utf-8"))

    @rule(root=st.sampled_from(ROOTS), name=st.sampled_from(NAMES), share=st.floats(0, 0.99), is_mended=st.booleans())
    def write_halfway(self, root, name, share, is_mended):
        """Stop in the middle of writing, and be looked at; then write the rest, or what was there before."""
        path = self.folder / root / f"2026-10-01-{name}.md"
        before = path.read_text(encoding="utf-8") if path.exists() else None
        text = f'---\ntitle: "Whole: {name}"\ndate: 2026-10-03\ntags: [soon]\n---\nAll of it.\n'
        fence = text.index("---\nAll")
        self._write(path, text[: int(fence * share)])
        last_good = {key: _seen(value) for key, value in self._feeds(self.site).items()}
        self.site.claim().catch_up()
        assert {key: _seen(value) for key, value in self._feeds(self.site).items()} == last_good
        if before is not None and not is_mended:
            self._write(path, before)
        else:
            self._write(path, text)

    @rule(root=st.sampled_from(ROOTS), name=st.sampled_from(NAMES))
    def restore(self, root, name):
        """Delete a post, be looked at, and bring it back as it was."""
        path = self.folder / root / f"2026-10-01-{name}.md"
        if path.exists():
            text = path.read_text(encoding="utf-8")
            path.unlink()
            self.site.claim().catch_up()
            self._write(path, text)

    @rule(
        window=st.integers(1, 4),
        title=st.sampled_from(("Example", "Renamed")),
        content=st.sampled_from(("full", "summary")),
        permalink=st.sampled_from(("/:slug/", "/:year/:slug/")),
    )
    def change_settings(self, window, title, content, permalink):
        self.tables = {
            **TABLES,
            "site": {**TABLES["site"], "title": title},
            "content": {**TABLES["content"], "permalink": permalink},
            "feeds": {"window": window, "content": content},
        }
        self.settings = load_settings(self.folder, environ={}, flags=self.tables)
        self.survey = None
        self._open_anew()

    @rule(days=st.integers(1, 400))
    def step_the_clock(self, days):
        self.now += timedelta(days=days)

    @rule(seconds=st.integers(1, 150))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def restart(self):
        self._open_anew()

    def _open_anew(self):
        self.site.close()
        self.site = open_site(self.folder, self.settings, now=lambda: self.now)

    @rule()
    @precondition(lambda self: self.ticks)
    def publish_by_hints(self):
        every = [path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.md")]
        known = [*self.site.store.post_rows()]
        self.site.claim().take({*every, *known}) if self.site.claim().roots else None

    @rule()
    @precondition(lambda self: self.ticks)
    def look(self):
        self.survey = self.site.claim().survey()

    @rule()
    @precondition(lambda self: self.survey)
    def publish_what_was_seen(self):
        self.site.claim().catch_up(survey=self.survey)

    def _feeds(self, site):
        found = {}
        for listed in site.library.listing():
            for format_ in FORMATS:
                rendition = site.library.fill(site.library.look_up(f"{listed.address}.{format_}"))
                found[listed.address, format_] = (listed.count, rendition)
        return found

    @invariant()
    def the_index_equals_a_rebuild(self):
        self.site.claim().catch_up()
        assert verify(self.folder, self.settings, now=lambda: self.now).findings == ()
        ours = self._feeds(self.site)
        state = self.folder / ".rebuilt"
        shutil.rmtree(state, ignore_errors=True)
        lines = list(as_lines(self.site.store.keepsakes()))  # what the folder cannot give back
        begin_anew(state, from_lines(lines, name="a backup"), now=self.now)
        tables = {**self.tables, "state": {"path": ".rebuilt"}}
        with open_site(
            self.folder, load_settings(self.folder, environ={}, flags=tables), now=lambda: self.now
        ) as fresh:
            fresh.claim().catch_up()
            rebuilt = self._feeds(fresh)
            problems = fresh.store.diagnostics()
        assert {key: _seen(value) for key, value in ours.items()} == {
            key: _seen(value) for key, value in rebuilt.items()
        }
        assert set(self.site.store.diagnostics()) == set(problems)
        DONE["rebuilds"] += 1
        DONE["documents"] += len(ours)
        self._no_validator_lies(ours)

    def _no_validator_lies(self, feeds):
        for key, (_, rendition) in feeds.items():
            body = rendition.body()
            assert self.etags_of.setdefault((key, rendition.etag()), body) == body, "one validator, two bodies"


def _seen(value):
    count, rendition = value
    return count, rendition.etag(), rendition.last_modified, rendition.body()


TestChangingFolder = ChangingFolder.TestCase
TestChangingFolder.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
