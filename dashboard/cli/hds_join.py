"""The official list beside ours: which organisations stand on our lists, and what an import changes.

The official list names organisations, ours domains: they meet by name only. That says who is certified, never that what lies under a
domain is the certified service: joining gives an entry no HDS answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from dashboard.cli.hds_table import Organisation, plain
from sensor.detect.lists import OFFICIAL, Lists

SHRINK = 3
"""A list that lost more than one in so many is refused: half a page was saved, or another list."""

_JOINED = ("hds_hosts", "hds_capable", "destinations", "messengers", "mssante")


class RefusedError(ValueError):
    """The import is refused; says why."""


@dataclass(frozen=True, slots=True)
class Joined:
    """`matched`: organisation → our names; `unmatched`: organisations that none of our names belongs to; `gone` and `new`: beside
    the list in use.
    """

    matched: Mapping[str, tuple[str, ...]]
    unmatched: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]


def join(found: Iterable[Organisation], ours: Lists, before: Iterable[str]) -> Joined:
    by_name: dict[str, set[str]] = {}
    for entry in ours.entries():
        if entry.list in _JOINED and entry.suffix:
            by_name.setdefault(plain(entry.name), set()).add(entry.suffix)
    matched: dict[str, tuple[str, ...]] = {}
    names = []
    for one in found:
        names.append(one.name)
        suffixes = set().union(*(them for name, them in by_name.items() if _same(plain(one.name), name)))
        if suffixes:
            matched[one.name] = tuple(sorted(suffixes))
    known, now = {plain(name): name for name in before}, {plain(name): name for name in names}
    return Joined(
        matched,
        tuple(name for name in names if name not in matched),
        tuple(now[name] for name in now if name not in known),
        tuple(known[name] for name in known if name not in now),
    )


def _same(one: str, other: str) -> bool:
    """The same name, or one that goes on where the other ends: "ovhcloud" and "ovhcloud sante"."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 4 and long.startswith(short + " "))


def refuse(found: list[Organisation], before: list[str], day: date, today: date, used: str, *, shrink: bool) -> None:
    """Raises `RefusedError` for what cannot be the newer official list."""
    if day > today:
        raise RefusedError(f"the list's date, {day}, lies in the future")
    if used and day.isoformat() < used:
        raise RefusedError(f"the list in use is of {used}, this one older: {day}")
    lost = len(before) - len(found)
    if lost * SHRINK > len(before) and not shrink:
        raise RefusedError(
            f"this list has {len(found)} organisations, the one in use {len(before)}: a third would be lost. --allow-shrink takes it"
        )


def entries(lists: Lists) -> list[str]:
    """The organisations of the official list in use."""
    return [name for info in lists.infos if info.name == OFFICIAL for name in info.entry_names]


def dumped(found: Iterable[Organisation], joined: Joined, day: date, source: str) -> str:
    """The list file."""
    rows: list[dict[str, Any]] = []
    for one in found:
        note = "; ".join(
            part for part in (one.activities, f"certificate until {one.until}" if one.until else "") if part
        )
        row = {"name": one.name, "class": "certified", "source": source, "date": day.isoformat(), "confidence": "high"}
        rows.append(row | ({"note": note} if note else {}) | {"names": list(joined.matched.get(one.name, ()))})
    head = {
        "list": OFFICIAL,
        "title": "Official list of certified hosts of health data (ANS)",
        "date": day.isoformat(),
        "classes": ["certified"],
        "roles": ["names"],
        "entries": rows,
    }
    return "# Made by vigie lists import: do not edit.\n" + yaml.safe_dump(
        head, allow_unicode=True, sort_keys=False, width=120
    )
