"""Every remote tool that runs here, on a post that is reached from outside: idle, scanned, refused, then used.

One lab a tool. First its server runs and nobody comes; then a stranger scans it; then someone is refused; then the maker's
support works on the post. Only the last is a session (scp and sftp: a transfer).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.lab import canaries
from tests.lab.lab import Lab, Node
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import command, other, screen, ssh, web

LINES = (canaries.USER, canaries.PASSWORD, "ls /etc | head -40", "cat /etc/services | head -40", "date", "exit")


@dataclass(frozen=True, slots=True)
class Tool:
    """`serve` starts it on the post; `refuse` and `use` come from outside by `address`. `into`: the least the post answers."""

    name: str
    app: str
    words: str
    port: int
    post: str
    serve: Callable[[Lab, Node], object]
    refuse: Callable[[Node, str], object]
    use: Callable[[Node, str, Node], object]
    out: int = 1_000
    into: int = 2_000
    nature: str = "session"
    greets: int = 1  # bytes that a scan gets out of it at least
    clear: bool = False  # its password can be read on the way, once somebody is let in


def act(tool: Tool, lab: Lab) -> None:
    post = lab[tool.post]
    tool.serve(lab, post)
    address = lab.forward(tool.port, tool.post)
    other.dig(post, "www.journal.example")  # the post is about its own business, and the door is there
    other.nmap(
        lab["stranger"], "-sV", "--version-intensity", "0", "--host-timeout", "9s", "-p", str(tool.port), address
    )
    tool.refuse(lab["call"], address)
    tool.use(lab["support"], address, post)


def scenario(tool: Tool) -> Scenario:
    return Scenario(
        name=f"remote_{tool.name}",
        text=f"{tool.words}: idle, scanned, refused, used.",
        act=partial(act, tool),
        told=(
            Told("remote", tool.app, tool.nature, device=tool.post, peer="support"),
            *((Told("exposure", tool.app, "event", device=tool.post, peer="support"),) if tool.clear else ()),
        ),
        may=tuple(Told("remote", tool.app, "event", device=tool.post, peer=peer) for peer in ("stranger", "call")),
        seen=(
            Seen("udp", 53, tool.post, "router", out=20, into=20),
            Seen("tcp", tool.port, "stranger", tool.post, into=tool.greets),
            Seen("tcp", tool.port, "call", tool.post, out=10, into=1),
            Seen("tcp", tool.port, "support", tool.post, out=tool.out, into=tool.into),
        ),
    )


def _sshd(port: int = 22) -> Callable[[Lab, Node], object]:
    return lambda lab, post: ssh.sshd(post, lab["support"], port=port)


def _copy(client: Node, address: str, _: Node) -> None:
    ssh.scp(client, address, web.document(client, 400_000))


def _sftp(client: Node, address: str, _: Node) -> None:
    ssh.sftp(client, address, web.document(client, 400_000))


def _tunnel(client: Node, address: str, post: Node) -> None:
    to = f"5999:{post.ip}:5901"
    client.start("ssh", *ssh.QUIET, "-N", "-L", to, "-i", client.home / "id", f"root@{address}", port=5999)
    screen.vncviewer(client, "127.0.0.1", post, port=5999, seconds=4)


def _tunnel_end(lab: Lab, post: Node) -> None:
    ssh.sshd(post, lab["support"])
    screen.tigervnc(post, port=5901)


SSH = partial(Tool, app="ssh", port=22, post="nas", serve=_sshd(), refuse=partial(ssh.refused, port=22))
TOOLS = (
    Tool("rdp", "rdp", "RDP (xrdp, FreeRDP)", 3389, "medecin", lambda _, post: screen.xrdp(post),
         partial(screen.rdp_refused, port=3389), partial(screen.freerdp, seconds=3.0)),
    Tool("vnc", "vnc", "VNC (TigerVNC)", 5900, "accueil", lambda _, post: screen.tigervnc(post),
         partial(screen.vnc_refused, port=5900), screen.vncviewer, out=200),
    Tool("x11vnc", "vnc", "VNC (x11vnc)", 5900, "accueil", lambda _, post: screen.x11vnc(post, secured=True),
         partial(screen.vnc_refused, port=5900), screen.vncviewer, out=200),
    SSH(name="ssh", words="SSH: a command line", use=lambda client, address, _: ssh.shell(client, address)),
    SSH(name="scp", words="SSH: a copy (scp)", use=_copy, nature="transfer", out=400_000, into=1_000),
    SSH(name="sftp", words="SSH: files (sftp)", use=_sftp, nature="transfer", out=400_000, into=1_000),
    SSH(name="ssh_tunnel", words="SSH: a tunnel to a screen", use=_tunnel, serve=_tunnel_end),
    SSH(name="ssh_443", words="SSH on port 443", port=443, serve=_sshd(443), refuse=partial(ssh.refused, port=443),
        use=lambda client, address, _: ssh.shell(client, address, port=443)),
    Tool("telnet", "telnet", "Telnet", 23, "nas", lambda _, post: other.telnetd(post),
         lambda client, address: ssh.type_in(client, ["telnet", address], (canaries.USER, "mauvais"), 1.0),
         lambda client, address, _: ssh.type_in(client, ["telnet", address], LINES, 1.0), out=60, into=1_000, clear=True),
    Tool("rlogin", "rlogin", "rlogin", 513, "nas", lambda _, post: command.rlogind(post),
         lambda client, address: command.rlogin(client, address, ("mauvais",)),
         lambda client, address, _: command.rlogin(client, address), out=30, into=1_000, greets=0, clear=True),
    Tool("x11", "x11", "X11: windows of another machine", 6031, "medecin", lambda _, post: command.x11(post),
         lambda client, address: command.x11_window(client, address, None),
         lambda client, address, post: command.x11_window(client, address, post.home / "Xauthority"), greets=0),
    Tool("spice", "spice", "SPICE (QEMU, spicy)", 5930, "medecin", lambda _, post: command.spice(post),
         lambda client, address: command.spicy(client, address, 5930, "mauvais", 3.0),
         lambda client, address, _: command.spicy(client, address, 5930, canaries.PASSWORD[:12]), greets=0),
)  # fmt: skip

SCENARIOS = tuple(scenario(tool) for tool in TOOLS)
