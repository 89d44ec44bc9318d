"""The corridor on the writing side: load → compose → plan → commit. No parsing, SQL, XML or HTTP of its own."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from feeds.crew import cores
from feeds.diagnostics import Diagnostic
from feeds.entries.plan import as_before, plan
from feeds.model import SITE, Entry, FeedKey, Plan
from feeds.posts.conventions import load_authors
from feeds.posts.naming import name_of
from feeds.posts.roots import Root, Sighting, clear_away, find_roots, sight, sight_all, sweep
from feeds.publisher import claims, told
from feeds.publisher.looking import MANY, looks_at
from feeds.publisher.reading import Batch, Look, desk_of, row_of
from feeds.publisher.run import Run
from feeds.publisher.survey import Survey
from feeds.settings import Settings, summary_of
from feeds.shapes import Shapes
from feeds.store import (
    NOT_WRITTEN,
    NOTHING,
    Commit,
    Earlier,
    PostRow,
    Store,
    Tombstone,
    Written,
    microseconds,
    moment_at,
)

_T = TypeVar("_T")
Progress = Callable[[int, int], None]  # files read so far, files to read

_BATCH = 500  # entries in one transaction, about; and paths in one question
_ROWS = 5_000  # files in one transaction, about: most of them may have the bytes they had
_AHEAD = 100  # files that are read ahead before the clock is looked at again
_PATIENCE = 20  # times that a one-off run waits for files that are still being written
_NEVER = datetime.max.replace(tzinfo=UTC)
_SAY_AGAIN = timedelta(hours=1)  # that what sweeps have said still holds is written down no more often
_LEFT = 3600  # seconds after which nobody goes on writing a file that we began
_SWEEP_CODES = ("file-leaves-root", "not-looked-at")


class Publisher:
    """Brings the index in line with the folder. One per index, on one thread (invariant 17)."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        store: Store,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.store = store
        self.now = now
        self.roots: tuple[Root, ...] = ()
        self.queue = 0  # files known to have changed, and not published yet; any thread may look
        self._sleep = sleep
        self._shapes = Shapes(settings)
        self._desk = desk_of(folder, settings, store.fact("authority"), now=now)
        self._said_by_sweep: tuple[Diagnostic, ...] | None = None
        self._feeds_known: dict[FeedKey, int] | None = None  # while the index is made nobody else touches it
        self._moved_at: datetime | None = None  # when the site's feed did last
        self._next_moment: datetime | None = None  # when the clock will change something, as far as that is known
        self._said_at = now()
        self._ahead = Batch()  # read, and not written yet

    # --- runs

    def catch_up(
        self, progress: Progress | None = None, *, is_patient: bool = False, survey: Survey | None = None
    ) -> Run:
        """Look at every file, read those that moved, and bring the feeds in line.

        survey: what was seen of them a moment ago; None: look now. is_patient: wait for files that are still being
        written, and for none that is missing, as a run that has no next one must.
        Raises FolderError where a root cannot be read; nothing is removed then.
        """
        is_past = survey is not None
        run = self._sweep(survey or self.survey(), progress, is_final=is_patient, is_past=is_past)
        for _ in range(_PATIENCE if is_patient else 0):
            if not run.waiting:
                break
            self._sleep(self.settings.content.settle)
            waiting, run.waiting = run.waiting, set()
            self._read_all(self._sight(waiting), (), run)
        self._keep_time(run)
        return run

    def take(self, paths: Iterable[str], *, is_final: bool = False) -> Run:
        """Look at these paths, relative to the folder, as hints say that something happened there.

        is_final: whoever names them is done with them: what is there is whole, however young it is, and what is not
        there any more was deleted on purpose and is not expected back. Raises FolderError where a root cannot be read.
        """
        run = Run()
        is_time = self._next_moment is None or self.now() >= self._next_moment
        wanted = set(paths)
        self.roots = self.roots or find_roots(self.folder, self.settings)
        found = self._sight(wanted)
        gone = self.store.post_rows_at(wanted - {one.path for one in found})
        rested = found if is_final else self._part_young(found, run)
        ahead, self._ahead = self._ahead, Batch()
        ahead.unlearn()
        unread = [one for one in rested if is_final or not ahead.holds(one)]
        self._read_all(unread, sorted(gone), run, is_final=is_final, is_whole=is_final, batch=ahead)
        if is_time:
            self._keep_time(run)
        return run

    def prepare(self, paths: Iterable[str]) -> Run:
        """Read some of these files, those that rest, so that the next `take` has only to write what they say.

        The others wait for it, and those that are gone.
        """
        run, ahead = Run(), self._ahead
        wanted = set(paths)
        self.roots = self.roots or find_roots(self.folder, self.settings)
        found = self._sight(wanted)
        rested = [one for one in self._part_young(found, run) if not ahead.holds(one)]
        now = rested[:_AHEAD] if len(ahead.rows) < _ROWS else ()
        self._fill(now, ahead)
        run.waiting |= (wanted - {one.path for one in found}) | {one.path for one in rested[len(now) :]}
        run.waiting |= ahead.waiting | ahead.gone
        run.rest = 0.0 if now and len(now) < len(rested) else run.rest
        ahead.waiting, ahead.gone = set(), set()
        return run

    @property
    def is_prepared(self) -> bool:
        """Say whether something was read that is not written yet."""
        return not self._ahead.is_nothing

    def next_moment(self) -> datetime | None:
        """Return when the clock alone will change something: an entry's time comes or ends, or a post's grace is over.

        It may be past already. The index is asked only where that is not known from what was written since.
        """
        if self._next_moment is None or self._next_moment <= self.now():
            due, missing = self.store.next_moments(self.now())
            self._next_moment = min((*due, *(since + self._grace for since in missing)), default=_NEVER)
        return None if self._next_moment == _NEVER else self._next_moment

    def pause(self) -> float:
        """Return for how many seconds the site's feed should still stay as it is, so that a burst moves it once."""
        least = self.settings.content.min_interval
        if self._moved_at is None:
            return 0
        return min(max(0.0, least - (self.now() - self._moved_at).total_seconds()), least)

    def conclude(self, run: Run, *, orders: Sequence[str] = ()) -> None:
        """Tell that a run is over, unless it did nothing and nobody ordered it."""
        self.conclude_all([(run, orders)])

    def conclude_all(self, runs: Iterable[tuple[Run, Sequence[str]]]) -> None:
        """Tell of several, each with the orders that it carried out."""
        events = [told.of_run(run, orders) for run, orders in runs if orders or not run.is_nothing]
        if events:
            with self.store.writing() as commit:
                commit.announce(events, now=self.now())

    def keep_time(self) -> Run:
        """Let in the entries whose time has come and put out those whose time is over (invariant 19).

        And take leave of the posts that have been missing for longer than the grace time.
        """
        run = Run()
        self._keep_time(run)
        return run

    # --- looking

    @property
    def _grace(self) -> timedelta:
        return timedelta(seconds=self.settings.content.grace)

    def survey(self, *, give_way: Callable[[], None] = lambda: None) -> Survey:
        """Look at every file and compare it with the index. Any thread may; it changes nothing. Raises FolderError.

        give_way: is called again and again; it may wait while others come first.
        """
        roots = find_roots(self.folder, self.settings)
        known = self.store.looks(give_way=give_way)
        is_first = not known

        def is_news(one: Sighting) -> bool:
            return known.pop(one.path, None) != (one.size, one.mtime_ns)

        swept = sweep(self.folder, roots, is_wanted=is_news, give_way=give_way)
        return Survey(
            roots=roots,
            authors=load_authors(self.folder),
            swept=swept,
            gone=frozenset(known.keys() - set(_hidden(known, swept.blind))),
            is_first=is_first,
        )

    def _sweep(self, survey: Survey, progress: Progress | None, *, is_final: bool, is_past: bool) -> Run:
        """is_past: other runs may have come between, so what seemed to have moved or gone is looked at once more."""
        swept, fresh, gone = survey.swept, list(survey.swept.sightings), set(survey.gone)
        clear_away(swept.unfinished, before=self.now().timestamp() - _LEFT)
        self.roots = survey.roots
        self._feeds_known = {} if self.store.fact("is_ready") is None else None
        self._desk = replace(self._desk, authors=survey.authors)
        revision = self._desk.revision
        is_stale = self._is_stale(revision, is_empty=survey.is_first)
        if is_stale:
            fresh = list(sweep(self.folder, self.roots).sightings)
        run = Run(seen=swept.seen, skipped=swept.skipped)
        if is_past:
            fresh = self._sight(one.path for one in fresh)
            fresh = fresh if is_stale else self._part_young(self._unread(fresh), run)
            gone -= {one.path for one in self._sight(gone)}
        self._read_all(fresh, sorted(gone), run, is_stale=is_stale, is_final=is_final, progress=progress)
        self._finish(run, revision, swept.diagnostics)
        return run

    def _sight(self, paths: Iterable[str]) -> list[Sighting]:
        return list(sight_all(self.folder, self.roots, sorted(paths)))

    def _unread(self, sightings: Sequence[Sighting]) -> list[Sighting]:
        """Return those that look otherwise than the index says."""
        known: dict[str, PostRow] = {}
        for piece in _pieces(sightings, _BATCH):
            known |= self.store.post_rows_at(one.path for one in piece)
        rows = ((one, known.get(one.path)) for one in sightings)
        return [one for one, row in rows if not row or row.is_missing or not row.looks_like(one.size, one.mtime_ns)]

    def _part_young(self, sightings: Sequence[Sighting], run: Run) -> list[Sighting]:
        """Return those that rest, and let the others wait: scripts write thousands at once, and each read costs.

        The index need not know of them: their size or time has moved, so the next sweep would read them.
        """
        now, settle = self.now().timestamp() * 1e9, self.settings.content.settle * 1e9
        young = {one.path: one.mtime_ns for one in sightings if abs(now - one.mtime_ns) < settle}
        run.waiting |= young.keys()
        run.rest = min((run.rest, *((mtime + settle - now) / 1e9 for mtime in young.values())))
        return [one for one in sightings if one.path not in young]

    def _is_stale(self, revision: str, *, is_empty: bool) -> bool:
        """Say whether entries were composed under other settings. A first ingest that was cut short is not stale."""
        if is_empty and not self.store.fact("is_ready"):
            with self.store.writing() as commit:
                commit.put_fact("compose_revision", revision)
        return self.store.fact("compose_revision") != revision

    # --- reading

    def _read_all(
        self,
        sightings: Sequence[Sighting],
        gone: Sequence[str],
        run: Run,
        *,
        is_stale: bool = False,
        is_final: bool = False,
        is_whole: bool = False,
        progress: Progress | None = None,
        batch: Batch | None = None,
    ) -> None:
        """Read in batches, then drop what is gone: a post that has moved was found at its new place by then.

        batch: what was read before.
        """
        done, published = 0, 0
        batch = batch or Batch()
        batch.is_final, batch.is_whole = is_final, is_whole
        self.queue = len(sightings) + len(gone)
        looks = self._looks(sightings, is_stale=is_stale)
        for piece in _pieces(sightings, _BATCH):
            self._fill(piece, batch, looks=looks, is_stale=is_stale)
            done += len(piece)
            self.queue -= len(piece)
            if done == len(sightings) or len(batch.entries) >= _BATCH or len(batch.rows) >= _ROWS:
                if published and (pause := self.pause()):
                    self._sleep(pause)
                self._publish(batch, run)
                published, batch = done, Batch(is_final=is_final, is_whole=is_whole)
            if progress:
                progress(done, len(sightings))
        self._publish(batch, run)
        for paths in _pieces(gone, _BATCH):
            self._publish(Batch(gone=set(paths), is_final=is_final), run)
        self.queue = len(run.waiting)

    def _looks(self, sightings: Sequence[Sighting], *, is_stale: bool) -> Iterator[Look] | None:
        """Begin to read these files in several processes, where there are many, all of which must be composed."""
        processes = self.settings.content.jobs or cores()
        if processes < 2 or len(sightings) < MANY or not (is_stale or self.store.fact("is_ready") is None):
            return None
        return looks_at(sightings, self._desk, processes=processes)

    def _fill(
        self,
        sightings: Sequence[Sighting],
        batch: Batch,
        *,
        looks: Iterator[Look] | None = None,
        is_stale: bool = False,
    ) -> None:
        """Read files into a batch. looks: what other processes have read of them."""
        known = self.store.post_rows_at(one.path for one in sightings)
        batch.know((one.path for one in sightings), known)
        known |= self._pinned(sightings, known)
        for sighting in sightings:
            row = known.get(sighting.path)
            batch.forget(sighting.path)
            if looks is None:
                self._desk.read(sighting, row, batch, is_stale=is_stale)
            else:
                self._desk.note(sighting, row, next(looks), batch, is_stale=is_stale)

    def _pinned(self, sightings: Sequence[Sighting], known: Mapping[str, PostRow]) -> dict[str, PostRow]:
        """Return the posts that had taken over an id when an earlier index knew them."""
        kept = self.store.kept("post", [one.path for one in sightings if one.path not in known])
        return {one.path: replace(row_of(one), pin=kept[one.path]["pin"]) for one in sightings if one.path in kept}

    # --- deciding

    def _publish(self, batch: Batch, run: Run) -> None:
        """Decide and write in one transaction: what it rests on is what it changes."""
        if not batch.is_nothing:
            with self.store.writing(self._feeds_known) as commit:
                self._decide(batch, run, commit)
        run.read += batch.read
        run.waiting |= batch.waiting

    def _decide(self, batch: Batch, run: Run, commit: Commit) -> None:
        now = self.now()
        before = self._before(batch)
        self._spare(batch, before, now)
        self._adopt(batch, before, now)
        claimants = self._claimants(batch)
        while self._part_twins(claimants, batch):
            claimants = self._claimants(batch)
        verdicts = self._judge(claimants, batch)
        held = self.store.held(claimants)
        kept = self.store.kept("entry", claimants.keys() - held.keys())
        plans = []
        for id_ in sorted(claimants):
            verdict, old = verdicts.get(id_), held.get(id_)
            if verdict and verdict.holder.path not in batch.entries:
                continue  # it keeps its last good version
            new = batch.entries[verdict.holder.path] if verdict else None
            if new and id_ in kept:
                new = as_before(
                    new, fingerprint=kept[id_]["fingerprint"], updated=moment_at(kept[id_]["updated"]), now=now
                )
            decision = plan(old.entry if old else None, new, was_live=old is not None and old.is_live, now=now)
            if decision and not decision.is_nothing:
                plans.append(decision)
                run.mtimes += [verdict.holder.mtime_ns] if verdict else ()
        self._write(commit, batch, list(verdicts.values()), plans, run, now, kept)

    def _before(self, batch: Batch) -> dict[str, PostRow]:
        """Return what the index says of what is in the batch, and ask for none of it twice."""
        wanted = batch.rows.keys() | batch.gone
        if missing := wanted - batch.asked:
            batch.know(missing, self.store.post_rows_at(missing))
        return {path: batch.known[path] for path in wanted & batch.known.keys()}

    def _claimants(self, batch: Batch) -> claims.Claimants:
        """Find who claims, in the index, the ids that the batch can change."""
        ids = claims.open_ids(self._before(batch), batch)
        known = self.store.claims(ids)
        return {id_: {row.path: row for row in known.get(id_, ())} for id_ in ids}

    def _spare(self, batch: Batch, before: Mapping[str, PostRow], now: datetime) -> None:
        """Let posts that may come back stay for their grace time: folders are made anew, and branches checked out.

        It begins anew while a file is there that cannot be read and has the same key: the post may have moved there.
        """
        if batch.is_final:
            return
        since = microseconds(now)
        over = microseconds(now - self._grace)
        unread: set[str | None] | None = None
        for path in sorted(batch.gone & before.keys()):
            row = before[path]
            since_when = since if row.missing_since is None else min(row.missing_since, since)  # the clock may go back
            if row.entry_id and since_when <= over < since:
                unread = {self._key_of(one) for one in self.store.unread()} if unread is None else unread
                since_when = since if self._key_of(row) in unread - {None} else since_when
            if row.entry_id and since_when > over:
                batch.gone.discard(path)
                batch.put(replace(row, missing_since=since_when))

    def _key_of(self, row: PostRow) -> str | None:
        """Name what a post is known by in whichever root it lies: one that turned bad and then moved has not gone."""
        root = next((one for one in self.roots if one.rank == row.rank and one.holds(row.path)), None)
        content = self.settings.content
        return name_of(row.path, root, key_by=content.key, zone=self.settings.zone).key if root else None

    def _adopt(self, batch: Batch, before: Mapping[str, PostRow], now: datetime) -> None:
        """Let a new file with the bytes of one that has gone go on as its entry: it was renamed (invariant 8)."""
        fresh = {batch.rows[path].digest: path for path in sorted(batch.entries.keys() - before.keys(), reverse=True)}
        if not fresh or self.store.fact("is_ready") is None:
            return
        for old in self.store.rows_with_digests(fresh):
            path = fresh.get(old.digest)
            is_gone = old.path in batch.gone or old.is_missing or sight(self.folder, self.roots, old.path) is None
            if path and is_gone and old.entry_id and old.entry_id != batch.rows[path].entry_id:
                del fresh[old.digest]
                batch.adopt(path, old.entry_id)
                if old.path not in batch.gone:
                    batch.put(replace(old, missing_since=old.missing_since or microseconds(now)))

    def _part_twins(self, claimants: claims.Claimants, batch: Batch) -> bool:
        """Where the post from which another took an id is back, let the other have its own; say whether that was so."""
        parted = False
        for id_, known in sorted(claimants.items()):
            present = [row for row in claims.claimants_of(id_, known, batch) if not row.is_missing]
            first = min(present, key=lambda row: (row.pin is not None, row.precedence), default=None)
            for row in present:
                if row.pin and row is not first:
                    parted = True
                    if self._read_again(replace(row, pin=None), batch) is None:
                        self._put_off(row, batch)
        return parted

    def _judge(self, claimants: claims.Claimants, batch: Batch) -> dict[str, claims.Verdict]:
        verdicts = {}
        for id_, known in sorted(claimants.items()):
            while verdict := claims.judge(claims.claimants_of(id_, known, batch)):
                if verdict.was_holder or verdict.holder.path in batch.entries:
                    verdicts[id_] = verdict
                    break
                self._bring_forward(verdict.holder, batch)
        return verdicts

    def _bring_forward(self, row: PostRow, batch: Batch) -> None:
        """Read a post that has stood in another's shadow: the index has no entry of it."""
        entry = self._read_again(row, batch)
        if entry is None or entry.id != row.entry_id:
            self._put_off(row, batch)

    def _read_again(self, row: PostRow, batch: Batch) -> Entry | None:
        sighting = sight(self.folder, self.roots, row.path)
        if sighting is None:
            batch.gone.add(row.path)
            return None
        self._desk.read(sighting, row, batch, is_stale=True)
        return batch.entries.get(row.path)

    def _put_off(self, row: PostRow, batch: Batch) -> None:
        """Leave a post to the next sweep: it is being rewritten at this moment, or gone."""
        if row.path not in batch.gone:
            batch.entries.pop(row.path, None)
            batch.put(replace(row, entry_id=None, mtime_ns=-1, digest="", standing="waiting", pin=None))

    # --- writing

    def _write(
        self,
        commit: Commit,
        batch: Batch,
        verdicts: Sequence[claims.Verdict],
        plans: Sequence[Plan],
        run: Run,
        now: datetime,
        earlier: Earlier,
    ) -> None:
        rows = batch.rows | {row.path: row for verdict in verdicts for row in verdict.rows}
        said = [one for found in batch.diagnostics.values() for one in found]
        complaints = [one for verdict in verdicts for one in verdict.diagnostics]
        contested = {row.path for verdict in verdicts for row in verdict.rows} | {one.path for one in complaints}
        self._expect(plans, rows.values(), now)
        commit.put_posts(row for path, row in rows.items() if path not in batch.gone)
        commit.forget_posts(batch.gone)
        news = commit.put_diagnostics(
            [*said, *complaints],
            paths=[*batch.diagnostics, *batch.gone],
            judged=contested,
            codes=claims.CODES,
            now=now,
        )
        commit.unbury(one.id for one in plans if one.old is None)
        commit.bury(_stone(one.old, batch, now) for one in plans if one.old and one.new is None)
        is_ready = self._carry_out(commit, plans, run, now, earlier, batch.written_of(plans))
        if is_ready:  # before that nobody is told
            read = (rows[path] for path in sorted(batch.diagnostics.keys() - batch.gone))
            commit.announce([*told.of_posts(read), *told.of_problems(news)], now=now)
        run.say([*said, *complaints])

    def _expect(self, plans: Iterable[Plan], rows: Iterable[PostRow], now: datetime) -> None:
        """Note what the clock will do to what is written; what goes can only make it later than noted."""
        if self._next_moment is None:
            return
        moments = [when for one in plans if one.new for when in (one.new.published, one.new.expires) if when]
        missing = [moment_at(row.missing_since) + self._grace for row in rows if row.missing_since is not None]
        self._next_moment = min(self._next_moment, *(when for when in (*moments, *missing) if when > now), _NEVER)

    def _carry_out(
        self,
        commit: Commit,
        plans: Sequence[Plan],
        run: Run,
        now: datetime,
        earlier: Earlier = NOTHING,
        written: Mapping[str, Written] = NOT_WRITTEN,
    ) -> bool:
        """Write plans; say whether the index is ready. Until then all feeds get their state at once, in the end."""
        is_ready = commit.fact("is_ready") is not None
        if plans:
            commit.put_entries(plans, now=now, shape_of=self._shapes.of, earlier=earlier, written=written)
            run.removed += sum(one.new is None for one in plans)
            run.changed += sum(one.new is not None for one in plans)
        if plans and is_ready:
            run.entries |= {one.id for one in plans}
            commit.announce(told.of_entries(plans), now=now)
            self._move(commit, {key for one in plans for key in one.touched}, run, now)
        return is_ready

    def _move(self, commit: Commit, keys: Iterable[FeedKey], run: Run, now: datetime) -> None:
        touched = set(keys)
        moves = commit.move(touched, now=now, shape_of=self._shapes.of)
        commit.announce(told.of_feeds(moves), now=now)
        run.move(moves)
        run.touched |= touched
        if any(one.key == SITE for one in moves):
            self._moved_at = now

    def _keep_time(self, run: Run) -> None:
        now = self.now()
        if over := self.store.missing(until=now - self._grace):
            back = self._sight(over)
            self._read_all(back, sorted(set(over) - {one.path for one in back}), run)
        held = self.store.held(self.store.due(now))
        plans = [plan(one.entry, one.entry, was_live=one.is_live, now=now) for one in held.values()]
        if plans:
            self._next_moment = None
            with self.store.writing() as commit:
                self._carry_out(commit, [one for one in plans if one], run, now)

    def _finish(self, run: Run, revision: str, said: tuple[Diagnostic, ...]) -> None:
        """Write down what holds for the whole index, if anything of it has changed."""
        store, shapes = self.store, self._shapes
        now = self.now()
        lasting = now - timedelta(days=self.settings.content.tombstones)
        is_settled = store.fact("feeds_revision") == shapes.revision and store.fact("is_ready") is not None
        is_said = self._said_by_sweep == said and now - self._said_at < _SAY_AGAIN
        if is_settled and store.fact("compose_revision") == revision and is_said:
            return
        self._said_by_sweep, self._said_at = said, now
        with store.writing() as commit:
            news = commit.put_diagnostics_of_sweep(said, codes=_SWEEP_CODES, now=now)
            if commit.fact("is_ready"):
                commit.announce(told.of_problems(news), now=now)
            commit.forget_solved(now=now)
            commit.put_fact("compose_revision", revision)
            commit.put_fact("made_with", json.dumps(summary_of(self.settings), ensure_ascii=False))
            commit.forget_tombstones(before=lasting)
            commit.put_fact("authority", self._desk.authority)
            if not is_settled:
                commit.know((SITE,), shape_of=shapes.of)
                commit.know_kept(shape_of=shapes.of)
                commit.respell(shapes.of)
                self._move(commit, commit.all_feeds(), run, now)
                commit.put_fact("feeds_revision", shapes.revision)
                commit.put_fact("is_ready", "yes")
                commit.forget_kept()
        self._feeds_known = None


def _stone(entry: Entry, batch: Batch, now: datetime) -> Tombstone:
    row = batch.rows.get(entry.path)
    why = "deleted" if row is None or entry.path in batch.gone else "renamed" if row.entry_id else "withdrawn"
    return Tombstone(id=entry.id, path=entry.path, title=entry.title, at=int(now.timestamp()), why=why)


def _hidden(paths: Iterable[str], blind: Sequence[str]) -> Iterator[str]:
    """Yield the paths of which nothing can be known, because they or a folder above them cannot be looked at."""
    for path in paths if blind else ():
        if any(path == place or path.startswith(f"{place}/") for place in blind):
            yield path


def _pieces(values: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
