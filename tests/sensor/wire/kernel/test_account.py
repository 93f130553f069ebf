"""What a packet changes in its flow: who opened it, TCP's numbers, gaps, ports used anew."""

import pytest
from scapy.layers.inet import IP, TCP
from scapy.packet import Raw

from sensor.wire.kernel.layout import FIRST_BUDGET, Mark
from tests.sensor.wire.kernel.made import MS, START, A, B, down, frames_of, handshake, up, walk


@pytest.mark.parametrize(
    ("first", "orig", "marks"),
    [
        pytest.param(up(flags="S"), (A, 40000), Mark.ORIG_SYN, id="syn"),
        pytest.param(
            down(flags="SA", seq=7, ack=3),
            (A, 40000),
            Mark.RESP_SYN | Mark.ORIG_SYN | Mark.MIDSTREAM | Mark.FLIPPED,
            id="syn-ack first: the sender answered; what it acknowledges is the originator's start",
        ),
        pytest.param(up(flags="A"), (A, 40000), Mark.MIDSTREAM, id="middle, client first"),
        pytest.param(down(flags="A"), (A, 40000), Mark.MIDSTREAM | Mark.FLIPPED, id="middle, well-known port first"),
        pytest.param(down(flags="A", sport=3389), (B, 3389), Mark.MIDSTREAM, id="middle, no well-known port"),
        pytest.param(down(flags="A", dport=22), (B, 443), Mark.MIDSTREAM, id="middle, both well-known"),
    ],
)
def test_who_opened_it(first, orig, marks):
    seen = walk(frames_of([first]))
    assert seen.flows[0].orig == orig
    assert seen.rows[0]["marks"] == marks


def test_direction_never_flips():
    seen = walk(frames_of([down(flags="A", sport=3389), up(flags="S", dport=3389), down(flags="SA", sport=3389)]))
    assert [flow.orig for flow in seen.flows] == [(B, 3389)]


def test_syn_with_data():
    seen = walk(frames_of([up(flags="S", seq=99) / Raw(b"fast"), down(flags="SA", seq=7, ack=104)]))
    assert (seen.segments[0]["seq"], seen.payloads[0]) == (100, b"fast")
    assert seen.rows[0]["orig_isn"] == 100
    assert seen.rows[0]["orig_next"] == 104


@pytest.mark.parametrize("start", [1000, 0xFFFF_FFF0], ids=["plain", "sequence numbers wrap"])
def test_gaps_are_counted_and_filled(start):
    def data(offset, size):
        return up(flags="PA", seq=(start + offset) & 0xFFFFFFFF) / Raw(b"d" * size)

    seen = walk(frames_of([data(0, 10), data(30, 10)]))
    assert (seen.rows[0]["gap_bytes"], seen.counts["TCP_GAPS"]) == (20, 1)
    seen = walk(frames_of([data(40, 10), data(10, 20)]), kernel=seen.kernel)
    assert (seen.rows[0]["gap_bytes"], seen.counts["TCP_GAPS"]) == (0, 0)
    assert seen.rows[0]["orig_next"] == (start + 50) & 0xFFFFFFFF


def test_keep_alives_and_repeats_are_no_gap():
    seen = walk(
        frames_of(
            [
                *handshake(),
                up(flags="PA", seq=1001) / Raw(b"12345"),
                up(flags="A", seq=1005) / Raw(b"\0"),
                up(flags="PA", seq=1001) / Raw(b"12345"),
                up(flags="A", seq=1006),
            ]
        )
    )
    assert seen.rows[0]["orig_next"] == 1006
    assert (seen.rows[0]["gap_bytes"], seen.counts["TCP_GAPS"]) == (0, 0)


def test_a_reset_with_a_wild_number_is_no_gap():
    seen = walk(frames_of([*handshake(), up(flags="R", seq=0x7000_0000)]))
    assert (seen.rows[0]["gap_bytes"], seen.rows[0]["orig_next"]) == (0, 1001)
    assert seen.rows[0]["marks"] & Mark.CLOSED


def closed():
    return [*handshake(), up(flags="FA", seq=1001), down(flags="FA", seq=5001)]


@pytest.mark.parametrize(
    ("before", "syn", "anew"),
    [
        pytest.param(closed(), up(flags="S", seq=90000), True, id="closed, another number"),
        pytest.param(closed(), up(flags="S", seq=1000), False, id="closed, the same SYN repeated"),
        pytest.param(closed(), down(flags="S", seq=90000), True, id="closed, from the other side"),
        pytest.param(handshake(), up(flags="S", seq=90000), False, id="open: not believed"),
        pytest.param(
            [*handshake(), up(flags="FA", seq=1001)], up(flags="S", seq=90000), True, id="seen in one direction only"
        ),
        pytest.param([up(flags="S", seq=5)], up(flags="S", seq=90000), False, id="a second try"),
        pytest.param(
            [up(flags="PA", seq=1001) / Raw(b"early")], up(flags="S", seq=1000), False, id="its own SYN, only late"
        ),
        pytest.param(
            [up(flags="PA", seq=1001) / Raw(b"old")], up(flags="S", seq=0x7FFF_0000), True, id="middle, then a new one"
        ),
    ],
)
def test_port_reuse(before, syn, anew):
    seen = walk(frames_of([*before, syn]))
    assert len(seen.flows) == 1
    assert [int(row["uid"]) for row in seen.ended] == ([1] if anew else [])
    assert seen.rows[0]["uid"] == (2 if anew else 1)
    if anew:
        assert seen.flows[0].pkts == (1, 0)
        assert seen.rows[0]["budget"] == FIRST_BUDGET
        assert seen.rows[0]["orig_isn"] == (int(syn[TCP].seq) + 1)
        assert seen.flows[0].orig == (syn[IP].src, syn[TCP].sport)


def test_port_reuse_after_a_long_silence():
    kernel = walk(frames_of([*handshake(), up(flags="PA", seq=1001) / Raw(b"x")])).kernel
    seen = walk(frames_of([up(flags="S", seq=77)], start=START + 3_600_000 * MS), kernel=kernel)
    assert len(seen.ended) == 1
