"""Chats of the old kind (XMPP by Prosody and go-sendxmpp, IRC by irssi), Mumble's server, and OpenVPN.

What could not be had for the lab, and why:

* RDP over UDP: no free program; `rdp_udp` speaks it as its specification says.
* TeamViewer, AnyDesk, RustDesk, Citrix, Radmin, DameWare, NoMachine, Intel AMT: not free, or no package of any registry; no
  server of theirs may be reached from here. Tried by their published bytes (tests/sensor/wire).
* Xspice: Debian 12's aborts at its start; QEMU's console is the SPICE server. xpra speaks a protocol that no rule asks for.
* Tor: a handshake made by a specification test only, since nothing may be reached from here.
"""

from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import LabError, Node
from tests.lab.services import ssh

DOMAIN = "chat.lab.example"


def prosody(host: Node) -> None:
    pair, data = host.certificate(), host.home / "prosody"
    data.mkdir()
    conf = host.file(
        "prosody.cfg.lua",
        f'interfaces = {{ "{host.ip}" }}\nmodules_enabled = {{ "roster"; "saslauth"; "tls"; "disco"; "ping" }}\n'
        f'modules_disabled = {{ "s2s" }}\nauthentication = "internal_plain"\nc2s_require_encryption = true\ndaemonize = false\n'
        f'data_path = "{data}"\npidfile = "{host.home}/prosody.pid"\nlog = {{ info = "*console" }}\nrun_as_root = true\n'
        f'VirtualHost "{DOMAIN}"\nssl = {{ key = "{pair.key}"; certificate = "{pair.certificate}" }}\n',
    )
    for name in (canaries.USER, "secretariat"):
        host.run("prosodyctl", "--config", conf, "register", name, DOMAIN, canaries.PASSWORD)
    host.start("prosody", "--config", conf, "-F", port=5222)


def sendxmpp(host: Node, server: Node, messages: int) -> None:
    """Someone writes to a colleague."""
    text = "\n".join(f"{canaries.BODY} {number}" for number in range(messages)) + "\n"
    host.run(
        "timeout", "20", "go-sendxmpp", "-n", "-i", "-u", f"{canaries.USER}@{DOMAIN}", "-p", canaries.PASSWORD, "-j", f"{server.ip}:5222",
        f"secretariat@{DOMAIN}", feed=text, patience=30, may_fail=True,  # it minds that its input ends
    )  # fmt: skip


def irssi(host: Node, name: str) -> None:
    """Someone chats in a room."""
    argv: list[str | Path] = [
        "timeout",
        "15",
        "script",
        "-qec",
        f"irssi --home={host.home}/irssi -c {name} -n canari",
        "/dev/null",
    ]
    said = [f"{canaries.BODY} {number}" for number in range(6)]
    ssh.type_in(host, argv, ("", "", "/join #salle", *said, "/quit"), 1.4, end="\r")


def openvpn(host: Node, server: Node, *, tcp: bool = False) -> None:
    """An OpenVPN tunnel in user space, and a page through it."""
    port = "443" if tcp else "1194"
    for node, far in ((server, host), (host, server)):
        pair = node.lab.authority.pair(f"{node.name}.lab.example")
        ends = ("10.77.0.1", "10.77.0.2") if node is server else ("10.77.0.2", "10.77.0.1")
        role = (
            ["--tls-server", "--dh", "none", "--lport", port, "--local", node.ip]
            if node is server
            else ["--tls-client", "--nobind"]
        )
        to = [] if node is server else ["--remote", far.ip, port]
        node.start("openvpn", "--dev", f"tun{node.name[:4]}", "--dev-type", "tun", "--ifconfig", *ends, *role, *to, "--ca", node.lab.authority.file,
                   "--cert", pair.certificate, "--key", pair.key, "--proto", f"tcp4-{'server' if node is server else 'client'}" if tcp else "udp4", "--verb", "3", "--disable-dco",
                   **({"port": int(port), "proto": "tcp" if tcp else "udp"} if node is server else {}))  # fmt: skip
    served = server.file("pages/index.html", "page " * 4_000)
    server.run("sh", "-c", "until ip addr show to 10.77.0.1 | grep -q tun; do sleep 0.1; done")
    server.start("busybox", "httpd", "-f", "-p", "10.77.0.1:8080", "-h", served.parent)
    server.listens(8080)
    host.run(
        "curl",
        "-sS",
        "--connect-timeout",
        "2",
        "--retry",
        "8",
        "--retry-all-errors",
        "-o",
        "/dev/null",
        "http://10.77.0.1:8080/index.html",
    )


def unbound(host: Node, name: str) -> None:
    """A resolver that knows one name."""
    conf = host.file(
        "unbound.conf",
        f'server:\n interface: {host.ip}\n access-control: 0.0.0.0/0 allow\n username: ""\n chroot: ""\n directory: "{host.home}"\n'
        f' pidfile: "{host.home}/unbound.pid"\n use-syslog: no\n do-daemonize: no\n module-config: "iterator"\n'
        f' local-zone: "example." static\n local-data: "{name}. A 203.0.113.80"\nremote-control:\n control-enable: no\n',
    )
    host.start("unbound", "-d", "-c", conf, port=53, proto="udp")


def murmur(host: Node) -> None:
    """Mumble's server, with the certificate that it makes itself."""
    conf = host.file(
        "murmur.ini", f"database={host.home}/murmur.sqlite\nhost={host.ip}\nport=64738\nuname=root\nlogfile=\n"
    )
    host.start("murmurd", "-fg", "-ini", conf, port=64738)


def look_up_mumble(host: Node, server: Node, hellos: int) -> None:
    """What its client's list of servers asks of each; then its control channel up to where a client would log in.

    The client itself wants a screen and somebody to set it up. TLS 1.2, as clients until 1.3 spoke: later the certificate is hidden.
    """
    asks = host.file("ping", bytes(4) + bytes(range(1, 9)))
    if host.run("sh", "-c", f"socat -t2 - UDP:{server.ip}:64738 < {asks} | wc -c").strip() != "24":
        raise LabError("Mumble's server did not answer")
    for _ in range(hellos):
        host.run("sh", "-c", f"sleep 1 | timeout 5 openssl s_client -tls1_2 -connect {server.ip}:64738", may_fail=True)
