"""Who moved how much: bytes and packets per device, service, class of destination and minute, summed until the store takes them.

Byte counts are IP bytes, headers included. Bounded: past `CAP` open rows, a row without a device takes the rest, so that
the totals stay true.
"""

from collections.abc import Callable

from sensor.frozen import frozen
from sensor.track.observation import Device

CAP = 50_000
_MINUTE = 60_000_000_000

GUESTS = "guests"
"""Stands for an address: all guests together. Patients are not the subject, so not even a row shows one of them apart."""


Classify = Callable[[str | None, str | None, str], str]
"""(program, name, address) of a peer outside the practice → the class of destination that the lists and the policy give it,
empty for what has no name. Made from them by the chain."""


def no_classes(*_: str | None) -> str:
    """For runs without lists."""
    return ""


def whose(device: Device) -> tuple[str, str | None]:
    """(address, MAC) under which a device's traffic is summed."""
    return (GUESTS, None) if device.group == "guest" else (device.ip, device.mac)


@frozen
class Traffic:
    """One row of the series. `minute`: minutes since the epoch; `device_ip` empty for what was not told apart, or `GUESTS`."""

    minute: int
    device_ip: str
    device_mac: str | None
    service: str
    destination: str
    bytes_out: int
    bytes_in: int
    packets_out: int
    packets_in: int
    flows: int


class TrafficSums:
    """Sums of increments; `take` empties them."""

    __slots__ = ("_sums", "shed")

    def __init__(self) -> None:
        self._sums: dict[tuple[int, str, str | None, str, str], list[int]] = {}
        self.shed = 0

    def add(
        self,
        ts: int,
        device: tuple[str, str | None],
        what: tuple[str, str],
        bytes_: tuple[int, int],
        packets: tuple[int, int],
        flows: int,
    ) -> None:
        """Adds an increment. Pairs are (out, in) from the device's side; `device` is (address, MAC), `what` (service, class of destination)."""
        key = (ts // _MINUTE, *device, *what)
        sums = self._sums.get(key)
        if sums is None:
            if len(self._sums) >= CAP:
                self.shed += 1
                key = (key[0], "", None, "", "")
                sums = self._sums.get(key)
            if sums is None:
                sums = self._sums[key] = [0, 0, 0, 0, 0]
        sums[0] += bytes_[0]
        sums[1] += bytes_[1]
        sums[2] += packets[0]
        sums[3] += packets[1]
        sums[4] += flows

    def take(self) -> list[Traffic]:
        """All rows since the last call."""
        sums, self._sums = self._sums, {}
        return [Traffic(*key, *values) for key, values in sums.items()]
