"""The flow table under pressure: floods, removals, both directions; against a plain dictionary."""

import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire.kernel import Kernel
from sensor.wire.kernel.flows import hash_flow
from tests.sensor.wire.kernel.made import MS, START, address, check, frames_of, walk


def udp(src, dst, sport, dport, payload=b"x"):
    """By hand: scapy would be the slowest part of a flood."""
    datagram = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0, src, dst) + datagram


def host(number):
    return bytes([10, number >> 16 & 255, number >> 8 & 255, number & 255])


def test_a_flood_of_flows_evicts_the_oldest_and_costs_no_memory():
    cap, total = 100, 20_000
    kernel = Kernel(seed=5, cap=cap)
    before = sum(table.nbytes for table in kernel.tables)
    packets = [udp(host(i), host(0), 1, 2) for i in range(total)]
    seen = walk(frames_of(packets, link=228), kernel=kernel)
    check(kernel)
    assert sum(table.nbytes for table in kernel.tables) == before
    assert len(seen.flows) == cap
    assert seen.counts["EVICTED_FLOWS"] == len(seen.ended) == total - cap
    ended = {int(row["uid"]) for row in seen.ended}
    live = {int(row["uid"]) for row in seen.rows}
    assert ended | live == set(range(1, total + 1))
    assert not ended & live
    assert all(int(row["orig_pkts"]) == 1 for row in seen.ended)
    # what is evicted is old: an evicted flow was idle for at least half a table of newer ones, on average
    idle = [int(row["uid"]) for row in seen.ended]
    age = np.mean([position + cap + 1 - uid for position, uid in enumerate(idle)])
    assert age > cap / 2


def test_a_busy_flow_survives_the_flood():
    packets = []
    for i in range(5000):
        packets += [udp(host(1), host(2), 9, 9), udp(host(1000 + i), host(0), 1, 2)]
    seen = walk(frames_of(packets, link=228), kernel=Kernel(seed=5, cap=64))
    assert 1 in {int(row["uid"]) for row in seen.rows}
    assert max(flow.pkts[0] for flow in seen.flows) == 5000


KEYS = st.tuples(st.integers(0, 5), st.integers(0, 5), st.just(1), st.just(2))  # fewer than rows: nothing is evicted
STEPS = st.lists(st.one_of(KEYS, st.integers(0, 40)), max_size=120)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.integers(0, 2**63 - 1))
def test_like_a_dictionary(steps, seed):
    """Packets and removals in any order: the table holds what a dictionary would."""
    kernel = Kernel(seed=seed, cap=36)
    expected: dict[frozenset[tuple[str, int]], int] = {}
    for at, step in enumerate(steps):
        if isinstance(step, int):
            live = kernel.live()
            gone = live[step : step + 3]
            for slot in gone:
                row = kernel.tables.flows[slot]
                ends = (address(row["orig_hi"], row["orig_lo"]), int(row["orig_port"]))
                other = (address(row["resp_hi"], row["resp_lo"]), int(row["resp_port"]))
                del expected[frozenset((ends, other))]
            kernel.remove(gone)
        else:
            a, b, sport, dport = step
            walk(frames_of([udp(host(a), host(b), sport, dport)], link=228, start=START + at * 100 * MS), kernel=kernel)
            key = frozenset(((f"10.0.0.{a}", sport), (f"10.0.0.{b}", dport)))
            expected[key] = expected.get(key, 0) + 1
        check(kernel)
    seen = walk(frames_of([]), kernel=kernel)
    assert {frozenset((flow.orig, flow.resp)): sum(flow.pkts) for flow in seen.flows} == expected


def test_removing_twice_or_beyond_the_table_does_nothing():
    seen = walk(frames_of([udp(host(1), host(2), 3, 4)], link=228))
    kernel = seen.kernel
    kernel.remove(np.array([0, 0, -1, 5, 100_000], dtype=np.int32))
    check(kernel)
    assert kernel.live().tolist() == []
    seen = walk(frames_of([udp(host(1), host(2), 3, 4)], link=228, start=START + 100 * MS), kernel=kernel)
    assert [int(row["uid"]) for row in seen.rows] == [2]


def test_a_removed_row_starts_clean():
    kernel = walk(frames_of([udp(host(1), host(2), 3, 4)] * 5, link=228)).kernel
    kernel.tables.flows["told_orig_ip_bytes"][0] = 99
    kernel.remove(np.array([0], dtype=np.int32))
    seen = walk(frames_of([udp(host(7), host(8), 3, 4)], link=228, start=START + MS), kernel=kernel)
    fresh = walk(frames_of([udp(host(7), host(8), 3, 4)], link=228, start=START + MS))
    different = {name for name in seen.rows[0].dtype.names if seen.rows[0][name] != fresh.rows[0][name]}
    assert different <= {"uid", "chain"}


ADDRESS = st.one_of(
    st.tuples(st.just(0), st.integers(0xFFFF_0000_0000, 0xFFFF_FFFF_FFFF)), st.tuples(*[st.integers(0, 2**64 - 1)] * 2)
)
PORT = st.integers(0, 65535)


def hashed(seed, one, other, proto):
    (hi_a, lo_a), port_a = one
    (hi_b, lo_b), port_b = other
    u8, u2 = np.uint64, np.uint16
    return hash_flow(np.int64(seed), u8(hi_a), u8(lo_a), u8(hi_b), u8(lo_b), u2(port_a), u2(port_b), np.uint8(proto))


@settings(max_examples=100, deadline=None)
@given(st.tuples(ADDRESS, PORT), st.tuples(ADDRESS, PORT), st.sampled_from([6, 17]))
def test_both_directions_hash_alike_and_the_seed_matters(one, other, proto):
    assert hashed(1, one, other, proto) == hashed(1, other, one, proto)
    assert hashed(1, one, other, proto) != hashed(2, one, other, proto)


def test_the_hash_spreads():
    """2^16 endpoint pairs that differ in few bits: no bucket of 2^12 is far above its share of 16."""
    buckets = np.zeros(1 << 12, dtype=np.int64)
    for i in range(1 << 16):
        value = hashed(3, ((0, 0xFFFF_0A00_0000 | i & 0xFF), 1024 + (i >> 8)), ((0, 0xFFFF_0A00_0001), 443), 6)
        buckets[int(value) & 0xFFF] += 1
    assert buckets.max() < 45
