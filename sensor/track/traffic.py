"""Who moved how much: bytes and packets per device, service and minute, summed until the store takes them.

Byte counts are IP bytes, headers included. Bounded: past `CAP` open rows, a row without a device takes the rest, so that
the totals stay true.
"""

from dataclasses import dataclass

from sensor.track.observation import Device

CAP = 50_000
_MINUTE = 60_000_000_000

GUESTS = "guests"
"""Stands for an address: all guests together. Patients are not the subject, so not even a row shows one of them apart."""


def whose(device: Device) -> tuple[str, str | None]:
    """(address, MAC) under which a device's traffic is summed."""
    return (GUESTS, None) if device.group == "guest" else (device.ip, device.mac)


@dataclass(frozen=True, slots=True)
class Traffic:
    """One row of the series. `minute`: minutes since the epoch; `device_ip` empty for what was not told apart, or `GUESTS`."""

    minute: int
    device_ip: str
    device_mac: str | None
    service: str
    bytes_out: int
    bytes_in: int
    packets_out: int
    packets_in: int
    flows: int


class TrafficSums:
    """Sums of increments; `take` empties them."""

    __slots__ = ("_sums", "shed")

    def __init__(self) -> None:
        self._sums: dict[tuple[int, str, str | None, str], list[int]] = {}
        self.shed = 0

    def add(
        self,
        ts: int,
        device: tuple[str, str | None],
        service: str,
        bytes_: tuple[int, int],
        packets: tuple[int, int],
        flows: int,
    ) -> None:
        """Adds an increment. Pairs are (out, in) from the device's side; `device` is (address, MAC)."""
        key = (ts // _MINUTE, device[0], device[1], service)
        sums = self._sums.get(key)
        if sums is None:
            if len(self._sums) >= CAP:
                self.shed += 1
                key = (key[0], "", None, "")
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
