"""Packets made with scapy, walked by a kernel of their own, and the flow rows that come out, in a form tests can state."""

import struct
from ipaddress import IPv6Address
from typing import NamedTuple

import numpy as np
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether

from sensor.capture import FRAME, Frames
from sensor.wire.kernel import Kernel
from sensor.wire.kernel.flows import hash_flow
from sensor.wire.kernel.layout import Control, Count, Stop, Unreadable, Want

START = 1_700_000_000_000_000_000
MS = 1_000_000
ETHERNET = 1
MAC_A, MAC_B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
A, B = "10.0.0.1", "192.0.2.9"
A6, B6 = "2001:db8::1", "2001:db8::9"


def frames_of(packets, *, link=ETHERNET, start=START, step=100 * MS, snap=None):
    """Packets (or bytes) → Frames, `step` nanoseconds apart (too far for copies of each other), cut to `snap` bytes."""
    data = bytearray()
    table = np.zeros(len(packets), dtype=FRAME)
    for i, packet in enumerate(packets):
        whole = bytes(packet)
        kept = whole if snap is None else whole[:snap]
        row = table[i]
        row["offset"], row["ts"], row["link"] = len(data), start + i * step, link
        row["caplen"], row["wirelen"] = len(kept), len(whole)
        data += kept
    return Frames(np.frombuffer(bytes(data) or b"\0", dtype=np.uint8), table)


class Flow(NamedTuple):
    """A flow row as people would say it."""

    orig: tuple[str, int]
    resp: tuple[str, int]
    proto: int
    pkts: tuple[int, int]
    ip_bytes: tuple[int, int]
    bytes: tuple[int, int]


def address(hi, lo):
    value = IPv6Address(int(hi) << 64 | int(lo))
    return str(value.ipv4_mapped or value)


def flow_of(row):
    return Flow(
        (address(row["orig_hi"], row["orig_lo"]), int(row["orig_port"])),
        (address(row["resp_hi"], row["resp_lo"]), int(row["resp_port"])),
        int(row["proto"]),
        (int(row["orig_pkts"]), int(row["resp_pkts"])),
        (int(row["orig_ip_bytes"]), int(row["resp_ip_bytes"])),
        (int(row["orig_bytes"]), int(row["resp_bytes"])),
    )


class Seen(NamedTuple):
    """All that a walk over some packets gave."""

    kernel: Kernel
    flows: list[Flow]
    rows: list[np.void]
    segments: list[np.void]
    payloads: list[bytes]
    decisions: list[int]  # uids
    ended: list[np.void]

    @property
    def counts(self):
        return {word.name: int(self.kernel.tables.counts[word]) for word in Count if word is not Count.SIZE}

    @property
    def unreadable(self):
        table = self.kernel.tables.unreadable
        return {word.name: int(table[word]) for word in Unreadable if word is not Unreadable.SIZE and table[word]}


def walk(frames, *, kernel=None, decide=Want.COUNT, seed=42, cap=64):
    """Walk a batch to its end, answering every question with `decide`."""
    kernel = kernel or Kernel(seed=seed, cap=cap)
    segments, payloads, decisions, ended = [], [], [], []
    at = 0
    while True:
        step = kernel.walk(frames, at)
        assert step.next >= at
        for segment in step.segments:
            segments.append(segment.copy())
            first = int(segment["offset"])
            payloads.append(frames.data[first : first + int(segment["length"])].tobytes())
        ended += list(kernel.take_ended())
        at = step.next
        if step.stop is Stop.DECIDE:
            decisions.append(int(kernel.tables.flows["uid"][step.slot]))
            kernel.tables.flows["want"][step.slot] = decide
        elif step.stop is Stop.END:
            break
    rows = sorted((kernel.tables.flows[slot].copy() for slot in kernel.live()), key=lambda row: row["uid"])
    return Seen(kernel, [flow_of(row) for row in rows], rows, segments, payloads, decisions, ended)


def check(kernel):
    """The table's own promises: every live row is found by its key, nothing else is indexed, the free list is the rest."""
    tables = kernel.tables
    live = set(kernel.live().tolist())
    indexed = [slot for slot in tables.index.tolist() if slot >= 0]
    assert sorted(indexed) == sorted(live)
    assert tables.control[Control.LIVE] == len(live)
    for slot in live:
        row = tables.flows[slot]
        ends = [row[name] for name in ("orig_hi", "orig_lo", "resp_hi", "resp_lo", "orig_port", "resp_port", "proto")]
        at = int(hash_flow(tables.control[Control.SEED], *ends)) % len(tables.index)
        while tables.index[at] != slot:
            assert tables.index[at] >= 0, "an empty place before the row: a search would miss it"
            at = (at + 1) % len(tables.index)
    free, at = set(), int(tables.control[Control.FREE])
    while at >= 0:
        assert at not in free
        free.add(at)
        at = int(tables.flows["chain"][at])
    assert free | live == set(range(int(tables.control[Control.HIGH])))
    assert not free & live


def pcap(packets, *, link=ETHERNET):
    """A capture file's bytes."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link)
    for i, packet in enumerate(packets):
        raw = bytes(packet)
        out += struct.pack("<IIII", 1_700_000_000, i, len(raw), len(raw)) + raw
    return out


def up(**tcp):
    return Ether(src=MAC_A, dst=MAC_B) / IP(src=A, dst=B) / TCP(**{"sport": 40000, "dport": 443, **tcp})


def down(**tcp):
    return Ether(src=MAC_B, dst=MAC_A) / IP(src=B, dst=A) / TCP(**{"sport": 443, "dport": 40000, **tcp})


def handshake(isn=1000, answer=5000):
    return [
        up(flags="S", seq=isn),
        down(flags="SA", seq=answer, ack=isn + 1),
        up(flags="A", seq=isn + 1, ack=answer + 1),
    ]
