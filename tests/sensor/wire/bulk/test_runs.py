"""Joined or not, each flow says the same in the same order; what must not be joined is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire.bulk.runs import BUFFER, RUN, WORTH_IT, Runs
from sensor.wire.kernel.layout import FLOW, SEGMENT, Kind, Want

FLOWS = np.zeros(600, dtype=FLOW)
FLOWS["uid"] = np.arange(600) + 1
FLOWS["want"] = Want.ALL
FLOWS["want"][3] = Want.UNDECIDED
FIN, SYN, RST, ACK = 1, 2, 4, 16


def segments(rows):
    """Rows of (slot, from_orig, payload) one after the other, with overrides as a dict."""
    table = np.zeros(len(rows), dtype=SEGMENT)
    data, seq = bytearray(b"#" * 5), {}
    for at, (slot, side, payload, more) in enumerate(rows):
        row = table[at]
        row["uid"], row["slot"], row["from_orig"], row["proto"], row["kind"] = slot + 1, slot, side, 6, Kind.PAYLOAD
        row["ts"], row["ack"], row["flags"] = at, 7 * at, ACK
        row["offset"], row["length"], row["wire_length"] = len(data), len(payload), len(payload)
        row["seq"] = seq.get((slot, side), 2**32 - 4) & 0xFFFF_FFFF
        seq[slot, side] = int(row["seq"]) + len(payload)
        data += payload
        for name, value in more.items():
            row[name] = value
    return np.frombuffer(bytes(data), dtype=np.uint8), table


def said(runs, data, table):
    """What each flow's sides say, in order, the payloads of one side with no word between them put together."""
    told = {}
    for row in table:
        heard = told.setdefault(int(row["uid"]), [])
        payload = runs.payload(data, int(row["offset"]), int(row["length"]))
        if heard and heard[-1][0] == row["from_orig"]:
            heard[-1] = (row["from_orig"], heard[-1][1] + payload)
        else:
            heard.append((row["from_orig"], payload))
    return told


ROWS = st.tuples(
    st.sampled_from([0, 1, 2, 3, 256, 257]),
    st.sampled_from([0, 1, 1, 1]),
    st.binary(max_size=9),
    st.sampled_from(
        [{}] * 8
        + [{"flags": FIN}, {"flags": SYN}, {"flags": RST}, {"seq": 9}, {"wire_length": 99}, {"proto": 17}, {"kind": 1}]
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=WORTH_IT, max_size=120))
def test_each_flow_says_the_same(rows):
    data, table = segments(rows)
    runs = Runs()
    joined = runs.join(data, table, FLOWS)
    assert said(runs, data, joined) == said(runs, data, table)
    assert list(joined["ts"]) == sorted(joined["ts"])


def joined(*rows):
    """The rows that some become, behind as many that fill up: (payload, ack, flags) each."""
    fill = [(9, 0, b"", {})] * WORTH_IT
    data, table = segments([*fill, *rows])
    runs = Runs()
    out = runs.join(data, table, FLOWS)[WORTH_IT:]
    return [
        (runs.payload(data, int(r["offset"]), int(r["length"])), int(r["ts"]) - WORTH_IT, int(r["flags"])) for r in out
    ]


def test_one_row_has_the_last_ones_time_and_flags():
    assert joined((1, 1, b"ab", {}), (2, 1, b"x", {}), (1, 1, b"cd", {}), (1, 1, b"e", {"flags": FIN})) == [
        (b"x", 1, ACK),
        (b"abcde", 3, FIN),
    ]


def test_sequence_numbers_go_around():
    assert [payload for payload, *_ in joined((1, 1, b"abcd", {}), (1, 1, b"ef", {}))] == [b"abcdef"]


@pytest.mark.parametrize(
    "rows",
    [
        [(1, 1, b"ab", {}), (1, 0, b"no", {}), (1, 1, b"cd", {})],
        [(1, 1, b"ab", {"flags": FIN}), (1, 1, b"cd", {})],
        [(1, 1, b"ab", {}), (1, 1, b"cd", {"flags": RST})],
        [(1, 1, b"ab", {}), (1, 1, b"cd", {"seq": 1})],
        [(1, 1, b"ab", {"wire_length": 9}), (1, 1, b"cd", {})],
        [(1, 1, b"ab", {}), (1, 1, b"cd", {"wire_length": 9})],
        [(3, 1, b"ab", {}), (3, 1, b"cd", {})],
        [(1, 1, b"ab", {"uid": 99}), (1, 1, b"cd", {"uid": 99})],
        [(1, 1, b"ab", {"proto": 17}), (1, 1, b"cd", {"proto": 17})],
        [(1, 1, b"ab", {}), (1, 1, b"cd", {"offset": 1 << 40})],
    ],
    ids=["answered", "over", "reset", "a hole", "cut", "cut later", "undecided", "another flow's row", "UDP", "beyond"],
)
def test_left_as_they_are(rows):
    fill = [(9, 0, b"", {})] * WORTH_IT
    data, table = segments([*fill, *rows])
    assert len(Runs().join(data, table, FLOWS)) == WORTH_IT + len(rows)


def test_few_are_not_worth_it():
    data, table = segments([(1, 1, b"ab", {}), (1, 1, b"cd", {})])
    assert Runs().join(data, table, FLOWS) is table


def test_a_run_and_all_runs_are_bounded():
    rows = [(slot, 1, b"x" * 4_000, {}) for _ in range(20) for slot in range(20)]
    data, table = segments(rows)
    runs = Runs()
    out = runs.join(data, table, FLOWS)
    assert out["length"].max() <= RUN
    assert out["length"][out["offset"] < 0].sum() <= BUFFER
    assert said(runs, data, out) == said(runs, data, table)
