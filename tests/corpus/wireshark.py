"""All captures of the corpus through Wireshark at once: a run of tshark for each would take ten minutes, one takes seconds.

The frames, as Vigie's framing gave them, are written into one pcapng with an interface for each capture and link type, and all
that Wireshark knows above transport is switched off. Fragments of captures that share addresses and identifications may get
mixed there: what differs is dissected again, by itself and from its own file (`alone`).
"""

import os
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sensor.capture import CaptureError
from sensor.capture.files import open_capture

FIELDS = (
    "frame.protocols",
    *("ip.src", "ip.dst", "ip.len", "ip.id", "ip.proto"),
    *("ipv6.src", "ipv6.dst", "ipv6.plen", "ipv6.fraghdr.ident"),
    *("tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"),
)
KEPT = frozenset(
    {
        "ah",
        "arp",
        "aruba_erm",
        "ayiya",
        "cfp",
        "chdlc",
        "data",
        "erf",
        "erspan",
        "esp",
        "eth",
        "etherip",
        "fr",
        "frame",
        "geneve",
        "gre",
        "gtp",
        "icmp",
        "icmpv6",
        "ieee8021ad",
        "ieee8021ah",
        "ieee8021cb",
        "ip",
        "ipv6",
        "ipv6.dstopts",
        "ipv6.fraghdr",
        "ipv6.hopopts",
        "ipv6.routing",
        "isl",
        "l2tp",
        "llc",
        "loop",
        "macsec",
        "mpls",
        "nflog",
        "null",
        "ppi",
        "ppp",
        "pppoe",
        "pppoed",
        "pppoes",
        "pw.padding",
        "pwach",
        "pwethcw",
        "pwethheuristic",
        "pwethnocw",
        "pwmcw",
        "radiotap",
        "raw",
        "sctp",
        "sll",
        "tcp",
        "teredo",
        "trill",
        "tzsp",
        "udp",
        "udplite",
        "vlan",
        "vntag",
        "vxlan",
        "wccp",
        "wlan",
        "wlan_aggregate",
    }
)
"""What carries packets, up to transport."""

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_NANOSECONDS = struct.pack("<HHBxxxHH", 9, 1, 9, 0, 0)


@dataclass(frozen=True, slots=True)
class Packet:
    """One frame as Wireshark dissected it: its layers, and each field's values from the outermost header in."""

    layers: list[str]
    values: dict[str, list[str]]


def block(kind: int, body: bytes) -> bytes:
    body += b"\0" * (-len(body) % 4)
    size = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + size + body + size


def joined(corpus: Path, names: list[str], out: Path) -> list[str]:
    """Writes all frames of these captures to `out`. Returns the capture of each interface."""
    owners: list[str] = []
    with out.open("wb") as file:
        file.write(block(_SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        for name in names:
            try:
                source = open_capture(corpus / name)
            except CaptureError:
                continue
            interfaces: dict[tuple[int, int], int] = {}
            for frames in source.batches():
                for offset, ts, caplen, wirelen, link, *_, fcs, _ in frames.table.tolist():
                    if (link, fcs) not in interfaces:
                        interfaces[link, fcs] = len(owners)
                        owners.append(name)
                        file.write(block(_INTERFACE, struct.pack("<HHI", link, 0, 0) + _NANOSECONDS))
                    data = frames.data[offset : offset + caplen].tobytes()
                    time = max(ts, 0)
                    head = (interfaces[link, fcs], time >> 32, time & 0xFFFFFFFF, caplen, max(wirelen, caplen))
                    file.write(block(_PACKET, struct.pack("<5I", *head) + data))
            source.close()
    return owners


def without_others(folder: Path) -> dict[str, str]:
    """An environment in which Wireshark's programs know only what carries packets."""
    listed = subprocess.run(["tshark", "-G", "protocols"], capture_output=True, text=True, check=True).stdout
    known = {line.split("\t")[2] for line in listed.splitlines()}
    folder.mkdir()
    (folder / "disabled_protos").write_text("\n".join(sorted(known - KEPT)))
    return dict(os.environ, WIRESHARK_CONFIG_DIR=str(folder))


def dissected(path: Path, env: dict[str, str] | None = None) -> Iterator[tuple[int, Packet]]:
    """(interface, packet) of every frame."""
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=|", "-E", "occurrence=a"]
    command += ["-o", "ip.check_checksum:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE"]
    for field in ("frame.interface_id", *FIELDS):
        command += ["-e", field]
    out = subprocess.run(command, env=env, capture_output=True, check=False, timeout=300).stdout
    for line in out.decode(errors="replace").splitlines():
        interface, *values = line.split("|")
        told = dict(zip(FIELDS, ([word for word in value.split(",") if word] for value in values), strict=True))
        layers = told["frame.protocols"][0].split(":") if told["frame.protocols"] else []
        yield int(interface or 0), Packet(layers, told)


def innermost(packet: Packet) -> tuple[str, int, list[str]] | None:
    """("ip" or "ipv6", which of them counted from outside, the layers inside it) of the packet; not of one that an ICMP
    message quotes. None when there is no IP.
    """
    layers = packet.layers
    quoting = next((at for at, layer in enumerate(layers) if layer in ("icmp", "icmpv6")), len(layers))
    at = max((at for at, layer in enumerate(layers[:quoting]) if layer in ("ip", "ipv6")), default=None)
    if at is None:
        return None
    return layers[at], layers[:at].count(layers[at]), layers[at + 1 : quoting + 1]
