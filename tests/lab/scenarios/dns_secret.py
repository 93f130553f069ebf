"""A post asks a resolver of its own choice, over a channel that nobody else can read: a blind spot, and what looks like one."""

from collections.abc import Callable
from functools import partial

from tests.lab.lab import Lab, Node
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import resolvers


def _ask(serve: Callable[[Node], None], server: str, name: str, how: str, lab: Lab) -> None:
    serve(lab[server])
    resolvers.kdig(lab["accueil"], name, how)


def _scenario(name: str, text: str, how: str, server: str, host: str, app: str | None) -> Scenario:
    proto, port = ("udp" if how == "quic" else "tcp"), (443 if how == "https" else 853)
    return Scenario(
        name=f"dns_{name}",
        text=text,
        act=partial(_ask, resolvers.unbound if how == "https" else resolvers.knot, server, host, how),
        told=(Told("blindspot", app, "event", device="accueil", peer=server),) if app else (),
        seen=(Seen(proto, port, "accueil", server, out=500, into=800),),
        roots=(resolvers.ROOT,),
    )


OWN, LISTED = "depot.hebergeur.example", "dns.quad9.net"
SCENARIOS = (
    _scenario("over_tls", "Names are asked of a resolver on no list, over TLS (kdig, Knot).", "tls", "unknown", OWN, "encrypted-dns"),
    _scenario("over_quic", "Names are asked of a resolver on no list, over QUIC (kdig, Knot).", "quic", "unknown", OWN, "encrypted-dns"),
    _scenario("over_https", "Names are asked of a resolver on no list, over HTTPS (kdig, Unbound): as a page would be, nothing to tell.",
              "https", "unknown", OWN, None),
    _scenario("over_https_listed", "Names are asked of a well-known resolver over HTTPS (kdig, Unbound).",
              "https", "sites", LISTED, "quad9"),
)  # fmt: skip
