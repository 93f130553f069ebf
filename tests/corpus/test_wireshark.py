"""Every packet of the corpus beside Wireshark's dissection: protocols counted, packets and bytes of each flow.

Compared is the innermost packet of each frame, as `--stats` counts it (packets_by_protocol), and for each flow the sum of
`ip.len`, or of `ipv6.plen` + 40. Where the two differ, the tables say why.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

from sensor.capture import Frames
from sensor.capture.files import open_capture
from sensor.wire.kernel import NO_FRAMES, Kernel
from sensor.wire.kernel.layout import Count, Stop, Want
from tests.conftest import CORPUS
from tests.corpus.wireshark import Packet, dissected, innermost, joined, without_others
from tests.sensor.wire.kernel.made import address

EQUAL_FILES = 0.99
EQUAL_FLOWS = 0.98

DAMAGED = "a fuzzer's damaged headers: Wireshark also counts a packet whose IP version is not its frame's"
DEEP = "more layers than Vigie opens (MAX_DEPTH, MAX_STEPS)"
OFFLOADED = "longer than 64 kB, its IP length 0 (BIG TCP): Vigie goes on inside the tunnel"
DIFFERENT = {
    "ndpi/fuzz-2006-06-26-2594.pcap": DAMAGED,
    "ndpi/fuzz-2020-02-16-11740.pcapng": DAMAGED,
    "tcpdump/bad-ipv4-version-pgm-heapoverflow.pcap": DAMAGED,
    "suricata-verify/bug-7414-decoder-event-01__ip_secopt.pcap": "an IP option that contradicts itself stops Wireshark",
    "suricata-verify/decode-too-small__test.pcap": "nothing behind the IP header: Vigie goes by the protocol it names",
    "tcpdump/bigtcp-ipv4-geneve-ipv4.pcap": OFFLOADED,
    "tcpdump/bigtcp-ipv4-vxlan-ipv4.pcap": OFFLOADED,
    "tcpdump/bigtcp-ipv6-geneve-ipv6.pcap": OFFLOADED,
    "tcpdump/vxlan_port_8472.pcap": "Linux' own VXLAN port: Wireshark opens only 4789 unasked",
    "zeek/pbb-recursive-frames.pcapng": DEEP,
    "zeek/trunc__mpls-6in6-6in6-4in6-trunc.pcap": "cut within the innermost header: Vigie counts the packet outside",
    "zeek/tunnels__gre-aruba-amsdu.pcap": "two packets in one Wi-Fi frame: Wireshark names the layers of one",
    "zeek/tunnels__ayiya-large-identity.pcap": "AYIYA, whose last server was switched off in 2017, is not opened",
}
"""Files whose packets_by_protocol is not Wireshark's."""

