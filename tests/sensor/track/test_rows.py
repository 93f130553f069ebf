"""Rows of the kernel's tables, taken apart by `struct`, say what NumPy says of them."""

import numpy as np

from sensor.track.rows import Row, row_at, rows, segments
from sensor.wire.kernel.layout import FLOW, SEGMENT


def chance(layout, count):
    """Rows of random bytes: every field's full width is used."""
    return np.frombuffer(np.random.default_rng(7).bytes(layout.itemsize * count), dtype=layout)


def test_rows_of_flows_are_numpys():
    table = chance(FLOW, 5)
    assert rows(table) == [Row._make(row) for row in table.tolist()]
    assert rows(table[1:3]) == rows(table)[1:3]
    assert rows(table[:0]) == []


def test_one_row_of_a_table():
    table = chance(FLOW, 5)
    assert row_at(table.view(np.uint8).data, 3) == rows(table)[3]
    assert row_at(table.view(np.uint8).data, 3).last_ts == table["last_ts"][3]


def test_segments_are_numpys():
    table = chance(SEGMENT, 5)
    assert list(segments(table)) == table.tolist()
    assert list(segments(table[:0])) == []
