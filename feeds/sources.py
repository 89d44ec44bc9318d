"""The publications that the settings know: canonical names, aliases, and what may be passed on of each.

Names are folded for matching and never for display, and nothing is merged that the settings do not name.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from feeds.model import Source
from feeds.settings import Settings, SourceSettings
from feeds.slugs import normal_term

_NOT_SEEN = re.compile(r"[\s·・•.\-—_]+")
_SUFFIX = re.compile(r"(?:网|社|客户端)$")


@lru_cache(maxsize=65_536)  # few names, asked for with every post
def fold(name: str) -> str:
    """Give names that differ only in case, width, dots and white space one spelling, for matching alone."""
    return _NOT_SEEN.sub("", unicodedata.normalize("NFKC", name).casefold())


@lru_cache(maxsize=65_536)
def fold_suffix(name: str) -> str:
    """The same, and without the ending that tells an outlet's site or app from the outlet: 证券时报网 → 证券时报."""
    folded = fold(name)
    return _SUFFIX.sub("", folded) or folded


class Sources:
    """All that the settings say of publications. Build it once; asking is a look-up."""

    def __init__(self, settings: Settings) -> None:
        self._known = {normal_term(one.name): one for one in settings.source}

    def known(self, name: str) -> SourceSettings | None:
        """Return what the settings say of the publication that goes by this name, in whatever spelling."""
        if not self._known:
            return None
        name = normal_term(name)
        return self._known.get(name) or self._by_fold.get(fold(name)) or self._by_suffix.get(fold_suffix(name))

    def canonical(self, name: str) -> str:
        """Return the name to show; a name that the settings do not know is its own."""
        known = self.known(name)
        return normal_term(known.name if known else name)

    def source(self, name: str) -> Source:
        """Return the publication of this name with all that is known of it."""
        known = self.known(name)
        if known is None:
            return Source(name=normal_term(name))
        return Source(
            name=normal_term(known.name),
            url=known.url,
            feed=known.feed,
            logo=known.logo,
            language=known.language,
            license=known.license,
        )

    def of_category(self, term: str) -> SourceSettings | None:
        return self._by_category.get(normal_term(term))

    def of_address(self, address: str) -> SourceSettings | None:
        """Return whose page this is, by its host; the most exact host wins."""
        if not self._by_host:
            return None
        try:
            labels = (urlsplit(address).hostname or "").split(".")
        except ValueError:
            return None
        hosts = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self._by_host[host] for host in hosts if host in self._by_host), None)

    @cached_property
    def _by_fold(self) -> Mapping[str, SourceSettings]:
        return _unambiguous((fold(name), one) for one in self._known.values() for name in (one.name, *one.aliases))

    @cached_property
    def _by_suffix(self) -> Mapping[str, SourceSettings]:
        """Only where one publication alone goes by the shortened name: 新华社 and 新华网 may be two."""
        return _unambiguous(
            (fold_suffix(name), one) for one in self._known.values() for name in (one.name, *one.aliases)
        )

    @cached_property
    def _by_category(self) -> Mapping[str, SourceSettings]:
        return {normal_term(term): one for one in self._known.values() for term in one.categories}

    @cached_property
    def _by_host(self) -> Mapping[str, SourceSettings]:
        return {host.lower(): one for one in self._known.values() for host in one.hosts}


def _unambiguous(pairs: Iterable[tuple[str, SourceSettings]]) -> dict[str, SourceSettings]:
    """Keep the names that one publication alone goes by."""
    owners: dict[str, dict[str, SourceSettings]] = {}
    for folded, one in pairs:
        owners.setdefault(folded, {})[one.name] = one
    return {folded: next(iter(known.values())) for folded, known in owners.items() if len(known) == 1}