HEADER = "an impossible or incomplete header: counted as unreadable, in no flow"
PIECES = (
    "pieces of datagrams that were never whole, or contradict each other, beside whole ones of the same identification"
)
OUTSIDE = "fragments of the packet outside the tunnel: counted in the flow inside"
SUMMED_OTHERWISE = {
    **{
        name: why
        for name, why in DIFFERENT.items()
        if not name.endswith(("version-pgm-heapoverflow.pcap", "4in6-trunc.pcap"))
    },
    "ndpi/ip_fragmented_garbage.pcap": PIECES,
    "ndpi/reasm_crash_anon.pcapng": HEADER,
    "nfstream/ip_fragmented_garbage.pcap": PIECES,
    "pcapplusplus/ExamplesTest__pcap_examples__ip-frag.pcap": PIECES,
    "pcapplusplus/Packet++Test__PacketExamples__tcp-malformed.pcap": HEADER,
    "pcapplusplus/Pcap++Test__PcapExamples__ip4_bad_fragment.pcap": PIECES,
    "suricata-verify/bug-6875-01__fuzz.pcap": HEADER,
    "suricata-verify/detect-ipopts__input.pcap": "source routes: Wireshark shows the last address of the route as the destination",
    "suricata-verify/ipv6-evasion__ipv6-malformed-fragments-25__frag-25.pcap": PIECES,
    "suricata-verify/ipv6-evasion__ipv6-malformed-fragments-36__frag-36.pcap": PIECES,
    "suricata-verify/mac-eve-packet__test.pcap": HEADER,
    "suricata-verify/sctp-pkt-too-small__input.pcap": HEADER,
    "suricata-verify/security-8550__input.pcap": HEADER,
    "suricata-verify/transform-base64-7296__input.pcap": HEADER,
    "suricata-verify/udp-5379__udp-len-invalid__input.pcap": HEADER,
    "tcpdump/babel_update_oobr.pcap": PIECES,
    "tcpdump/ip6_frag_asan.pcap": PIECES,
    "tcpdump/ip_printroute_asan.pcap": PIECES,
    "tcpdump/ipv6-rthdr-oobr.pcap": HEADER,
    "tcpdump/isakmp-various-oobr.pcap": PIECES,
    "zeek/cisco-fabric-path.pcap": "an empty packet and its copy with FabricPath's header: Wireshark shows no addresses of the copy",
    "zeek/ipv4__fragmented-2.pcap": PIECES,
    "zeek/ipv6-fragmented-dns.pcap": PIECES,
    "zeek/quic__383379789-decrypt-crash.pcap": PIECES,
    "zeek/trunc__ip-discarder-truncated-tcp-oob.pcapng": HEADER,
    "zeek/tunnels__gtp__gtp9_unknown_or_too_short_payload.pcap": OUTSIDE,
}
"""Files in which the sums of a flow are not Wireshark's."""

Key = tuple[str, tuple[str, int], tuple[str, int]]
PROTOCOLS = {"IPv4": Count.IPV4, "IPv6": Count.IPV6, "TCP": Count.TCP, "UDP": Count.UDP}
PORTS = {6: "tcp", 17: "udp"}


@dataclass
class Counted:
    protocols: Counter[str]
    flows: dict[Key, list[int]]  # [packets, bytes], both directions
    copies: int = 0


def key_of(proto: str, one: tuple[str, int], two: tuple[str, int]) -> Key:
    return (proto, min(one, two), max(one, two))


def theirs(packets: Iterable[Packet]) -> Counted:
    protocols: Counter[str] = Counter()
    flows: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    pieces: dict[tuple[str, ...], list[list[int]]] = defaultdict(list)
    whole: dict[tuple[str, ...], Key] = {}
    for packet in packets:
        found = innermost(packet)
        if found is None:
            continue
        version, which, inside = found
        protocols["IPv4" if version == "ip" else "IPv6"] += 1
        transport = next((layer for layer in inside if layer in ("tcp", "udp")), "other")
        if transport != "other":
            protocols[transport.upper()] += 1
        values = packet.values
        try:
            ends = values[f"{version}.src"][which], values[f"{version}.dst"][which]
            size = int(values["ip.len"][which]) if version == "ip" else int(values["ipv6.plen"][which]) + 40
            number = values["ip.id"][which] if version == "ip" else "".join(values["ipv6.fraghdr.ident"][-1:])
        except IndexError:
            continue  # cut within the header
        piece = (*ends, number)
        if transport == "other" and "data" in inside and (version == "ip" or number):
            pieces[piece].append([1, size])
            continue
        ports = (
            [(values[f"{transport}.{side}port"] or ["0"])[-1] for side in ("src", "dst")]
            if transport != "other"
            else (0, 0)
        )
        key = key_of(transport, (ends[0], int(ports[0])), (ends[1], int(ports[1])))
        whole[piece] = key
        add(flows, key, 1, size)
    for piece, parts in pieces.items():
        key = whole.get(piece) or key_of("other", (piece[0], 0), (piece[1], 0))
        for packets_, size in parts:
            add(flows, key, packets_, size)
    return Counted(protocols, flows)


def add(flows: dict[Key, list[int]], key: Key, packets: int, size: int) -> None:
    flows[key][0] += packets
    flows[key][1] += size


