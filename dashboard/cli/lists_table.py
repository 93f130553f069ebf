"""What the lists hold, as rows: each list as a whole, and each program with how it is recognised and on what that was tried.

Called by `vigie lists`, and by the test that keeps the README's table equal to the lists.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sensor.detect.list_entry import TRIED
from sensor.detect.lists import Destination, Lists

PROGRAMS = ("messengers", "remote_tools", "protocols", "blindspots")
"""Lists of programs: the others are of places."""

_TRUST = ("high", "medium", "low", "knowledge")
CLASSES = {
    "consumer messengers": ("consumer",),
    "messengers for work, or always on": ("professional", "ambient"),
    "messengers for health": ("health",),
    "remote control": ("control", "remote"),
    "remote management, remote tools not reviewed": ("management", "unreviewed"),
    "VPN, tunnels, what hides": ("tunnel", "vpn", "relay", "resolver", "tor", "ech"),
}
"""The README's rows: too many programs for one page, so a line a kind; `vigie lists check --tried` prints each."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program on the lists. `by`: "bytes", "names" or both; `tried`: the strongest proof first."""

    app: str
    name: str
    cls: str
    by: tuple[str, ...]
    names: int
    confidence: str
    tried: tuple[str, ...]
    sources: tuple[str, ...]


def programs(lists: Lists) -> list[Program]:
    """Every program, by class and word."""
    found: dict[str, list[Destination]] = {}
    for entry in lists.entries():
        if entry.list in PROGRAMS and entry.app:
            found.setdefault(entry.app, []).append(entry)
    return sorted((_program(app, entries) for app, entries in found.items()), key=lambda p: (p.cls, p.app))


def _program(app: str, entries: list[Destination]) -> Program:
    entries.sort(key=lambda entry: bool(entry.suffix))  # bytes first: what is sure gives the class
    named = [entry for entry in entries if entry.suffix]
    tried = {word for entry in entries for word in entry.tried}
    return Program(
        app=app,
        name=entries[0].name,
        cls=entries[0].cls,
        by=("bytes",) * (len(named) < len(entries)) + ("names",) * bool(named),
        names=len(named),
        confidence=min((entry.confidence for entry in entries), key=_TRUST.index),
        tried=tuple(word for word in TRIED if word in tried),
        sources=tuple(sorted({entry.source for entry in entries})),
    )


def summary(found: Iterable[Program]) -> Iterator[str]:
    """The README's table: a line a class, how many programs, by what, with what confidence, and the strongest proof of each."""
    rows = list(found)
    yield "| programs | on the lists | own bytes | names | confidence | real capture | lab | specification | name only |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for title, classes in CLASSES.items():
        of = [row for row in rows if row.cls in classes]
        by = [sum(kind in row.by for row in of) for kind in ("bytes", "names")]
        trust = ", ".join(
            f"{number} {word}" for word in _TRUST if (number := sum(row.confidence == word for row in of))
        )
        tried = [sum(row.tried[0] == word for row in of) for word in TRIED]
        if of:
            cells = (title, len(of), *by, trust.replace("knowledge", "unverified"), *tried)
            yield "| " + " | ".join(str(cell or "") for cell in cells) + " |"
