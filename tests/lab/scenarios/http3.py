"""HTTP/3 by the programs that people use: each of the ground's questions asked again over QUIC, and QUIC's own tricks."""

from collections.abc import Callable
from functools import partial

from tests.lab.lab import Lab
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import h3

LOW = "privacy: full\nthresholds: {unknown: 200000}\n"
TYPED = 12_000  # bytes that someone types and sends
DOCUMENT = 400_000
UNLISTED = Told(
    "upload", nature="transfer", device="accueil", peer="unknown", host="depot.hebergeur.example", out=DOCUMENT
)


def _page(lab: Lab) -> None:
    h3.nginx(lab["web"])
    h3.Curl(lab["accueil"]).get("https://www.journal.example/index.html")


def _document(lab: Lab) -> None:
    h3.nginx(lab["unknown"])
    h3.Curl(lab["accueil"]).upload("https://depot.hebergeur.example", DOCUMENT)


def _transfer(lab: Lab) -> None:
    h3.caddy(lab["transfer"])
    h3.Curl(lab["accueil"]).upload("https://storm-eu.wetransfer.net", DOCUMENT)


def _hds(lab: Lab) -> None:
    h3.caddy(lab["hds"])
    h3.Curl(lab["accueil"]).upload("https://www.doctolib.fr", DOCUMENT)


def _chat(lab: Lab) -> None:
    h3.nginx(lab["messenger"], retry=True)
    h3.Curl(lab["accueil"]).talk("https://web.whatsapp.com", 4, TYPED)


def _visit(names: tuple[str, ...], lab: Lab) -> None:
    h3.caddy(lab["sites"])
    browser = h3.Curl(lab["accueil"])
    for name in names:
        browser.get(f"https://{name}/index.html")


def _send(options: tuple[str, ...], lab: Lab) -> None:
    h3.gtlsserver(lab["unknown"])
    h3.GtlsClient(lab["accueil"]).upload("depot.hebergeur.example", DOCUMENT, *options)


def _upgrade(lab: Lab) -> None:
    h3.gtlsserver(lab["unknown"], "--preferred-versions=v2,v1")
    h3.GtlsClient(lab["accueil"]).upload("depot.hebergeur.example", DOCUMENT, "--available-versions=v1,v2")


def _moves(options: tuple[str, ...], lab: Lab) -> None:
    """On a line slow enough for the client to change ports while it sends."""
    h3.gtlsserver(lab["unknown"])
    lab.delay("accueil", 0.02)
    h3.GtlsClient(lab["accueil"]).upload("depot.hebergeur.example", DOCUMENT, "--change-local-addr=100ms", *options)


def _early(lab: Lab) -> None:
    """The second visit says its first words before the handshake's end."""
    h3.gtlsserver(lab["unknown"])
    client = h3.GtlsClient(lab["accueil"])
    kept = ("--session-file=/srv/session", "--tp-file=/srv/transport")
    client.get("depot.hebergeur.example", *kept, "--wait-for-ticket")
    client.upload("depot.hebergeur.example", DOCUMENT, *kept)


def _chromium(lab: Lab) -> None:
    site = h3.nginx(lab["unknown"])
    h3.form(site, 1, DOCUMENT)
    h3.chromium(lab["accueil"], site, "depot.hebergeur.example", "form.html")


def _chromium_chat(lab: Lab) -> None:
    site = h3.nginx(lab["messenger"], retry=True)
    h3.form(site, 4, TYPED)
    h3.chromium(lab["accueil"], site, "web.whatsapp.com", "form.html")


def _firefox(lab: Lab) -> None:
    h3.form(h3.nginx(lab["unknown"]), 1, DOCUMENT)
    h3.firefox(lab["accueil"], "depot.hebergeur.example", "form.html")


def _told(name: str, text: str, act: Callable[[Lab], None], *roots: str) -> Scenario:
    return Scenario(
        name=f"h3_{name}",
        text=f"{text}: the document that leaves is told.",
        act=act,
        told=(UNLISTED,),
        seen=(Seen("udp", 443, "accueil", "unknown", out=DOCUMENT, into=1_000),),
        config=LOW,
        roots=(h3.ROOT, *roots),
    )