def ours(path: Path, *, with_copies: bool = False) -> Counted:
    """`with_copies`: as if no packet had been seen before."""
    kernel, rows = Kernel(seed=1), []
    source = open_capture(path)
    for frames in source.batches():
        if not with_copies:
            rows += walked(kernel, frames)
            continue
        for at in range(len(frames.table)):
            kernel.tables.seen[:] = 0
            rows += walked(kernel, Frames(frames.data, frames.table[at : at + 1]))
    source.close()
    if kernel.give_up_fragments():
        rows += walked(kernel, NO_FRAMES)
    rows += list(kernel.tables.flows[kernel.live()])
    counts = kernel.tables.counts
    protocols = Counter({name: int(counts[column]) for name, column in PROTOCOLS.items() if counts[column]})
    return Counted(protocols, summed(rows), int(counts[Count.DUPLICATES]))


def walked(kernel: Kernel, frames: Frames) -> list:
    """The rows that ended on the way."""
    at, ended = 0, []
    while True:
        step = kernel.walk(frames, at)
        ended += list(kernel.take_ended())
        at = step.next
        if step.stop is Stop.DECIDE:
            kernel.tables.flows["want"][step.slot] = Want.COUNT
        elif step.stop is Stop.END:
            return ended


def summed(rows: list) -> dict[Key, list[int]]:
    flows: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        proto = PORTS.get(int(row["proto"]), "other")
        ends = [
            (address(row[f"{side}_hi"], row[f"{side}_lo"]), int(row[f"{side}_port"]) if proto != "other" else 0)
            for side in ("orig", "resp")
        ]
        packets, size = (int(row[f"orig_{what}"] + row[f"resp_{what}"]) for what in ("pkts", "ip_bytes"))
        add(flows, key_of(proto, *ends), packets, size)
    return flows


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> dict[str, tuple[Counted, Counted]] | None:
    """Of each capture: what Vigie counted, and Wireshark."""
    if not CORPUS.is_dir():
        return None
    folder = tmp_path_factory.mktemp("joined")
    with (CORPUS / "labels.tsv").open() as labels:
        names = [row["path"] for row in csv.DictReader(labels, delimiter="\t")]
    owners = joined(CORPUS, names, folder / "all.pcapng")
    packets = dissected(folder / "all.pcapng", without_others(folder / "settings"))
    counted = {}
    for name, group in groupby(packets, key=lambda told: owners[told[0]]):
        told = theirs(packet for _, packet in group)
        mine = ours(CORPUS / name)
        if mine.copies:
            without, mine = mine, ours(CORPUS / name, with_copies=True)
            dropped = sum(sums[0] for sums in mine.flows.values()) - sum(sums[0] for sums in without.flows.values())
            assert 0 <= dropped <= without.copies, name
        counted[name] = mine, told
    for name, (mine, told) in counted.items():
        if mine.protocols != told.protocols or mine.flows != told.flows:
            alone = theirs(packet for _, packet in dissected(CORPUS / name))
            counted[name] = mine, alone if alone.flows else told
    return counted


def test_protocols_are_counted_as_wireshark_counts_them(corpus, both):
    if corpus is None:
        print("CORPUS NOT RUN")
        return
    different = {
        name: (mine.protocols, told.protocols)
        for name, (mine, told) in both.items()
        if mine.protocols != told.protocols
    }
    share = 1 - len(different) / len(both)
    print(f"files {len(both)}, equal {len(both) - len(different)}, share {share:.4f}")
    assert {name: counts for name, counts in different.items() if name not in DIFFERENT} == {}
    assert different.keys() == DIFFERENT.keys()
    assert share >= EQUAL_FILES


def test_flows_are_summed_as_wireshark_sums_them(corpus, both):
    if corpus is None:
        print("CORPUS NOT RUN")
        return
    equal, different = 0, {}
    for name, (mine, told) in both.items():
        for key, sums in told.flows.items():
            if mine.flows.get(key) == sums:
                equal += 1
            else:
                different[name, key] = (mine.flows.get(key), sums)
    share = equal / (equal + len(different))
    print(f"flows {equal + len(different)}, equal {equal}, share {share:.4f}")
    unexplained = {line: sums for line, sums in different.items() if line[0] not in SUMMED_OTHERWISE}
    assert unexplained == {}
    assert {name for name, _ in different} == SUMMED_OTHERWISE.keys()
    assert share >= EQUAL_FLOWS
