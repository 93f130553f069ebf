"""The multiparts of a mail that are open, one within the other, and their boundaries. Part of `sensor.wire.mime`.

`--B` begins a part of the multipart whose boundary is B and ends every one within it; `--B--` ends it (RFC 2046 5.1). Bounded: `DEPTH`
multiparts; boundaries are looked up, so that depth costs no time.
"""

from dataclasses import dataclass, replace

from sensor.wire.mime_fields import BOUNDARY_LIMIT
from sensor.wire.mime_kind import Place

DEPTH = 64
"""Nested multiparts that are followed; a deeper one is taken as text."""


@dataclass(slots=True)
class Level:
    """A multipart that is open."""

    boundary: bytes | None
    subtype: str
    place: Place
    started: bool = False  # a delimiter of it was seen
    closed: bool = False


class Nesting:
    """See the module."""

    __slots__ = ("_known", "_levels", "protection")

    def __init__(self) -> None:
        self._levels: list[Level] = []
        self._known: dict[bytes, int] = {}  # boundary → its level
        self.protection: str | None = None  # "pgp" where the outermost is multipart/encrypted (RFC 3156)

    @property
    def innermost(self) -> Level | None:
        return self._levels[-1] if self._levels else None

    @property
    def place(self) -> Place:
        """Where a leaf stands that begins now."""
        return self._levels[-1].place if self._levels else Place()

    @property
    def full(self) -> bool:
        return len(self._levels) >= DEPTH

    @property
    def undelimited(self) -> bool:
        """Whether the innermost was opened and none of its boundaries seen yet."""
        return bool(self._levels) and not self._levels[-1].started

    @property
    def unclosed(self) -> bool:
        """Whether some multipart's end was not seen."""
        return any(not level.closed for level in self._levels)

    def begin(self, boundary: bytes | None, subtype: str) -> None:
        inherited = self.place
        place = Place(
            related=inherited.related or subtype == "related",
            encrypted=inherited.encrypted or subtype == "encrypted",
            within=subtype,
        )
        if subtype == "encrypted" and not self._levels:
            self.protection = "pgp"
        if boundary in self._known:
            return  # a parent's own: its lines belong to the parent
        self._levels.append(Level(boundary, subtype, place))
        if boundary is not None:
            self._known[boundary] = len(self._levels) - 1

    def find(self, text: bytes) -> tuple[int, bool] | None:
        """(level, whether it ends there) of a line's text behind `--`; None if that is no boundary."""
        at = self._known.get(text[:BOUNDARY_LIMIT])
        if at is not None:
            return at, False
        at = self._known.get(text[:-2]) if text.endswith(b"--") else None
        return None if at is None else (at, True)

    def reach(self, at: int) -> Level:
        """A delimiter of this level: those within it are over."""
        while len(self._levels) > at + 1:
            self._forget(self._levels.pop())
        level = self._levels[at]
        level.started = True
        return level

    def learn(self, boundary: bytes) -> Level:
        """A boundary that was never declared, or declared otherwise, turned up."""
        if self.undelimited:
            self._forget(self._levels[-1])
            self._levels[-1].boundary = boundary
        elif not self.full:
            self._levels.append(Level(boundary, "mixed", replace(self.place, within="mixed")))
        self._known[boundary] = len(self._levels) - 1
        self._levels[-1].started = True
        return self._levels[-1]

    def _forget(self, level: Level) -> None:
        if level.boundary is not None:
            self._known.pop(level.boundary, None)
