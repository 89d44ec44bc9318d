"""What stands in the trees of one output, and from which state of each document it was written.

It lies beside the output, and moves in one transaction. Where it does not fit what is there, it is begun anew: then
everything is made once more, and only what differs is written.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from feeds.export.lines import Lines

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
  path TEXT PRIMARY KEY, document TEXT NOT NULL, sha256 TEXT NOT NULL, line TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_document ON files (document);
CREATE TABLE IF NOT EXISTS changes (path TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (path TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS folders (
  tree INTEGER NOT NULL, path TEXT NOT NULL, mtime_ns INTEGER NOT NULL, PRIMARY KEY (tree, path)
) WITHOUT ROWID;
"""
_VERSION = "1"
_EVERYTHING = ("facts", "documents", "files", "changes", "pending", "folders")
_AT_ONCE = 500


class Record:
    """For one process at a time: whoever holds the output's lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = self._opened()
        self._lines: Lines | None = None

    def _opened(self) -> sqlite3.Connection:
        try:
            return _connect(self._path)
        except sqlite3.DatabaseError:  # it can be made again
            self._path.unlink(missing_ok=True)
            return _connect(self._path)

    def close(self) -> None:
        self._connection.close()

    def keep(self) -> None:
        """Hold the lines of the manifest from now on, for a process that goes on building."""
        if self._lines is None:
            self._lines = Lines(self._connection.execute("SELECT path, CAST(line AS BLOB) FROM files ORDER BY path"))

    @contextmanager
    def writing(self) -> Iterator[None]:
        try:
            with self._connection:
                yield
        except BaseException:
            self._lines = None  # they may be ahead of what was taken back
            raise

    def forget(self) -> None:
        self._lines = None
        with self._connection:
            for table in _EVERYTHING:
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    # --- facts

    def fact(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def put_fact(self, name: str, value: object) -> None:
        if value is None:
            self._connection.execute("DELETE FROM facts WHERE name = ?", (name,))
        else:
            self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, str(value)))

    # --- documents and files

    def states(self) -> dict[str, str]:
        return dict(self._connection.execute("SELECT name, state FROM documents"))

    def state(self, document: str) -> str | None:
        row = self._connection.execute("SELECT state FROM documents WHERE name = ?", (document,)).fetchone()
        return row[0] if row else None

    def put_states(self, states: Mapping[str, str]) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?)", states.items())

    def forget_documents(self, names: Iterable[str]) -> None:
        """Have them made again, whatever was seen."""
        self.put_fact("seen", None)
        self._connection.executemany("DELETE FROM documents WHERE name = ?", [(name,) for name in names])

    def files_of(self, documents: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Return path → (sha-256, line of the manifest) of the files that these documents have."""
        query = "SELECT path, sha256, line FROM files WHERE document IN ({})"
        return {path: (sha256, line) for path, sha256, line in self._in_pieces(query, documents)}

    def documents_of(self, paths: Iterable[str]) -> set[str]:
        return {row[0] for row in self._in_pieces("SELECT document FROM files WHERE path IN ({})", paths)}

    def paths_among(self, paths: Iterable[str]) -> set[str]:
        return {row[0] for row in self._in_pieces("SELECT path FROM files WHERE path IN ({})", paths)}

    def paths_in(self, folder: str) -> set[str]:
        """Return the files that lie in a folder itself."""
        begin = f"{folder}/" if folder else ""
        rows = self._connection.execute(
            "SELECT path FROM files WHERE substr(path, 1, ?) = ? AND instr(substr(path, ?), '/') = 0",
            (len(begin), begin, len(begin) + 1),
        )
        return {row[0] for row in rows}

    def has_below(self, folder: str) -> bool:
        """Say whether any file lies below a path."""
        query = "SELECT 1 FROM files WHERE path > ? AND path < ? LIMIT 1"
        return self._connection.execute(query, (f"{folder}/", f"{folder}0")).fetchone() is not None  # 0 follows /

    def paths(self) -> Iterator[str]:
        return (row[0] for row in self._connection.execute("SELECT path FROM files ORDER BY path"))

    def blocks(self) -> Iterator[bytes]:
        """Yield the lines of the manifest, in the order of their paths' bytes, many joined at a time."""
        if self._lines is not None:
            yield from self._lines
            return
        rows = self._connection.execute("SELECT CAST(line AS BLOB) FROM files ORDER BY path")
        while some := rows.fetchmany(_AT_ONCE):
            yield b",\n".join([line for (line,) in some])

    def count(self) -> int:
        if self._lines is not None:
            return len(self._lines)
        count: int = self._connection.execute("SELECT count(*) FROM files").fetchone()[0]
        return count

    def put_files(self, files: Iterable[tuple[str, str, str, str]]) -> None:
        """files: path, document, sha-256, line."""
        if self._lines is not None:
            files = list(files)
            self._lines.put((path, line.encode()) for path, _, _, line in files)
        self._connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", files)

    def distrust(self, paths: Iterable[str]) -> None:
        """Know no longer which bytes these files have."""
        self._connection.executemany("UPDATE files SET sha256 = '' WHERE path = ?", [(path,) for path in paths])

    def forget_files(self, paths: Iterable[str]) -> None:
        if self._lines is not None:
            paths = list(paths)
            self._lines.drop(paths)
        self._connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    # --- what is under way, and what the last version changed

    def changes(self) -> tuple[str, ...]:
        return tuple(row[0] for row in self._connection.execute("SELECT path FROM changes ORDER BY path"))

    def put_changes(self, paths: Iterable[str]) -> None:
        self._replace("changes", paths)

    def pending(self) -> tuple[str, ...]:
        return tuple(row[0] for row in self._connection.execute("SELECT path FROM pending"))

    def put_pending(self, paths: Iterable[str]) -> None:
        self._replace("pending", paths)

    def _replace(self, table: str, paths: Iterable[str]) -> None:
        self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        self._connection.executemany(f"INSERT INTO {table} VALUES (?)", [(path,) for path in sorted(set(paths))])  # noqa: S608

    # --- folders

    def folders(self, tree: int) -> dict[str, int]:
        return dict(self._connection.execute("SELECT path, mtime_ns FROM folders WHERE tree = ?", (tree,)))

    def put_folders(self, tree: int, looks: Mapping[str, int]) -> None:
        rows = [(tree, path, mtime_ns) for path, mtime_ns in looks.items()]
        self._connection.executemany("INSERT OR REPLACE INTO folders VALUES (?, ?, ?)", rows)

    def forget_folders(self, tree: int, paths: Iterable[str] | None = None) -> None:
        if paths is None:
            self._connection.execute("DELETE FROM folders WHERE tree = ?", (tree,))
        else:
            rows = [(tree, path) for path in paths]
            self._connection.executemany("DELETE FROM folders WHERE tree = ? AND path = ?", rows)

    def _in_pieces(self, query: str, values: Iterable[str]) -> Iterator[tuple[str, ...]]:
        wanted = list(dict.fromkeys(values))
        for start in range(0, len(wanted), _AT_ONCE):
            piece = wanted[start : start + _AT_ONCE]
            yield from self._connection.execute(query.format(",".join("?" * len(piece))), piece)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute(
            "PRAGMA synchronous = OFF"
        )  # a process that dies loses nothing; after a power cut it is anew
        connection.executescript(_TABLES)
        connection.execute("INSERT OR IGNORE INTO facts VALUES ('record', ?)", (_VERSION,))
        connection.commit()
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
