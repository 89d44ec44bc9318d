"""Pages as they are remembered."""

from dataclasses import dataclass

from feeds.render import ENCODERS, Coding


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A page for people at one version."""

    address: str  # readable: `/entry/2026-storm/`
    name: str  # of its bytes
    links: str  # value of the Link field (RFC 8288)
    bodies: dict[Coding, bytes]  # what has been made so far; identity always
    last_modified: int | None = None  # seconds since 1970; what is not its own does not count (RFC 9110 §8.8.1: weak)
    updated: int | None = None  # seconds since 1970: of the entry itself, which follows from the post

    def body(self, coding: Coding = "identity") -> bytes:
        """Return the bytes in a coding, made where nobody has asked for it before."""
        if coding not in self.bodies:
            self.bodies[coding] = ENCODERS[coding](self.bodies["identity"])
        return self.bodies[coding]
