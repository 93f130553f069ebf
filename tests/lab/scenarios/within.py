"""Remote control and messengers within something else: SOCKS, a WebSocket, datagrams, a call's relay; and what stands beside."""

from functools import partial

from tests.lab.lab import Lab
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import chat, cloud, matrix, screen, ssh, within

RELAY = "voip.signal.org"  # a realm of Signal's relays


def _socks(lab: Lab) -> None:
    ssh.sshd(lab["support"], lab["accueil"])
    within.socks(lab["unknown"])
    ssh.shell(lab["accueil"], lab["support"].ip, *within.through_socks("depot.hebergeur.example"))


def _websocket(lab: Lab) -> None:
    post, support = lab["accueil"], lab["support"]
    screen.tigervnc(post)
    within.websocket_screen(post, 5900)
    within.browser(support, lab.forward(6080, "accueil"), 6080, 5999)
    screen.vncviewer(support, "127.0.0.1", post, port=5999, seconds=4)


def _dtls(lab: Lab) -> None:
    within.dtls(lab["messenger"])
    within.say_by_dtls(lab["accueil"], "g.whatsapp.net")


def _rdp_udp(lab: Lab) -> None:
    within.rdp_udp_server(lab["medecin"])
    within.rdp_udp_visit(lab["support"], lab.forward(3389, "medecin", proto="udp"))


def _relay(transport: str, lab: Lab) -> None:
    cloud.turn(lab["call"], RELAY)
    cloud.call(lab["medecin"], lab["call"], 100, transport)


def _matrix(lab: Lab) -> None:
    matrix.synapse(lab["unknown"])
    matrix.nio(lab["accueil"], "http://depot.hebergeur.example:8008", 8)


def _unbound(lab: Lab) -> None:
    chat.unbound(lab["web"], "www.annuaire.example")
    for more in ((), ("+tcp",)):
        lab["accueil"].run("dig", f"@{lab['web'].ip}", "+tries=1", "+time=3", "www.annuaire.example", *more)


SCENARIOS = (
    Scenario(
        name="ssh_in_socks",
        text="A command line outside through a SOCKS proxy (microsocks, OpenSSH).",
        act=_socks,
        told=(
            Told("remote", "ssh", "session", device="accueil", peer="unknown", port=1080),
            Told("blindspot", "socks", "event", device="accueil", peer="unknown"),
        ),
        seen=(Seen("tcp", 1080, "accueil", "unknown", out=3_000, into=4_000),),
    ),
    Scenario(
        name="vnc_in_websocket",
        text="Someone outside looks at a post's screen with a browser (websockify, TigerVNC).",
        act=_websocket,
        told=(Told("remote", "vnc", "session", device="accueil", peer="support"),),
        seen=(Seen("tcp", 6080, "support", "accueil", out=300, into=5_000),),
    ),
    Scenario(
        name="rdp_over_udp",
        text="Someone outside works on a post by RDP over UDP (as its specification says).",
        act=_rdp_udp,
        told=(Told("remote", "rdp", "session", device="medecin", peer="support"),),
        seen=(Seen("udp", 3389, "support", "medecin", out=4_000, into=30_000),),
    ),
    Scenario(
        name="messenger_dtls",
        text="A messenger over DTLS (OpenSSL): told by the name in its hello.",
        act=_dtls,
        told=(Told("messaging", "whatsapp", "session", device="accueil", peer="messenger", confidence="certain"),),
        seen=(Seen("udp", 443, "accueil", "messenger", out=3_000, into=3_000),),
    ),
    *(
        Scenario(
            name=f"messenger_call_{transport}",
            text=f"A call by a messenger's relay over {transport.upper()} (coturn): told by the relay's realm.",
            act=partial(_relay, transport),
            told=(Told("messaging", "signal", "session", device="medecin", peer="call"),),
            seen=(Seen(transport, 3478, "medecin", "call", out=50_000, into=20_000),),
        )
        for transport in ("udp", "tcp")
    ),
    Scenario(
        name="matrix_chat",
        text="Someone writes to a colleague by Matrix in clear (Synapse, matrix-nio).",
        act=_matrix,
        told=(Told("messaging", "matrix", device="accueil", peer="unknown"),),
        seen=(Seen("tcp", 8008, "accueil", "unknown", out=3_000, into=3_000),),
        roots=("matrix",),
    ),
    Scenario(
        name="dns_other_resolver",
        text="A post asks a resolver of its own choice (unbound), over UDP and TCP: nothing to tell.",
        act=_unbound,
        seen=(
            Seen("udp", 53, "accueil", "web", out=30, into=50),
            Seen("tcp", 53, "accueil", "web", out=30, into=50),
        ),
    ),
)
