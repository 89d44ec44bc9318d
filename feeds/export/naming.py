"""Names of files: the addresses as people read them; servers percent-decode what browsers ask for."""

from collections.abc import Iterable

from feeds.errors import FeedsError
from feeds.render import Coding

SUFFIXES: dict[Coding, str] = {"br": ".br", "gzip": ".gz", "zstd": ".zst"}


def file_of(address: str) -> str:
    """Return the path of an address below the tree: `/` → `index.html`. Raises FeedsError where it is no file name."""
    relative = address.removeprefix("/")
    path = f"{relative}index.html" if address.endswith("/") else relative
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or path.startswith("/") or "\0" in path or "\\" in path:
        raise FeedsError(f"{address} cannot be the name of a file", "give that feed another `slug`")
    return "/".join(parts)


def folder_of(path: str) -> str:
    """Return the folder of a path; "" for the tree itself."""
    return path.rpartition("/")[0]


def folders_above(path: str) -> Iterable[str]:
    """Yield the folders that a path lies in, the nearest first, the tree itself ("") last."""
    while path:
        path = folder_of(path)
        yield path


def case_twins(addresses: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Group the addresses that differ only by case."""
    groups: dict[str, list[str]] = {}
    for address in addresses:
        groups.setdefault(address.casefold(), []).append(address)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
