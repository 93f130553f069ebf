"""What is known of each device's backups, so that a backup that stops is noticed although Vigie was started anew meanwhile.

A row's body is JSON: {"device": {…}, "peer": {…}, "title", "hds", "starts": [ns…], "begun", "last", "size", "told"}. Kept as long as
alerts after the last run.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sensor.detect.backups import BackupState
from sensor.store.codec import clean
from sensor.track.observation import Device, Peer

_MINUTE = 60_000_000_000
_INSERT = "INSERT OR REPLACE INTO backup VALUES (?, ?, ?, ?)"


class Runs:
    """What is not written yet: of each backup its latest state."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], BackupState] = {}

    def add(self, states: Iterable[BackupState]) -> None:
        self._waiting.update((state.key, state) for state in states)

    def __len__(self) -> int:
        return len(self._waiting)

    def write(self, db: sqlite3.Connection) -> None:
        """Within the caller's transaction; `clear` once it is committed."""
        db.executemany(
            _INSERT,
            (
                (clean(device), clean(place), state.last // _MINUTE, clean(json.dumps(_plain(state))))
                for (device, place), state in self._waiting.items()
            ),
        )

    def clear(self) -> None:
        self._waiting.clear()


def _plain(state: BackupState) -> dict[str, Any]:
    told = asdict(state)
    del told["place"]
    return told


def runs(db: sqlite3.Connection) -> list[BackupState]:
    """All that are kept, the one that ran latest first. A row that cannot be read is left out: the next run makes it anew."""
    found = []
    for place, body in db.execute("SELECT place, body FROM backup ORDER BY last DESC, device, place"):
        try:
            told = json.loads(body)
            device, peer = Device(**told.pop("device")), Peer(**told.pop("peer"))
            found.append(BackupState(device, place, peer=peer, starts=tuple(told.pop("starts")), **told))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return found


def forget(db: sqlite3.Connection, before: int) -> None:
    """Those whose last run was kept long enough leave. `before`: epoch minute."""
    db.execute("DELETE FROM backup WHERE last < ?", (before,))
