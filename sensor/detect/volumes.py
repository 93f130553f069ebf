"""How much went from a device to one place lately: over ten minutes, an hour and a day. For the fields of `transfer` records.

Called by the detector with each increment. A window is twelve slots of its span, so it may count up to a twelfth more than its span.
Bounded: the pair of device and place not heard of for longest goes first, and is counted.
"""

from array import array
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

CAP = 10_000
SLOTS = 12
SPANS = {"10m": 600, "1h": 3_600, "1d": 86_400}
"""Seconds of each window, by the word in the fields' names."""

_WINDOW = 1 + 2 * SLOTS  # the latest slot's number, then out and in of each slot
_WINDOWS = tuple((n * _WINDOW, span * 1_000_000_000 // SLOTS) for n, span in enumerate(SPANS.values()))
"""(where its cells begin, how long a slot is) of each."""

_EMPTY = bytes(8 * _WINDOW * len(SPANS))

Sums = tuple[tuple[int, int], ...]
"""(out, in) of each of `SPANS`."""


class Volumes:
    def __init__(self, cap: int = CAP) -> None:
        self._of: OrderedDict[tuple[str, str], array[int]] = OrderedDict()
        self._cap = cap
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._of)

    def add(self, device: str, place: str, ts: int, out: int, into: int) -> Callable[[], Sums]:
        """Counts an increment at `ts`; who asks at once is told what each window holds with it."""
        key = (device, place)
        cells = self._of.get(key)
        if cells is None:
            cells = self._of[key] = array("Q", _EMPTY)
            if len(self._of) > self._cap:
                self._of.popitem(last=False)
                self.evicted += 1
        self._of.move_to_end(key)
        for start, width in _WINDOWS:
            _add(cells, start, ts // width, out, into)
        return partial(_sums, cells)


def _add(cells: "array[int]", at: int, slot: int, out: int, into: int) -> None:
    latest = cells[at]
    if slot > latest:
        for passed in range(max(latest + 1, slot - SLOTS + 1), slot + 1):
            here = at + 1 + 2 * (passed % SLOTS)
            cells[here] = cells[here + 1] = 0
        cells[at] = slot
    else:
        slot = latest  # packets out of order count as of now
    here = at + 1 + 2 * (slot % SLOTS)
    cells[here] += out
    cells[here + 1] += into


def _sums(cells: "array[int]") -> Sums:
    return tuple((sum(cells[at + 1 : at + _WINDOW : 2]), sum(cells[at + 2 : at + _WINDOW : 2])) for at, _ in _WINDOWS)
