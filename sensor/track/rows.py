"""The kernel's flow rows as Python reads them: one cheap conversion for many rows, names instead of offsets."""

from collections import namedtuple
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sensor.wire.kernel.layout import FLOW

if TYPE_CHECKING:

    class Row(NamedTuple):
        """The fields of FLOW, as integers."""

        uid: int
        orig_hi: int
        orig_lo: int
        resp_hi: int
        resp_lo: int
        orig_port: int
        resp_port: int
        proto: int
        want: int
        budget: int
        ip_version: int
        first_ts: int
        last_ts: int
        orig_pkts: int
        resp_pkts: int
        orig_ip_bytes: int
        resp_ip_bytes: int
        orig_bytes: int
        resp_bytes: int
        orig_mac: int
        resp_mac: int
        orig_isn: int
        resp_isn: int
        orig_next: int
        resp_next: int
        orig_flags: int
        resp_flags: int
        marks: int
        depth: int
        vlan: int
        tunnel: int
        outer_orig_hi: int
        outer_orig_lo: int
        outer_resp_hi: int
        outer_resp_lo: int
        history: int
        gap_bytes: int
        chain: int
        told_orig_ip_bytes: int
        told_resp_ip_bytes: int
        told_orig_pkts: int
        told_resp_pkts: int
else:
    Row = namedtuple("Row", FLOW.names)  # noqa: PYI024  the fields are FLOW's own; the typed twin above is for readers


def rows(table: NDArray[np.void], slots: NDArray[np.int32] | None = None) -> list["Row"]:
    """The rows of `table` (dtype FLOW) at `slots`, or all of them."""
    chosen = table if slots is None else table[slots]
    return [Row._make(values) for values in chosen.tolist()]
