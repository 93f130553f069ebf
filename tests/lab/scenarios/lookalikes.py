"""What only looks like a private messenger at work, and the tools that are made for work. `tests/lab/run lookalikes` counts them."""

from functools import partial

from tests.lab.lab import Lab
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import cloud, web

PAGE = 60_000  # bytes of a site's page
AT_WORK = 12_000  # bytes that someone types and sends


def _looks(names: tuple[str, ...], size: int, lab: Lab) -> None:
    """Pages are fetched, nothing is written."""
    web.nginx(lab["sites"])
    web.page(lab["sites"], "page.html", size)
    cloud.browse(lab["accueil"], *(f"https://{name}/page.html" for name in names))


def _works(name: str, lab: Lab) -> None:
    """Someone reads and writes."""
    web.nginx(lab["sites"])
    web.page(lab["sites"], "page.html", PAGE)
    web.talk(lab["medecin"], f"https://{name}", "page.html", 3, AT_WORK)


# (name, text, names that are visited, bytes of each page, app whose presence may be told)
VISITS = (
    ("share_button", "A page has a “share on WhatsApp” button", ("api.whatsapp.com", "static.whatsapp.net"), 8_000, "whatsapp"),
    ("link", "Someone follows a link to a public channel", ("t.me",), 12_000, "telegram"),
    ("meta", "Meta's other services: Facebook's site and counters",
     ("www.facebook.com", "graph.facebook.com", "connect.facebook.net"), PAGE, None),
    ("cdn", "Pictures come from Meta's CDN", ("fbcdn.net", "scontent.cdninstagram.com"), 20_000, "instagram"),
)  # fmt: skip
TOOLS = (
    ("teams", "Teams at work", "teams.microsoft.com", "teams-work"),
    ("slack", "Slack", "slack.com", "slack"),
    ("zoom", "Zoom", "zoom.us", "zoom"),
    ("meet", "Google Meet", "meet.google.com", "google-chat"),
    ("olvid", "Olvid, a health-grade messenger", "server.olvid.io", "olvid"),
    ("tchap", "Tchap, the state's messenger", "matrix.agent.tchap.gouv.fr", "tchap"),
)


def _visit(name: str, text: str, names: tuple[str, ...], size: int, app: str | None) -> Scenario:
    return Scenario(
        name=f"like_messenger_{name}",
        text=f"{text}: nobody writes to anybody.",
        act=partial(_looks, names, size),
        may=(Told("messaging", app, "presence", device="accueil", severity=("informational",)),) if app else (),
        seen=(Seen("tcp", 443, "accueil", "sites", out=400 * len(names), into=size * len(names)),),
    )


def _tool(name: str, text: str, host: str, app: str) -> Scenario:
    return Scenario(
        name=f"professional_{name}",
        text=f"{text} is used: told for information, no more.",
        act=partial(_works, host),
        told=(Told("messaging", app, "session", device="medecin", severity=("informational",)),),
        seen=(Seen("tcp", 443, "medecin", "sites", out=3 * AT_WORK, into=3 * PAGE),),
    )


def _push(lab: Lab) -> None:
    cloud.push_line(lab["phone"], lab["sites"], "mtalk.google.com", 5228, 8)


SCENARIOS = (
    *(_visit(*row) for row in VISITS),
    *(_tool(*row) for row in TOOLS),
    Scenario(
        name="like_messenger_push",
        text="A phone's line for notifications stays open: nobody writes to anybody.",
        act=_push,
        seen=(Seen("tcp", 5228, "phone", "sites", out=400, into=1_000),),
    ),
)
