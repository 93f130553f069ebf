"""How alerts enter the journal: their opening whole, then what changed, at a bounded rate; and back, the alerts it tells of.

Called within the transaction that writes the alerts, so that both say the same after a power cut. Growth that comes sooner
than `GROWTH_EVERY` after the last entry waits for a later one: the table `alert` has it, the journal's next entry tells it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sensor.detect.alert import Alert
from sensor.store.codec import decode
from sensor.store.entry import Entry
from sensor.store.journal import Journal, Kind, canonical

GROWTH_EVERY = 600 * 1_000_000_000
_ALERTS = (Kind.OPENING, Kind.GROWTH, Kind.CLOSING)
_LASTING = ("id", "rule", "category", "app", "nature", "first_seen")
_COUNTED = ("count", "bytes_out", "bytes_in", "packets")


def tell(journal: Journal, alert: Alert, now: int, *, at_once: bool = False) -> Entry | None:
    """The entry that this state of the alert makes, if it makes one. `at_once`: growth does not wait."""
    plain: dict[str, Any] = canonical(asdict(alert))
    last = journal.last_of(plain["id"])
    if last is None:
        return journal.append(Kind.OPENING, plain["id"], plain, now)
    closes = alert.ended and last.kind != Kind.CLOSING
    if not (closes or at_once) and 0 <= now - last.written < GROWTH_EVERY:
        return None
    told = fold(journal.of(plain["id"]))
    changed = {name: value for name, value in plain.items() if told.get(name) != value}
    if not changed:
        return None
    return journal.append(Kind.CLOSING if closes else Kind.GROWTH, plain["id"], changed, now)


def fold(entries: Iterable[Entry]) -> dict[str, Any]:
    """One alert as its entries tell it; empty once they are erased."""
    told: dict[str, Any] = {}
    for entry in entries:
        if entry.body is None:
            told = {}
        elif entry.kind in _ALERTS:
            told |= json.loads(entry.body)
    return told


@dataclass(frozen=True, slots=True)
class Difference:
    """An alert of which the table and the journal say different things."""

    alert: str
    what: str


def rebuild(entries: Iterable[Entry]) -> dict[str, dict[str, Any]]:
    """All alerts that the journal tells of, by id."""
    by_alert: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.kind in _ALERTS:
            by_alert.setdefault(entry.subject, []).append(entry)
    folded = {alert: fold(told) for alert, told in by_alert.items()}
    return {alert: plain for alert, plain in folded.items() if plain}


def compare(bodies: Iterable[str], entries: Iterable[Entry]) -> Iterator[Difference]:
    """The table's alerts against the journal's: the same ones, what identifies them the same, and none smaller than was told."""
    told = rebuild(entries)
    for body in bodies:
        kept = canonical(asdict(decode(body)))
        before = told.pop(kept["id"], None)
        if before is None:
            yield Difference(kept["id"], "not in the journal")
            continue
        for name in _LASTING:
            if kept[name] != before[name]:
                yield Difference(kept["id"], name)
        for name in _COUNTED:
            if int(kept[name]) < int(before[name]):
                yield Difference(kept["id"], name)
    yield from (Difference(alert, "not in the table") for alert in told)
