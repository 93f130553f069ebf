"""Flows without payload: scans, pings, floods. Counted all, told one by one only up to a cap.

They never get a `Flow`: a scan of a million ports stays in the kernel's table. Between two ticks the first `cap` are told by
address; the rest goes into one row of the series without a device, so that totals stay true, and is counted as shed.
"""

import numpy as np
from numpy.typing import NDArray

from sensor.track.addresses import Locality, ip_text, mac_text
from sensor.track.devices import Devices
from sensor.track.rows import Row, rows
from sensor.track.traffic import TrafficSums, whose


class BareFlows:
    """Adds their growth to the series; says which may be told."""

    __slots__ = ("_cap", "_devices", "_local", "_sums", "_told", "shed")

    def __init__(self, sums: TrafficSums, devices: Devices, local: Locality, cap: int) -> None:
        self._sums = sums
        self._devices = devices
        self._local = local
        self._cap = cap
        self._told = 0
        self.shed = 0

    def tick(self) -> None:
        """A new second: as many may be told again."""
        self._told = 0

    def grown(self, table: NDArray[np.void]) -> list[Row]:
        """Takes rows of FLOW that grew or ended; returns those that may be told one by one."""
        room = max(self._cap - self._told, 0)
        singly = rows(table[:room])
        self._told += len(singly)
        for row in singly:
            self._one(row)
        if len(table) > room:
            self._together(table[room:])
        return singly

    def _one(self, row: Row) -> None:
        bytes_ = (row.orig_ip_bytes - row.told_orig_ip_bytes, row.resp_ip_bytes - row.told_resp_ip_bytes)
        packets = (row.orig_pkts - row.told_orig_pkts, row.resp_pkts - row.told_resp_pkts)
        if not any(packets):
            return
        new = not (row.told_orig_pkts or row.told_resp_pkts)
        if self._local(row.orig_hi, row.orig_lo) or not self._local(row.resp_hi, row.resp_lo):
            where = (ip_text(row.orig_hi, row.orig_lo), mac_text(row.orig_mac))
        else:
            where = (ip_text(row.resp_hi, row.resp_lo), mac_text(row.resp_mac))
            bytes_, packets = bytes_[::-1], packets[::-1]
        device = self._devices.device(where[0], self._devices.routers.own_mac(*where), row.vlan or None)
        self._sums.add(row.last_ts, whose(device), ("", ""), bytes_, packets, int(new))

    def _together(self, table: NDArray[np.void]) -> None:
        def grew(side: str, what: str) -> int:
            return int((table[f"{side}_{what}"] - table[f"told_{side}_{what}"]).sum())

        new = (table["told_orig_pkts"] + table["told_resp_pkts"]) == 0
        self.shed += len(table)
        self._sums.add(
            int(table["last_ts"].max()),
            ("", None),
            ("", ""),
            (grew("orig", "ip_bytes"), grew("resp", "ip_bytes")),
            (grew("orig", "pkts"), grew("resp", "pkts")),
            int(new.sum()),
        )
