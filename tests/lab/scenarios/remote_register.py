"""What the contract register answers, and sessions that are looked at while they run: untouched, begun before the box, restarted."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

from tests.lab import network
from tests.lab.lab import Lab, until
from tests.lab.practice import BY_NAME
from tests.lab.sandbox import OUT
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import other, screen, ssh

REGISTER = f"""privacy: full
devices:
  - {{name: Serveur, ip: {BY_NAME["nas"].ipv4}}}
  - {{name: Cabinet, ip: {BY_NAME["medecin"].ipv4}}}
contracts:
  - {{provider: Editeur, reference: C-1, tools: [ssh, vnc], posts: [Serveur], networks: [{BY_NAME["support"].ipv4}]}}
  - {{provider: Echu, reference: C-2, tools: [ssh], posts: [Serveur], networks: [{BY_NAME["call"].ipv4}], until: 2024-01-31}}
  - {{provider: Nuit, reference: C-3, tools: [ssh], posts: [Serveur], networks: [{BY_NAME["web"].ipv4}], hours: "03:00-03:00"}}
"""  # no time lies from 03:00 to 03:00

# (word of the register, who comes, to which post, contract, is it told as an ordinary session)
ANSWERS = (
    ("covered", "support", "nas", "C-1", "informational"),
    ("hour", "web", "nas", "C-3", "high"),
    ("post", "support", "medecin", "C-1", "high"),
    ("expired", "call", "nas", "C-2", "high"),
)


def _visit(client: str, post: str, lab: Lab) -> None:
    ssh.sshd(lab[post], lab[client])
    ssh.shell(lab[client], lab.forward(22, post), pause=0.4)


def _answer(word: str, client: str, post: str, contract: str, severity: str) -> Scenario:
    return Scenario(
        name=f"register_{word}",
        text=f"A command line from outside, of which the register says: {word}.",
        act=partial(_visit, client, post),
        told=(
            Told("remote", "ssh", "session", device=post, peer=client, severity=(severity,), confidence="certain",
                 evidence=(("contract", word), ("contract_reference", contract))),
        ),
        seen=(Seen("tcp", 22, client, post, out=2_000, into=3_000),),
        config=REGISTER,
    )  # fmt: skip


SECONDS = 8.0
MOST_LINES = 100  # typed until Vigie watches again: on a busy machine that takes a while
LATEST = 60.0  # seconds


def _ssh(lab: Lab) -> None:
    ssh.sshd(lab["nas"], lab["support"])
    ssh.untouched(lab["support"], lab.forward(22, "nas"), SECONDS)


def _vnc(lab: Lab) -> None:
    screen.tigervnc(lab["accueil"])
    screen.busy(lab["accueil"], 0.1)
    screen.vncviewer(lab["support"], lab.forward(5900, "accueil"), lab["accueil"], seconds=SECONDS, touched=False)


def _rdp(lab: Lab) -> None:
    screen.xrdp(lab["medecin"])
    screen.freerdp(lab["support"], lab.forward(3389, "medecin"), lab["medecin"], seconds=SECONDS, touched=False)


def _untouched(app: str, port: int, post: str, act) -> Scenario:
    return Scenario(
        name=f"remote_untouched_{app}",
        text=f"Someone logs in by {app} and touches nothing: a session all the same.",
        act=act,
        told=(Told("remote", app, "session", device=post, peer="support"),),
        seen=(Seen("tcp", port, "support", post, out=100, into=1_000),),
    )


def _stands(app: str, lab: Lab, seconds: float = 8) -> tuple[Callable[[str], object], str]:
    """A post that is reached by a tool: what its visitor does with the address that this gives."""
    serve, look, post, port = {
        "ssh": (lambda: ssh.sshd(lab["nas"], lab["support"]), lambda to: ssh.shell(lab["support"], to, pause=1.5), "nas", 22),
        "vnc": (lambda: screen.tigervnc(lab["accueil"]),
                lambda to: screen.vncviewer(lab["support"], to, lab["accueil"], seconds=seconds), "accueil", 5900),
        "rdp": (lambda: screen.xrdp(lab["medecin"]),
                lambda to: screen.freerdp(lab["support"], to, lab["medecin"], seconds=seconds), "medecin", 3389),
    }[app]  # fmt: skip
    serve()
    return look, lab.forward(port, post)


def _late(app: str, lab: Lab) -> None:
    """The box comes to the mirror while the session runs."""
    look, address = _stands(app, lab)
    visit = threading.Thread(target=look, args=(address,))
    visit.start()
    time.sleep(4.0)
    lab.plug_in()
    visit.join()


SLOW = 3.0  # seconds that a packet takes one way


def _at_the_door(app: str, post: str, lab: Lab) -> None:
    """It comes once the connection has been asked for, and before it is answered."""
    look, address = _stands(app, lab, SLOW + 2.0)
    other.dig(lab[post], "www.lab.example")  # the router knows the post from now on: no ARP stands before the visit
    network.knock_once("support")
    wire = lab.delay(post, SLOW)
    visit = threading.Thread(target=look, args=(address,))
    visit.start()
    until(lambda: bool(lab["support"].run("ss", "-Htn", "state", "syn-sent").strip()), "somebody to knock")
    lab.plug_in()
    wire.delay = 0.0
    visit.join()


LATE = (("ssh", "nas", 22), ("vnc", "accueil", 5900), ("rdp", "medecin", 3389))


def _begun(app: str, post: str, port: int) -> Scenario:
    return Scenario(
        name=f"remote_begun_before_{app}",
        text=f"A session by {app} runs when the box is plugged in: nothing of what is left tells it, so nothing is told.",
        act=partial(_late, app),
        may=(Told("remote", app, "session", device=post, peer="support", confidence="probable", evidence=(("start_seen", False),)),),
        seen=(Seen("tcp", port, "support", post, out=40, into=100),),
        start="late",
    )  # fmt: skip


def _unbegun(app: str, post: str, port: int) -> Scenario:
    return Scenario(
        name=f"remote_start_unseen_{app}",
        text=f"A session by {app} of which all but the first packet is seen: told, as probable only.",
        act=partial(_at_the_door, app, post),
        told=(Told("remote", app, "session", device=post, peer="support", confidence="probable", evidence=(("start_seen", False),)),),
        seen=(Seen("tcp", port, "support", post, out=300, into=3_000),),
        start="late",
    )  # fmt: skip


def _restart_ssh(lab: Lab) -> None:
    ssh.sshd(lab["nas"], lab["support"])
    restarted = threading.Event()

    def typed() -> Iterator[str]:
        """Something is typed until Vigie watches again, and a little longer."""
        for turn in range(MOST_LINES):
            yield f"head -{20 + turn % 9} /etc/services"
            if restarted.is_set():
                break
        yield from ("head -30 /etc/services", "uptime", "date", "exit")

    look = partial(ssh.shell, lab["support"], typed=typed(), pause=1.5)
    _while_restarting(lab, look, lab.forward(22, "nas"), restarted)


def _restart_vnc(lab: Lab) -> None:
    screen.tigervnc(lab["accueil"])
    restarted = threading.Event()
    look = partial(screen.vncviewer, lab["support"], served=lab["accueil"], seconds=6, not_before=restarted)
    _while_restarting(lab, look, lab.forward(5900, "accueil"), restarted)


def _while_restarting(lab: Lab, visit: Callable[[str], object], address: str, restarted: threading.Event) -> None:
    visitor = threading.Thread(target=visit, args=(address,))
    visitor.start()
    try:
        until(lambda: bool((OUT / "alerts.jsonl").read_bytes()), "the session to be told", LATEST)
        lab.restart_vigie()
    finally:
        restarted.set()
    visitor.join()


def _restarted(app: str, post: str, port: int, act: Callable[[Lab], None]) -> Scenario:
    return Scenario(
        name=f"remote_restarted_{app}",
        text=f"Vigie restarts while a session by {app} runs: it goes on under its id.",
        act=act,
        told=(Told("remote", app, "session", device=post, peer="support", lasts=9, confidence="certain"),),
        seen=(Seen("tcp", port, "support", post, out=300, into=6_000),),
        live=True,
    )


SCENARIOS = (
    *(_answer(*answer) for answer in ANSWERS),
    _untouched("ssh", 22, "nas", _ssh),
    _untouched("vnc", 5900, "accueil", _vnc),
    _untouched("rdp", 3389, "medecin", _rdp),
    *(_begun(*late) for late in LATE),
    *(_unbegun(*late) for late in LATE),
    _restarted("ssh", "nas", 22, _restart_ssh),
    _restarted("vnc", "accueil", 5900, _restart_vnc),
)
