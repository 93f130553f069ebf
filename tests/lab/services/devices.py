"""Programs by which devices say what they are called: DHCP, DHCPv6, mDNS, NetBIOS, SSDP, LLDP. Each returns once it was said."""

import subprocess
import time

from tests.lab.lab import Lab, Node, until

_SAID = 1.5  # seconds for what is sent to everybody to have gone


def _addresses(lab: Lab, *ranges: str) -> None:
    """The router gives addresses out (dnsmasq)."""
    router = lab["router"]
    router.start(
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--interface=lan0", "--bind-interfaces",
        "--pid-file=", f"--dhcp-leasefile={router.home}/leases", *(f"--dhcp-range={one}" for one in ranges),
    )  # fmt: skip
    time.sleep(0.5)


def dhcp(lab: Lab, host: Node, name: str) -> None:
    """dhclient asks for an address, and keeps the one it has."""
    _addresses(lab, "192.168.1.100,192.168.1.150,1h")
    _dhclient(host, f'send host-name "{name}";\n', "-4")


def dhcpv6(lab: Lab, host: Node, name: str) -> None:
    _addresses(lab, "::1000,::1fff,constructor:lan0,64,1h")
    _dhclient(host, f'send fqdn.fqdn "{name}";\nsend fqdn.server-update on;\n', "-6", "-D", "LL")


def _dhclient(host: Node, settings: str, *more: str) -> None:
    conf, leases = host.file("dhclient.conf", settings), host.home / "dhclient.leases"
    process = host.start(
        "dhclient",
        *more,
        "-d",
        "-cf",
        conf,
        "-lf",
        leases,
        "-pf",
        host.home / "dhclient.pid",
        "-sf",
        "/bin/true",
        "eth0",
    )
    until(lambda: leases.exists() and "lease" in leases.read_text(), "an address")
    host.stop(process)


def mdns(_lab: Lab, host: Node, name: str) -> None:
    """Avahi, as on a Linux post or a printer."""
    conf = host.file(
        "avahi.conf",
        f"[server]\nhost-name={name}\nenable-dbus=no\nallow-interfaces=eth0\nuse-ipv6=no\n[publish]\npublish-workstation=yes\n",
    )
    host.start("avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits", "-f", conf)
    time.sleep(_SAID + 1.5)  # it asks first whether the name is taken


def netbios(_lab: Lab, host: Node, name: str) -> None:
    """Samba's nmbd, as on a NAS: it asks for its name, which looks like DNS."""
    state = host.home / "samba"
    state.mkdir()
    conf = host.file(
        "nmb.conf",
        f"[global]\nnetbios name={name}\nworkgroup=LAB\ninterfaces={host.ip}/24\nbind interfaces only=yes\n"
        + "".join(f"{kind} directory={state}\n" for kind in ("lock", "state", "cache", "pid", "private")),
    )
    host.start("nmbd", "--foreground", "--no-process-group", "--debug-stdout", f"--configfile={conf}")
    time.sleep(_SAID)


def ssdp(_lab: Lab, host: Node, name: str) -> None:
    """MiniDLNA, as on a NAS that plays films."""
    media = host.home / "films"
    media.mkdir()
    conf = host.file(
        "minidlna.conf",
        f"port=8200\nnetwork_interface=eth0\nfriendly_name={name}\nmedia_dir={media}\ndb_dir={host.home}/minidlna\nlog_dir={host.home}\n"
        "notify_interval=1\n",
    )
    host.start("minidlnad", "-S", "-r", "-f", conf, "-P", host.home / "minidlna.pid", port=8200)
    time.sleep(_SAID)


def lldp(_lab: Lab, host: Node, name: str) -> None:
    """lldpd, as on a telephone, behind a small switch that passes on what others keep to themselves."""
    subprocess.run(["ip", "link", "set", "br-lan", "type", "bridge", "group_fwd_mask", "0x4000"], check=True)
    socket = host.home / "lldpd.socket"
    host.start(
        "lldpd", "-d", "-u", socket, "-I", "eth0", "-O", host.file("lldpd.conf", f"configure system hostname {name}\n")
    )
    time.sleep(_SAID)
    host.run("lldpcli", "-u", socket, "update")
    time.sleep(_SAID)
