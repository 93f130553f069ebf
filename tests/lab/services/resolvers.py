"""Resolvers that a post chooses itself, asked in secret: Knot DNS over TLS and QUIC, Unbound over HTTP/2; kdig asks."""

from tests.lab.lab import Node
from tests.lab.roots import Root

ROOT = "dns"
NAMES = ("www.annuaire.example", "poste.annuaire.example", "mail.annuaire.example")
KNOT = """server:
  rundir: /run/knot
  listen-tls: {ip}@853
  listen-quic: {ip}@853
  key-file: /etc/lab/key.pem
  cert-file: /etc/lab/certificate.pem
log:
  - target: stderr
    any: info
database:
  storage: /run/knot
zone:
  - domain: annuaire.example
    file: /etc/knot/zone
"""
ZONE = """annuaire.example. 300 SOA ns.annuaire.example. hostmaster.annuaire.example. 1 3600 600 86400 300
annuaire.example. 300 NS ns.annuaire.example.
*.annuaire.example. 300 A 203.0.113.80
"""
UNBOUND = """server:
 interface: {ip}@443
 https-port: 443
 tls-service-key: /etc/lab/key.pem
 tls-service-pem: /etc/lab/certificate.pem
 access-control: 0.0.0.0/0 allow
 username: ""
 chroot: ""
 use-syslog: no
 do-daemonize: no
 module-config: iterator
 local-zone: "annuaire.example." redirect
 local-data: "annuaire.example. A 203.0.113.80"
remote-control:
 control-enable: no
"""


def knot(host: Node) -> None:
    """DNS over TLS and over QUIC, on port 853."""
    root = Root(host, ROOT)
    root.file("/etc/knot/zone", ZONE)
    root.file("/etc/knot/lab.conf", KNOT.format(ip=host.ip))
    root.run("mkdir", "-p", "/run/knot")
    root.start("knotd", "-c", "/etc/knot/lab.conf", port=853)
    host.listens(853, "udp")


def unbound(host: Node) -> None:
    """DNS over HTTPS."""
    root = Root(host, ROOT)
    root.file("/etc/unbound/lab.conf", UNBOUND.format(ip=host.ip))
    root.start("unbound", "-d", "-c", "/etc/unbound/lab.conf", port=443)


def kdig(host: Node, name: str, how: str) -> None:
    """Names are asked for over one connection; `how`: tls, https or quic."""
    root = Root(host, ROOT)
    root.file("/etc/lab/ca.pem", host.lab.authority.file.read_bytes())
    root.file("/etc/resolv.conf", f"nameserver {host.lab['router'].ip}\n")
    said = root.run(
        "kdig", f"@{name}", f"+{how}", "+tls-ca=/etc/lab/ca.pem", f"+tls-hostname={name}", "+keepopen", "+short", *NAMES
    )
    if said.split() != ["203.0.113.80"] * len(NAMES):
        raise AssertionError(said)
