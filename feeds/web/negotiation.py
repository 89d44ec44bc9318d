"""Which coding a client gets, by the weights it gave (RFC 9110 §12.5.3)."""

from functools import lru_cache

from feeds.library import CODINGS, Coding

_SMALLEST = tuple(coding for coding in CODINGS if coding != "identity")
_SUREST: tuple[Coding, ...] = ("gzip", "br", "zstd")  # by how many programs read them
_CACHED_LENGTH = 256  # longer fields are nobody's habit, and would only fill the memory


def choose_coding(accept_encoding: str | None) -> Coding:
    """Return the coding to send; never one that the client excludes, except identity when nothing else is left.

    No field at all allows everything, but only identity is sure to be understood.
    """
    if not accept_encoding:
        return "identity"
    if len(accept_encoding) > _CACHED_LENGTH:
        return _choose(accept_encoding)
    return _choose_again(accept_encoding)


@lru_cache(maxsize=512)
def coding_for(accept_encoding: bytes | None) -> Coding:
    """Do the same for the field as it came."""
    return choose_coding(None if accept_encoding is None else accept_encoding.decode("latin-1"))


def _choose(accept_encoding: str) -> Coding:
    """Take the heaviest; of equals one that the client names before one that only its `*` means.

    Of those that it names the smallest goes first, for it is sure to read them. A bare `*` is sent by programs that
    mostly know gzip at best.
    """
    weights = weights_in(accept_encoding)
    any_other = weights.get("*", 0.0)
    named = [coding for coding in _SMALLEST if coding in weights]
    weighed = {coding: weights.get(coding, any_other) for coding in (*named, *_SUREST)}
    best = max(weighed, key=weighed.__getitem__)  # the first of equals
    return best if 0 < weighed[best] >= weights.get("identity", 0.0) else "identity"


_choose_again = lru_cache(maxsize=512)(_choose)


def weights_in(field: str) -> dict[str, float]:
    """Read a list of names with weights, such as `gzip, br;q=0.5, *;q=0`; the first of equal names counts."""
    weights: dict[str, float] = {}
    for element in field.split(","):
        name, _, parameters = element.partition(";")
        coding = name.strip().lower()
        coding = "gzip" if coding == "x-gzip" else coding  # §8.4.1.3: the same thing
        weights.setdefault(coding, weight(parameters))
    return weights


def weight(parameters: str) -> float:
    """Read `q=0.5`; 1 where there is none, 0 where it is unreadable, so that in doubt nothing is coded."""
    for parameter in parameters.split(";"):
        name, equals, value = parameter.partition("=")
        if equals and name.strip().lower() == "q":
            return _number(value.strip())
    return 1.0


def _number(text: str) -> float:
    """Read a qvalue (§12.4.2): 0 to 1 in plain digits. `float` alone would take "nan", "inf" and "1e9", too."""
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        return 0.0
    return min(float(text), 1.0)
