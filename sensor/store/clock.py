"""Whether the clock can be trusted: most Pis have none that runs without power, and start with the hour of their last stop.

The kernel knows whether a time server has set it (adjtimex(2): TIME_ERROR while nobody has). Entries of the journal carry the
boot and its monotonic clock beside the wall's. While nobody has set the clock an entry of the kind `clock` says so,
{"trusted": false}; once it is set another says {"trusted": true}, and its own pair of clocks gives the true time of every
earlier entry of the same boot.
"""

import ctypes
import json
import sqlite3
from collections.abc import Iterable, Iterator

from sensor.store.entry import Entry
from sensor.store.journal import Journal, Kind, about, boot_id, entries

_TIMEX = 208  # bytes of the largest struct timex (64-bit); modes = 0 only asks
_TIME_ERROR = 5
_libc = ctypes.CDLL(None, use_errno=True)


def synchronised() -> bool:
    """Whether a time server has set this machine's clock."""
    state = _libc.adjtimex(ctypes.create_string_buffer(_TIMEX))
    return bool(0 <= state < _TIME_ERROR)


class ClockWatch:
    """Writes the `clock` entries. Made when the store is opened."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._doubted = self._told_doubt(db)

    def step(self, journal: Journal, now: int, *, trusted: bool) -> bool:
        """True if an entry was written: the trust changed."""
        if trusted != self._doubted:
            return False
        journal.append(Kind.CLOCK, "", {"trusted": trusted}, now)
        self._doubted = not trusted
        return True

    @staticmethod
    def _told_doubt(db: sqlite3.Connection) -> bool:
        """Whether this boot's last word was that the clock is not set."""
        told = [one for one in about(db, "", Kind.CLOCK) if one.boot == boot_id() and one.body is not None]
        return bool(told) and not json.loads(told[-1].body or "{}")["trusted"]


def moments(told: Iterable[Entry]) -> Iterator[tuple[int, int, bool]]:
    """(seq, true time as far as it is known, whether it is) of each entry, in nanoseconds since the epoch.

    `told` is read twice. A boot of which nothing was said had its clock set from the start.
    """
    kept = list(told)
    offsets: dict[str, tuple[int, int]] = {}
    doubted: set[str] = set()
    for entry in kept:
        if entry.kind != Kind.CLOCK or not entry.body:
            continue
        if json.loads(entry.body)["trusted"]:
            offsets[entry.boot] = (entry.seq, entry.written - entry.monotonic)
        else:
            doubted.add(entry.boot)
    for entry in kept:
        seq, offset = offsets.get(entry.boot, (0, 0))
        if entry.boot not in doubted or entry.seq >= seq > 0:
            yield entry.seq, entry.written, True
        elif seq:
            yield entry.seq, entry.monotonic + offset, True
        else:
            yield entry.seq, entry.written, False


def moments_of(db: sqlite3.Connection) -> Iterator[tuple[int, int, bool]]:
    """The same, of a whole journal."""
    return moments(entries(db))


def last_written(db: sqlite3.Connection) -> int:
    """The newest time that was written so far: a clock nobody set is not believed far beyond it."""
    found = db.execute("SELECT written FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return 0 if found is None else int(found[0])
