"""Every way in, as people call it: formats of files, link types, tags and encapsulations that the compiled loop reads.

The README's table is made of it (`python -m sensor.ways` prints it), and tests hold it against the loop: what stands here is read,
what does not is counted as unreadable. Link types are LINKTYPE_ numbers (https://www.tcpdump.org/linktypes.html), tags ethertypes.
"""

import sys
from collections.abc import Iterator

from sensor.wire.kernel.layout import MAX_DEPTH, Tunnel

FILES = ("pcap (micro- and nanoseconds, Kuznetzov's, either byte order)", "pcapng")
PACKED = ("gzip", "Zstandard", "LZ4")
OTHERS = "snoop, ERF, NetMon and what else Wireshark's `editcap` knows, where it is installed"

LINKS: dict[str, tuple[int, ...]] = {
    "Ethernet and 802.3 LLC/SNAP": (1,),
    "raw IP": (12, 14, 101, 228, 229),
    "null and loop": (0, 108),
    "Linux cooked 1 and 2": (113, 276),
    "PPP": (9, 50),
    "PPPoE": (51,),
    "802.11, plain, with radiotap or PPI": (105, 127, 192),
    "nflog": (239,),
    "Cisco HDLC": (104,),
    "Frame Relay": (107,),
    "ERF": (197,),
}

TAGS: dict[str, tuple[int, ...]] = {
    "VLAN": (0x8100,),
    "QinQ": (0x88A8, 0x9100, 0x9200),
    "FabricPath": (0x8903,),
    "VN-tag": (0x8926,),
    "MACsec in clear": (0x88E5,),
}

TUNNELS: dict[Tunnel, str] = {
    Tunnel.PBB: "802.1ah",
    Tunnel.MPLS: "MPLS (with and without control word, in IP, in UDP)",
    Tunnel.PPPOE: "PPPoE",
    Tunnel.GRE: "GRE (keys, sequence; PPTP, WCCP, Aruba)",
    Tunnel.IPIP: "IP in IP",
    Tunnel.IPV6_IN_IP: "6in4",
    Tunnel.TEREDO: "Teredo",
    Tunnel.VXLAN: "VXLAN",
    Tunnel.GENEVE: "GENEVE",
    Tunnel.GTPU: "GTP-U",
    Tunnel.L2TP: "L2TP",
    Tunnel.ERSPAN: "ERSPAN I, II, III",
    Tunnel.ETHERIP: "EtherIP",
    Tunnel.TZSP: "TZSP",
}


def table() -> Iterator[str]:
    """The README's table, line by line."""
    links = ", ".join(f"{name} ({', '.join(map(str, numbers))})" for name, numbers in LINKS.items())
    yield f"| files, or `-` | {', '.join(FILES)}; packed with {', '.join(PACKED)}; {OTHERS} |"
    yield "| --- | --- |"
    yield f"| link types | {links} |"
    yield f"| tags; {MAX_DEPTH} encapsulations deep | {', '.join(TAGS)}; {', '.join(TUNNELS.values())} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