def _silent(name: str, text: str, names: tuple[str, ...]) -> Scenario:
    return Scenario(
        name=f"h3_like_{name}",
        text=f"{text} over HTTP/3 (curl, Caddy): nobody writes to anybody.",
        act=partial(_visit, names),
        seen=(Seen("udp", 443, "accueil", "sites", out=2_000 * len(names), into=30_000 * len(names)),),
        roots=(h3.ROOT,),
    )


SCENARIOS = (
    Scenario(
        name="h3_browsing",
        text="A page over HTTP/3 (curl, nginx): nothing to tell.",
        act=_page,
        seen=(Seen("udp", 443, "accueil", "web", out=2_000, into=30_000),),
        roots=(h3.ROOT,),
    ),
    _told("upload", "A form with a file over HTTP/3 (curl, nginx)", _document),
    Scenario(
        name="h3_upload_transfer",
        text="A document goes to a transfer site over HTTP/3 (curl, Caddy).",
        act=_transfer,
        told=(Told("upload", "wetransfer", "transfer", device="accueil", peer="transfer", hds="not_listed", out=DOCUMENT,
                   host="storm-eu.wetransfer.net"),),
        seen=(Seen("udp", 443, "accueil", "transfer", out=DOCUMENT),),
        roots=(h3.ROOT,),
    ),
    Scenario(
        name="h3_upload_hds",
        text="A document goes to an HDS host over HTTP/3 (curl, Caddy): nothing to tell.",
        act=_hds,
        seen=(Seen("udp", 443, "accueil", "hds", out=DOCUMENT),),
        config=LOW,
        roots=(h3.ROOT,),
    ),
    Scenario(
        name="h3_messenger",
        text="Someone writes in a messenger's web page over HTTP/3 (curl, nginx that asks to begin anew: Retry).",
        act=_chat,
        told=(Told("messaging", "whatsapp", "session", device="accueil", peer="messenger"),),
        seen=(Seen("udp", 443, "accueil", "messenger", out=4 * TYPED, into=100_000),),
        roots=(h3.ROOT,),
    ),
    Scenario(
        name="h3_messenger_chromium",
        text="Someone writes in a messenger's web page over HTTP/3 (Chromium, nginx that asks to begin anew: Retry).",
        act=_chromium_chat,
        told=(Told("messaging", "whatsapp", "session", device="accueil", peer="messenger"),),
        seen=(Seen("udp", 443, "accueil", "messenger", out=4 * TYPED, into=5_000),),
        roots=(h3.ROOT,),
    ),
    _silent("meta", "Meta's other services", ("www.facebook.com", "graph.facebook.com", "connect.facebook.net")),
    _told("chromium", "A browser's upload over HTTP/3 (Chromium, nginx)", _chromium),
    _told("firefox", "A browser's upload over HTTP/3 (Firefox, nginx)", _firefox, "firefox"),
    _told("version_2", "QUIC version 2 (ngtcp2)", partial(_send, ("--version=v2",))),
    _told("upgrade", "A connection that goes from QUIC version 1 to 2 (ngtcp2)", _upgrade),
    _told("negotiation", "A client of an unknown version is told which there are (ngtcp2)",
          partial(_send, ("--version=0x1a2a3a4a", "--preferred-versions=v1", "--available-versions=v1"))),
    _told("early", "Words sent before the handshake ends (ngtcp2, 0-RTT)", _early),
    _told("rebinding", "The client's port changes on the way (ngtcp2)", partial(_moves, ("--nat-rebinding",))),
    Scenario(
        name="h3_migration",
        text="The client goes on from another port under ids that nobody else can know (ngtcp2): told, by the address alone.",
        act=partial(_moves, ()),
        told=(Told("upload", nature="transfer", device="accueil", peer="unknown", out=200_000),),
        may=(Told("blindspot", "quic", "event", device="accueil", peer="unknown", severity=("informational",)),),  # no header says so for sure
        seen=(Seen("udp", 443, "accueil", "unknown", out=DOCUMENT, into=1_000),),
        config=LOW,
        roots=(h3.ROOT,),
    ),
)  # fmt: skip
