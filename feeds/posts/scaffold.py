"""Writes a new post, whole or not at all, and never over another."""

import errno
import os
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from feeds.errors import FeedsError
from feeds.posts.quoting import quoted

_MAX_SLUG_BYTES = 120  # a name holds 255, and the date and the temporary name's ends must fit
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})


def new_post(
    root: Path,
    *,
    title: str,
    now: datetime,
    zone: tzinfo,
    categories: Sequence[str] = (),
    tags: Sequence[str] = (),
    source: str | None = None,
    extension: str = ".md",
) -> Path:
    """Write `YYYY-MM-DD-slug.md` with its front matter into a root, which is made where it is missing.

    now: aware; the post is dated in the zone. Raises FeedsError where the post exists or cannot be written.
    """
    if not title.strip():
        raise FeedsError("A post needs a title", 'write it as feeds new "The title"')
    if root.exists() and not root.is_dir():
        raise FeedsError(f"{root} is a file", "name a folder for the post")
    local = now.astimezone(zone)
    path = root / f"{local:%Y-%m-%d}-{_slug(title) or f'{local:%H%M%S}'}{extension}"
    fields = {"title": title, "date": local, "categories": categories, "tags": tags, "source": source}
    text = "\n".join(["---", *_front_matter(fields), "---", "", ""])
    try:
        root.mkdir(parents=True, exist_ok=True)
        _write_new(path, text.encode("utf-8", "replace"))
    except FileExistsError as err:
        raise FeedsError(f"{path} exists already", "edit that post, or give this one another title") from err
    except OSError as err:
        raise FeedsError(
            f"{path} cannot be written ({err.strerror})", "see that the folder can be written to and has room"
        ) from err
    return path


def _slug(title: str) -> str:
    """Keep letters, marks and digits of every script, and put hyphens between them."""
    spelled = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in unicodedata.normalize("NFC", title))
    slug = "-".join(spelled.lower().split())
    return slug.encode()[:_MAX_SLUG_BYTES].decode("utf-8", "ignore").strip("-")


def _front_matter(fields: dict[str, object]) -> Iterator[str]:
    for key, value in fields.items():
        if isinstance(value, datetime):
            yield f"{key}: {value:%Y-%m-%d %H:%M:%S %z}"
        elif isinstance(value, str):
            yield f"{key}: {quoted(value)}"
        elif isinstance(value, Sequence) and value:
            yield f"{key}: [{', '.join(quoted(str(part)) for part in value)}]"


def _write_new(path: Path, content: bytes) -> None:
    """Let the whole file appear under its name at once. Raises FileExistsError where the name is taken."""
    temporary = path.with_name(
        f".{path.name}.{secrets.token_hex(4)}.tmp"
    )  # the dot and the end keep it from being a post
    try:
        _write_through(temporary, content)
        _publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _write_through(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _publish(temporary: Path, path: Path) -> None:
    """Give the file its name; unlike a rename, a link refuses a name that is taken."""
    try:
        os.link(temporary, path)
    except OSError as err:
        if err.errno not in _NO_HARD_LINKS:
            raise
        _publish_without_links(temporary, path)


def _publish_without_links(temporary: Path, path: Path) -> None:
    """Claim the name with an empty file, which loaders let wait, and put the whole one in its place."""
    path.open("xb").close()
    try:
        temporary.replace(path)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """Make the new name outlive a power cut, where folders can be opened at all."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some network file systems refuse; the post is written all the same
    finally:
        os.close(descriptor)
