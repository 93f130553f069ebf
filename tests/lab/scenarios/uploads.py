"""Documents that leave, by what their destination is; and what only looks like it. `tests/lab/run uploads` counts both."""

from collections.abc import Callable
from functools import partial

from tests.lab.lab import Lab
from tests.lab.practice import BY_NAME
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import cloud, mail, other, web

LOW = "privacy: full\nthresholds: {unknown: 100000, capable: 1000000, health: 1000000}\n"
SITE = f"{LOW}networks: {{sites: [{BY_NAME['other'].ipv4}/32]}}\n"
CONTRACT = f"{LOW}hds:\n  - {{host: depot.hebergeur.example, contract: HDS-2026-7}}\n"

# (name, what it is, host of the lab, URL's host, bytes, app, hds; both None: nothing to tell), config
UPLOADS = (
    ("cloud", "a consumer cloud", "sites", "content.dropboxapi.com", 600_000, "dropbox", "not_listed", None),
    ("assistant", "an AI assistant", "sites", "chatgpt.com", 400_000, "chatgpt", "not_listed", None),
    ("translation", "a translation site", "sites", "www.deepl.com", 400_000, "translate", "not_listed", None),
    ("converter", "a converter of documents", "sites", "www.ilovepdf.com", 400_000, "file-convert", "not_listed", None),
    ("webmail", "a webmail, as an attachment", "sites", "mail.google.com", 600_000, "gmail", "not_listed", None),
    ("backup", "an online backup", "sites", "s3.eu-central-003.backblazeb2.com", 900_000, "backblaze", "not_listed", None),
    ("capable", "a cloud that can host health data", "sites", "documents.s3.eu-west-3.amazonaws.com", 1_500_000, None, "capable", LOW),
    ("secure", "the state's transfer service", "sites", "francetransfert.numerique.gouv.fr", 1_500_000, None, "unknown", LOW),
    ("state", "a public health service", "sites", "dmp.monespacesante.fr", 1_500_000, None, None, LOW),
    ("own", "the practice's other site", "other", "cabinet2.lab.example", 1_500_000, None, None, SITE),
    ("contract", "a host that a contract makes an HDS host", "unknown", "depot.hebergeur.example", 1_500_000, None, None, CONTRACT),
)  # fmt: skip


def _send(server: str, name: str, size: int, lab: Lab) -> None:
    web.nginx(lab[server])
    web.upload(lab["accueil"], f"https://{name}", size)


def _upload(row: tuple[str, str, str, str, int, str | None, str | None, str | None]) -> Scenario:
    name, words, server, host, size, app, hds, config = row
    told = Told("upload", app, "transfer", device="accueil", peer=server, hds=hds, out=size, host=host)
    return Scenario(
        name=f"upload_to_{name}",
        text=f"A document goes to {words}.",
        act=partial(_send, server, host, size),
        told=(told,) if hds else (),
        seen=(Seen("tcp", 443, "accueil", server, out=size),),
        config=config,
    )


def _call(lab: Lab) -> None:
    cloud.turn(lab["call"])
    cloud.call(lab["medecin"], lab["call"], 400)


def _print(lab: Lab) -> None:
    other.printer(lab["printer"])
    lab.guests().run("nc", "-N", lab["printer"].ip, "9100", feed=web.noise(600_000))


def _imap(lab: Lab) -> None:
    mail.dovecot(lab["mail"], tls="required")
    mail.deliver(lab["mail"], *(mail.message(mail.pdf_part(60_000)) for _ in range(5)))
    mail.mbsync(lab["accueil"], "imap.lab.example", tls="IMAPS")


def _nas(lab: Lab) -> None:
    cloud.samba(lab["nas"])
    post = lab.guests()  # a post on another VLAN of the practice: what it stores on the NAS passes the router
    cloud.smbclient(post, lab["nas"], web.document(post, 1_200_000))


def _backup(lab: Lab) -> None:
    cloud.webdav(lab["unknown"])
    nas = lab["nas"]
    cloud.rclone(nas, "depot.hebergeur.example", *(nas.file(f"part{n}", web.noise(300_000)) for n in range(5)))


def _form(lab: Lab) -> None:
    web.nginx(lab["sites"])
    web.page(lab["sites"], "page.html", 400_000)
    web.get(lab["accueil"], "https://mail.google.com/page.html")
    web.upload(lab["accueil"], "https://mail.google.com", 150_000)


def _photos(lab: Lab) -> None:
    web.nginx(lab["sites"])
    web.upload(lab.guests(), "https://content.icloud.com", 1_500_000)


def _game(lab: Lab) -> None:
    cloud.game(lab["accueil"], lab["unknown"], "depot.hebergeur.example", 900)


LOOKALIKES: tuple[tuple[str, str, Callable[[Lab], None], Seen, str | None], ...] = (
    ("call", "A video call through a relay (coturn)", _call, Seen("udp", 3478, "medecin", "call", out=300_000, into=100_000), LOW),
    ("printing", "A laptop on another VLAN prints", _print, Seen("tcp", 9100, "guest", "printer", out=600_000), LOW),
    ("imap_sync", "A mailbox is kept in step over TLS (isync)", _imap, Seen("tcp", 993, "accueil", "mail", into=300_000), LOW),
    ("nas", "A post on another VLAN stores on the NAS (Samba)", _nas, Seen("tcp", 445, "guest", "nas", out=1_200_000), LOW),
    ("backup_hds", "The NAS keeps its backup at an HDS host (rclone, WebDAV)", _backup,
     Seen("tcp", 443, "nas", "unknown", out=1_500_000), CONTRACT),
    ("form", "A page with a large form at a webmail", _form, Seen("tcp", 443, "accueil", "sites", out=150_000, into=400_000), None),
    ("photos", "A visitor's phone saves its photos in its cloud", _photos, Seen("tcp", 443, "guest", "sites", out=1_500_000),
     f"{LOW}networks: {{guest_vlans: [50]}}\n"),
    ("dns", "Long names by the hundred, as of a DNS tunnel: an antivirus", lambda lab: cloud.lookups(lab["accueil"], 600),
     Seen("udp", 53, "accueil", "router", out=60_000, into=60_000), LOW),
    ("game", "A game over a WebSocket", _game, Seen("tcp", 443, "accueil", "unknown", out=120_000, into=300_000), LOW),
)  # fmt: skip

SCENARIOS = (
    *(_upload(row) for row in UPLOADS),
    *(
        Scenario(name=f"like_upload_{name}", text=f"{text}: no upload.", act=act, seen=(seen,), config=config)
        for name, text, act, seen, config in LOOKALIKES
    ),
)
