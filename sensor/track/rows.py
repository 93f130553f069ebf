"""The kernel's rows as Python reads them: plain numbers, with names instead of offsets.

`struct` takes a row apart in a third of the time that NumPy's own conversion needs, which makes an array of each field first.
"""

from collections import namedtuple
from collections.abc import Iterator
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sensor.wire.kernel.layout import FLOW, SEGMENT

_CODES = {"u1": "B", "u2": "H", "u4": "I", "i4": "i", "u8": "Q", "i8": "q"}


def _packed(layout: np.dtype[Any]) -> Struct:
    """The same layout for `struct`, padding included."""
    codes, at = ["<"], 0
    for name in layout.names or ():
        field, offset = layout.fields[name][:2]  # type: ignore[index] # it has fields, or it had no names
        codes.append(f"{offset - at}x{_CODES[field.str[1:]]}")
        at = offset + field.itemsize
    return Struct("".join(codes) + f"{layout.itemsize - at}x")


_ROW = _packed(FLOW)
_SEGMENT = _packed(SEGMENT)

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


def rows(table: NDArray[np.void]) -> list["Row"]:
    """The rows of `table` (dtype FLOW), which lie side by side."""
    return [Row._make(values) for values in _ROW.iter_unpack(table.data)]


def row_at(memory: memoryview, slot: int) -> "Row":
    """One row of a table whose bytes `memory` shows."""
    return Row._make(_ROW.unpack_from(memory, slot * _ROW.size))


def segments(table: NDArray[np.void]) -> Iterator[tuple[int, ...]]:
    """The fields of each row of `table` (dtype SEGMENT)."""
    return _SEGMENT.iter_unpack(table.data)
