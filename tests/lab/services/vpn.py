"""VPNs whose daemons want a system of their own: IPsec (strongSwan), L2TP (xl2tpd), PPTP (pptpd, pptp). Their handshakes, in earnest;
what the kernel would then carry is not asked for, since it may not be able to."""

import time

from tests.lab import canaries
from tests.lab.lab import Node
from tests.lab.roots import Root

ROOT = "vpn"
_GREETED = 2.0  # seconds for both to have said what they have to say

IPSEC = """config setup
conn lab
 keyexchange=ikev2
 authby=secret
 left={here}
 right={there}
 auto=add
"""


def ipsec(client: Node, server: Node) -> None:
    """IKEv2 with a shared secret."""
    roots = {}
    for here, there in ((server, client), (client, server)):
        root = roots[here.name] = Root(here, ROOT)
        root.file(
            "/etc/ipsec.conf",
            IPSEC.format(here=here.ip if here is server else "%any", there=there.ip if here is client else "%any"),
        )
        root.file("/etc/ipsec.secrets", f': PSK "{canaries.PASSWORD}"\n', 0o600)
        here.start("chroot", root.top, "ipsec", "start", "--nofork", port=500, proto="udp")
    time.sleep(_GREETED)
    client.run("chroot", roots[client.name].top, "timeout", "5", "ipsec", "up", "lab", may_fail=True)


L2TP = """[global]
listen-addr = {ip}
[lns default]
ip range = 10.88.0.2-10.88.0.9
local ip = 10.88.0.1
require authentication = no
[lac lab]
lns = {there}
require authentication = no
"""


def l2tp(client: Node, server: Node) -> None:
    """L2TP without IPsec around it."""
    for here in (server, client):
        root = Root(here, ROOT)
        root.file("/etc/xl2tpd/lab.conf", L2TP.format(ip=here.ip, there=server.ip))
        root.run("mkdir", "-p", "/run/xl2tpd")
        root.start("xl2tpd", "-D", "-c", "/etc/xl2tpd/lab.conf", port=1701, proto="udp")
    root.run("xl2tpd-control", "connect-lac", "lab")
    time.sleep(_GREETED)


def pptp(client: Node, server: Node) -> None:
    """PPTP: its control connection, and the tunnel's first words in GRE."""
    root = Root(server, ROOT)
    root.file("/etc/pptpd.conf", f"localip 10.89.0.1\nremoteip 10.89.0.2-9\nlisten {server.ip}\nppp /bin/cat\n")
    root.start("pptpd", "-f", "-c", "/etc/pptpd.conf", port=1723)
    root = Root(client, ROOT)
    client.run("chroot", root.top, "timeout", "4", "pptp", server.ip, "--nolaunchpppd", may_fail=True)
