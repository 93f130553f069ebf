"""Traffic over time: bytes, packets and flows per device, service, class of destination and minute.

Rows are increments: two rows of one minute, device, service and destination add up. `Batch` holds what is not written yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass

BATCH_KEYS = 20_000
"""More than a practice makes in a minute; a scan that invents devices is written early rather than remembered."""


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """What one device exchanged in one minute with one service. `minute` counts minutes since the epoch."""

    minute: int
    device_ip: str
    device_mac: str | None
    service: str
    bytes_out: int
    bytes_in: int
    packets_out: int
    packets_in: int
    flows: int
    destination: str = ""  # class of destination ("local", "hds", "other"…), empty where it is not told


_Key = tuple[int, str, str, str]


class Batch:
    """Increments waiting to be written, summed by key. Bounded: `full` asks for an early write."""

    def __init__(self) -> None:
        self._sums: dict[_Key, list[int]] = {}
        self._macs: dict[_Key, str | None] = {}

    def __len__(self) -> int:
        return len(self._sums)

    @property
    def full(self) -> bool:
        return len(self._sums) >= BATCH_KEYS

    def add(self, rows: Iterable[SeriesRow]) -> None:
        for row in rows:
            key = (row.minute, row.device_ip, row.service, row.destination)
            sums = self._sums.setdefault(key, [0, 0, 0, 0, 0])
            counts = (row.bytes_out, row.bytes_in, row.packets_out, row.packets_in, row.flows)
            for place, count in enumerate(counts):
                sums[place] += count
            self._macs[key] = row.device_mac or self._macs.get(key)

    def rows(self) -> list[tuple[int, str, str, str, str | None, int, int, int, int, int]]:
        """In the column order of the table `series`."""
        return [(*key, self._macs[key], *sums) for key, sums in self._sums.items()]  # type: ignore[misc]

    def clear(self) -> None:
        self._sums.clear()
        self._macs.clear()
