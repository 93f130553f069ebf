"""Nothing hangs on a capture's own numbers: with other MACs, addresses, client ports and times each gives the same verdicts."""

import csv
from collections import defaultdict
from ipaddress import ip_address

import pytest

from sensor.capture import CaptureError
from sensor.chain import Chain
from sensor.settings import load
from sensor.track.observation import Conn
from tests.corpus.in_memory import InMemory, read
from tests.corpus_shift.rewrite import SHIFT, Rewriter

PROTOS = {"tcp": 6, "udp": 17}
NEGATIVES = 100
LARGEST = 5_000_000

KEPT = {  # what is not rewritten, in which captures
    "neither IP nor ARP": {
        *("ndpi-history/skype_no_unknown.pcap", "nfstream/skype_no_unknown.pcap", "scapy/ecu_trace.pcapng"),
        *("suricata-verify/decode-vntag-01__input.pcap", "tcpdump/dcb_ets.pcap", "tcpdump/ipx.pcap"),
        "pcapplusplus/ExamplesTest__pcap_examples__solaris.snoop.snoop.pcap",
    },
    "link type 127": {  # Wi-Fi with radiotap
        "arkime/80211http.pcap",
        *(f"tcpdump/reason_code-{code}.pcap" for code in (0, 32)),
        *(f"tcpdump/status_code-{code}.pcap" for code in (103, 35, 50, 77, 91)),
    },
    "link type 107": {"arkime/icmp-frame-relay.pcap"},
    "inside GRE": {
        *("suricata-verify/bug-5633-gre-01__gre-udp.pcap", "tcpdump/erspan-type-i-3.pcap"),
        "zeek/tunnels__gre-erspan3-dot1q.pcap",
    },
    "inside GENEVE": {"tcpdump/gso-ipv6-geneve-ipv6.pcap"},
}


def judged(frames, settings):
    """Alerts, and the flows that were seen."""
    flows = set()

    def watcher(seen):
        if isinstance(seen.record, Conn):
            flows.add((seen.conn.proto, ends(seen.conn.orig), ends(seen.conn.resp)))

    chain = Chain(settings, seed=1, watcher=watcher)
    found = {alert.id: alert for batch in chain.run(InMemory(frames)) for alert in batch}
    return list(found.values()), flows


def ends(end):
    return ip_address(end.ip).packed, end.port


def verdict(alert, rewriter=None):
    """What is judged, in the numbers that `rewriter` gave."""
    device, peer = (ip_address(ip).packed if ip else b"" for ip in (alert.device.ip, alert.peer.ip))
    port, first = alert.peer.port or 0, alert.first_seen
    if rewriter:
        port, first = rewriter.ports.get((peer, port), port), first + SHIFT
        device, peer = (rewriter.addresses.get(raw, raw) for raw in (device, peer))
    return (
        *(alert.rule, alert.app or "", str(alert.nature), str(alert.severity), str(alert.confidence), alert.count),
        *(device, peer, port, alert.peer.host or "", alert.peer.host_source or ""),
        *(alert.bytes_out, alert.bytes_in, alert.packets, first),
    )


@pytest.fixture(scope="module")
def settings():
    return load(None, None)


def chosen(corpus):
    """All captures in which something must be found, and every so manieth of the others."""
    with (corpus / "labels.tsv").open() as labels:
        rows = [
            row
            for row in csv.DictReader(labels, delimiter="\t")
            if row["category"] != "malformed" and (corpus / row["path"]).stat().st_size < LARGEST
        ]
    others = [row["path"] for row in rows if not row["expect"]]
    return [row["path"] for row in rows if row["expect"]] + others[:: len(others) // NEGATIVES]


def test_other_numbers_same_verdicts(corpus, settings):
    if corpus is None:
        print("CORPUS NOT RUN")
        return
    other, strange, kept, alerts, frames = {}, {}, defaultdict(set), 0, 0
    paths = chosen(corpus)
    for path in paths:
        try:
            before = read(corpus / path)
        except CaptureError:
            continue
        rewriter = Rewriter(before)
        after = [rewriter.frame(frame) for frame in before]
        found, flows = judged(before, settings)
        again, moved = judged(after, settings)
        frames += len(before)
        alerts += len(found)
        for reason in rewriter.untouched:
            kept[reason].add(path)

        expected = {
            (proto, *((rewriter.addresses.get(ip, ip), rewriter.port(PROTOS.get(proto, 0), ip, n)) for ip, n in ends))
            for proto, *ends in flows
        }
        if expected != moved:
            strange[path] = (sorted(expected - moved)[:3], sorted(moved - expected)[:3])
        wanted, got = sorted(verdict(alert, rewriter) for alert in found), sorted(verdict(alert) for alert in again)
        if wanted != got:
            other[path] = (wanted, got)
    print(
        f"{len(paths)} captures, {frames} frames, {alerts} alerts, {len(other)} verdicts and {len(strange)} flows differ"
    )
    assert other == {}
    assert strange == {}
    assert kept == KEPT
