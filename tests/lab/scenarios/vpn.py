"""Tunnels that hide what passes, by the programs that open them: blind spots."""

from collections.abc import Callable
from functools import partial

from tests.lab.lab import Lab, Node
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import vpn


def _open(act: Callable[[Node, Node], None], lab: Lab) -> None:
    act(lab["medecin"], lab["support"])


def _scenario(name: str, text: str, act: Callable[[Node, Node], None], proto: str, port: int) -> Scenario:
    return Scenario(
        name=f"vpn_{name}",
        text=f"A post opens a tunnel: {text}.",
        act=partial(_open, act),
        told=(Told("blindspot", name, "event", device="medecin", peer="support"),),
        seen=(Seen(proto, port, "medecin", "support", out=150, into=150),),
        roots=(vpn.ROOT,),
    )


SCENARIOS = (
    _scenario("ipsec", "IPsec (strongSwan)", vpn.ipsec, "udp", 500),
    _scenario("l2tp", "L2TP (xl2tpd)", vpn.l2tp, "udp", 1701),
    _scenario("pptp", "PPTP (pptp, pptpd)", vpn.pptp, "tcp", 1723),
)
