"""Builds the practice and its ISP from `practice`: a namespace a host, two bridges, a mirrored port. In about a second.

    posts, scanner… ── br-lan ── p-router ══ router ══ w-router ── br-isp ── mail servers, sites…
    guest ── (tag 50) ──┘            ╚═ tc mirred, both directions ═► p-vigie ── mon0 in namespace "vigie"

Segmentation and checksum offloads are switched off on the hosts' ends: a veth otherwise hands the mirror frames of up to
64 kB with checksums never computed, which no practice's cable carries.
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.practice import (
    GUEST_VLAN,
    HOSTS,
    ISP_PREFIX_V6,
    ISP_PREFIXES,
    LAN_PREFIX,
    ROUTER,
    ROUTER_WAN_IPV4,
    ROUTER_WAN_IPV6,
    Host,
    Side,
)

WATCHER = "vigie"  # the namespace of Vigie's own port
MIRROR = "mon0"
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def inside(namespace: str) -> Iterator[None]:
    """This thread in another network namespace."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        _setns(there)
        yield
    finally:
        _setns(home)
        os.close(home)
        os.close(there)


def _setns(descriptor: int) -> None:
    if _libc.setns(descriptor, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def build() -> None:
    """The network, up, without any program on it."""
    _batch([f"netns add {name}" for name in (*(host.name for host in HOSTS), WATCHER)])
    _batch(_switch_lines())
    _quiet_switch()
    for host in HOSTS:
        _settle(host)
    with inside(WATCHER):
        _write_settings({"net/ipv6/conf/mon0/disable_ipv6": "1"})
        _batch([f"link set {MIRROR} up arp off promisc on"])
    mirror(ROUTER.name)
    with inside(ROUTER.name):
        _nft(
            "table ip practice {\n"
            " chain inbound { type nat hook prerouting priority dstnat; }\n"
            " chain outbound { type nat hook postrouting priority srcnat; oifname wan0 masquerade; }\n"
            "}"
        )


def _switch_lines() -> list[str]:
    lines = [
        f"link add {name} type bridge forward_delay 0 stp_state 0 mcast_snooping 0" for name in ("br-lan", "br-isp")
    ]
    lines.append(f"link add p-{WATCHER} type veth peer name {MIRROR} netns {WATCHER}")
    for host in HOSTS:
        if host.side is not Side.ISP:
            # a guest's own interface is the software VLAN device that `tap` puts on its uplink
            uplink = "uplink0" if host.side is Side.GUEST else "lan0" if host.side is Side.ROUTER else "eth0"
            lines += _port(f"p-{host.name}", "br-lan", host, uplink)
        if host.side is Side.ROUTER:
            lines += _port(f"w-{host.name}", "br-isp", host, "wan0")
        if host.side is Side.ISP:
            lines += _port(f"w-{host.name}", "br-isp", host, "eth0")
    return [*lines, "link set br-lan up", "link set br-isp up", f"link set p-{WATCHER} up", "link set lo up"]


def _port(port: str, bridge: str, host: Host, name: str) -> list[str]:
    # the router's two legs differ in their second octet only
    mac = host.mac if name != "wan0" else host.mac.replace("02:00", "02:01")
    return [
        f"link add {port} type veth peer name {name} address {mac} netns {host.name}",
        f"link set {port} master {bridge} up",
    ]


def _quiet_switch() -> None:
    """A switch has no addresses: no multicast of its own may reach the mirror."""
    names = [entry.name for entry in Path("/proc/sys/net/ipv6/conf").iterdir()]
    _write_settings({f"net/ipv6/conf/{name}/disable_ipv6": "1" for name in names})


def _settle(host: Host) -> None:
    """A host's addresses, routes and settings."""
    with inside(host.name):
        interfaces = {Side.ROUTER: ("lan0", "wan0"), Side.GUEST: ("uplink0",)}.get(host.side, ("eth0",))
        settings = {f"net/ipv6/conf/{name}/accept_dad": "0" for name in ("all", "default", *interfaces)}
        settings |= {f"net/ipv6/conf/{name}/router_solicitation_delay": "0" for name in interfaces}
        if host.side is Side.ROUTER:
            settings |= {"net/ipv4/ip_forward": "1", "net/ipv6/conf/all/forwarding": "1"}
        if host.side in (Side.GUEST, Side.ISP) and not host.ipv6:
            settings |= {"net/ipv6/conf/all/disable_ipv6": "1"}
        settings["net/ipv4/ping_group_range"] = "0 2147483647"
        settings["net/ipv4/tcp_fin_timeout"] = "5"
        _write_settings(settings)
        for name in interfaces:
            subprocess.run(
                ["ethtool", "-K", name, *["tso", "off", "gso", "off", "gro", "off", "tx", "off", "rx", "off"]],
                check=True,
                capture_output=True,
            )
        _batch([f"link set {name} up" for name in ("lo", *interfaces)])
        _batch(_address_lines(host))


def _address_lines(host: Host) -> list[str]:
    if host.side is Side.LAN:
        return [f"addr add {host.ipv4}/24 brd + dev eth0", f"route add default via {ROUTER.ipv4}"]
    if host.side is Side.GUEST:
        return []
    name, ipv4, ipv6 = "eth0", host.ipv4, host.ipv6
    lines = []
    if host.side is Side.ROUTER:
        name, ipv4, ipv6 = "wan0", ROUTER_WAN_IPV4, ROUTER_WAN_IPV6
        lines = [f"addr add {host.ipv4}/24 brd + dev lan0", f"addr add {host.addresses[1]}/64 dev lan0 nodad"]
    lines += [
        f"addr add {ipv4}/32 dev {name}",
        *(f"route add {prefix} dev {name} src {ipv4}" for prefix in ISP_PREFIXES),
    ]
    if ipv6:
        lines.append(f"addr add {ipv6}/64 dev {name} nodad")
    if ipv6 and host.side is Side.ISP:
        lines.append(f"route add {LAN_PREFIX} via {ROUTER_WAN_IPV6}")
    return lines


def mirror(host: str) -> None:
    """Both directions of a host's port, copied to Vigie's. This kernel may have no cls_matchall: u32 matches all as well."""
    subprocess.run(["tc", "qdisc", "add", "dev", f"p-{host}", "clsact"], check=True)
    for hook in ("ingress", "egress"):
        subprocess.run(
            f"tc filter add dev p-{host} {hook} protocol all u32 match u32 0 0 action mirred egress mirror dev p-{WATCHER}".split(),
            check=True,
        )


def forward(port: int, to: Host, to_port: int | None = None, proto: str = "tcp") -> None:
    """Open a port of the router's outer address towards a host inside, as practices do for remote maintenance."""
    with inside(ROUTER.name):
        _nft(f"add rule ip practice inbound iifname wan0 {proto} dport {port} dnat to {to.ipv4}:{to_port or port}")


def lose(one_in: int) -> None:
    """The router loses one forwarded packet in `one_in` (nft numgen: this kernel may have no netem)."""
    with inside(ROUTER.name):
        _nft(
            "table inet loss {\n chain forward {\n  type filter hook forward priority 0;\n"
            f"  numgen random mod {one_in} 0 drop\n }}\n}}\n"
        )


def knock_once(host: str) -> None:
    """A host asks for one connection, and does not ask again while it waits."""
    syn = "tcp flags & (syn | ack) == syn"
    with inside(host):
        _nft(
            "table inet once {\n chain output {\n  type filter hook output priority 0;\n"
            f"  {syn} limit rate 1/hour burst 1 packets accept\n  {syn} drop\n }}\n}}\n"
        )


def _nft(script: str) -> None:
    subprocess.run(["nft", "-f", "-"], input=script.encode(), check=True)


def _batch(lines: list[str]) -> None:
    if lines:
        subprocess.run(["ip", "-batch", "-"], input="\n".join(lines).encode(), check=True, stdout=subprocess.DEVNULL)


def _write_settings(settings: dict[str, str]) -> None:
    for name, value in settings.items():
        Path("/proc/sys", name).write_text(value)


__all__ = [
    "GUEST_VLAN",
    "ISP_PREFIX_V6",
    "MIRROR",
    "WATCHER",
    "build",
    "forward",
    "inside",
    "knock_once",
    "lose",
    "mirror",
]
