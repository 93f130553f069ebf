"""What fires each rule that comes with Vigie, and how what is observed is made up. A row is (rule, what is observed)."""

from dataclasses import replace

from sensor.detect.backups import Backup
from sensor.detect.policy_file import parse
from sensor.track.observation import Device, Direction
from sensor.wire.records import Attachment, Ftp, Http, Imap, Pop3, Smtp
from tests.sensor.detect.made_up import MORNING, S, conn, flow, mail, observed, sent, session

PDF = Attachment("application/pdf", "pdf", 90_000)
P7M = Attachment("application/pkcs7-mime", "p7m", 90_000, protection="smime")
ZIP = Attachment("application/zip", "zip", 90_000, protection="zip")
BOXES = (Pop3, Imap)
LOCAL_SERVER = {"peer_ip": "192.168.1.2", "direction": Direction.INTERNAL}
MSS = {"rcptto_domains": ("chu-lille.mssante.fr",)}
PHONE = Device("192.168.1.60", None, "Téléphone", group="personal")
GUEST = Device("192.168.50.4", None, group="guest")
IN, OUT, INSIDE = Direction.INBOUND, Direction.OUTBOUND, Direction.INTERNAL

CHAT, MEDIA, WEB, TELEMETRY = "web.whatsapp.com", "mmg.whatsapp.net", "www.whatsapp.com", "graph.whatsapp.net"
TALK = {"out": 5_000, "into": 9_000}
BRIEF = {"established": False, "two_way": False}
POLICY, _ = parse(
    """
contracts:
  - {provider: Logimed, reference: TM-1, tools: [rdp], networks: [203.0.113.0/24], hours: 8h-19h}
hds: [{host: s3.eu.example.net, contract: HDS-1}]
allowed_apps: [threema]
devices: [{name: Accueil, ip: 192.168.1.20, allowed: [signal]}]
""",
    "vigie.yml",
)


def password(mechanism):
    return observed(Smtp(helo=True, auth_mechanism=mechanism), conn(port=587))


def box(kind, *attachments, **more):
    """A mail fetched in clear from a mailbox."""
    return observed(kind(**({"transferred": True, "attachments": attachments} | more)), conn(port=110))


def inside(kind, *attachments, **more):
    """A mail in clear to or from a server of the practice."""
    values = {"transferred": True, "attachments": attachments} | more
    return observed(kind(**values), conn(port=25, **LOCAL_SERVER), direction=Direction.INTERNAL)


def web(host, *attachments, uri="/", upload=True, where=Direction.OUTBOUND):
    """A file that a form sent to a site over HTTP."""
    record = Http(method="POST", host=host, uri=uri, status_code=200, attachments=attachments, upload=upload)
    there = conn(port=80) if where is Direction.OUTBOUND else conn(port=80, **LOCAL_SERVER)
    return observed(record, there, host=host, source="http", direction=where)


def hour(*increments):
    """Increments towards one destination, a minute apart."""
    return [sent(*i[:2], **(i[2] if len(i) > 2 else {}), ts=MORNING + n * 60 * S) for n, i in enumerate(increments)]


FILES = conn(port=21, services=("ftp",))

FIRES = [
    ("exposure-ftp-password", [observed(Ftp(password=True, auth_success=False), FILES)]),
    ("exposure-ftp-password", [observed(Ftp(password=True), FILES, direction=INSIDE)]),
    ("exposure-ftp-files", [observed(Ftp(auth_success=True, stored=2), FILES)]),
    *(("exposure-command-line", [session(app)]) for app in ("telnet", "rlogin")),
    ("exposure-command-line", [session("telnet", direction=INSIDE)]),
    ("exposure-dicom", [flow(None, app="dicom", port=104, out=90_000, into=900)]),
    ("exposure-hl7", [flow(None, app="hl7", port=2575, out=900, into=200)]),
    *(("messaging-consumer", [flow(None, app=app, **TALK)]) for app in ("irc", "xmpp", "msn", "threema", "teamspeak")),
    ("remote-inbound-shell", [session("rlogin")]),
    ("remote-inbound-desktop", [session("x11")]),
    ("messaging-presence", [flow(None, app="whatsapp", port=5222, out=400, ended=True)]),  # nobody answered
    ("messaging-presence", [flow(None, app="discord", out=900, into=900, seconds=61)]),
    ("messaging-consumer", [flow(None, app="whatsapp", port=5222, **TALK)]),
    ("messaging-document", [replace(sent("www.example.org", 200_000), conn=conn(app="whatsapp"))]),
    ("remote-tool-presence", [flow(None, app="teamviewer", port=5938, out=400, ended=True)]),
    ("remote-tool-session", [flow(None, app="anydesk", out=900_000, into=90_000, seconds=600)]),
    ("mail-attachment-in-clear", [mail(PDF)]),
    ("mail-attachment-in-clear", [mail(PDF, P7M)]),  # one of them open
    ("mail-attachment-in-clear", [mail(PDF, accepted=False)]),  # it crossed the wire all the same
    ("mail-attachment-in-clear", [mail(PDF, complete=False)]),
    ("mail-protected-in-clear", [mail(P7M)]),
    ("mail-protected-in-clear", [mail(PDF, protection="apicrypt")]),
    ("mail-protected-in-clear", [mail(protection="pgp")]),
    *((f"mail-attachment-in-clear-{kind.service}", [box(kind, PDF)]) for kind in BOXES),
    *((f"mail-protected-in-clear-{kind.service}", [box(kind, P7M)]) for kind in BOXES),
    *((f"exposure-mail-password-{kind.service}", [box(kind, auth_mechanism="PLAIN")]) for kind in BOXES),
    *(("mail-attachment-in-clear-inside", [inside(kind, PDF)]) for kind in (Smtp, *BOXES)),
    *(("mail-mssante-in-clear", [box(kind, PDF, **MSS)]) for kind in (Smtp, *BOXES)),
    *(("mail-mssante-in-clear-inside", [inside(kind, PDF, **MSS)]) for kind in (Smtp, *BOXES)),
    ("mail-mssante-in-clear", [mail(PDF, rcptto_domains=("mssante.apicrypt.org",))]),
    ("mail-attachment-in-clear", [mail(PDF, rcptto_domains=("medical75.apicrypt.org",))]),
    ("mail-protected-in-clear", [mail(ZIP)]),
    ("mail-protected-in-clear", [inside(Smtp, P7M)]),
    ("mail-attachment-in-clear-http", [web("webmail.free.fr", PDF)]),
    ("mail-attachment-in-clear-http", [web("webmail.clinique.example", PDF, upload=False)]),
    ("mail-attachment-in-clear-http", [web("www.clinique.example", PDF, uri="/roundcube/")]),
    ("mail-attachment-in-clear-inside", [web("serveur", PDF, uri="/webmail/", where=Direction.INTERNAL)]),
    *(("exposure-mailbox-in-clear", [box(kind)]) for kind in BOXES),
    *(("exposure-mssante-in-clear", [box(kind, **MSS)]) for kind in (Smtp, *BOXES)),
    ("exposure-mail-in-clear", [mail()]),
    ("exposure-mail-in-clear", [mail(inline_images=2)]),
    ("exposure-mail-password", [password("PLAIN")]),
    ("exposure-mail-password", [password("LOGIN")]),
    ("messaging-consumer", [flow(CHAT, **TALK)]),
    ("messaging-consumer", [flow(MEDIA, **TALK)]),
    ("messaging-consumer", [flow("chat.signal.org", **TALK)]),
    ("messaging-consumer", [flow(WEB, **TALK, proto="udp", services=("stun", "rtp"))]),  # a call
    ("messaging-consumer", hour((WEB, 20_000, {"into": 31_000}))),
    ("messaging-consumer", hour((WEB, 10_000, {"into": 16_000}), ("wa.me", 1_000, {"into": 25_000}))),
    ("messaging-document", hour((MEDIA, 60_000), (CHAT, 60_000))),
    ("messaging-presence", [flow(WEB, out=900, into=4_000, ended=True)]),
    ("messaging-presence", [flow(CHAT, out=900, into=1_200, ended=True)]),
    ("messaging-presence", [flow(CHAT, out=900, into=1_200, seconds=61)]),
    ("messaging-presence", [flow("www.instagram.com", out=9_000, into=900_000, ended=True)]),
    ("messaging-presence", [flow(CHAT, **TALK, ended=True, device=PHONE)]),
    ("messaging-professional", [flow("teams.microsoft.com", **TALK)]),
    ("messaging-professional-presence", [flow("us04web.zoom.us", out=900, into=4_000, ended=True)]),
    ("messaging-professional-presence", [flow("us04web.zoom.us", out=900, into=900, seconds=61)]),
    ("messaging-professional-presence", [flow(None, app="zoom", port=8801, out=400, ended=True)]),
    ("messaging-health", [flow("server.olvid.io", **TALK)]),
    ("remote-inbound-desktop", [session()]),
    ("remote-inbound-desktop", [session("vnc")]),
    ("remote-inbound-desktop", [session("teamviewer")]),
    ("remote-inbound-desktop", [session(established=False)]),  # both kept talking: it began
    ("remote-inbound-desktop", [session(two_way=False)]),
    ("remote-inbound-desktop", [session(device=GUEST)]),
    ("remote-inbound-shell", [session("ssh")]),
    ("remote-transfer-inbound", [session("ssh", copies=True)]),
    ("remote-transfer-outbound", [session("ssh", OUT, copies=True)]),
    ("remote-transfer", [session("ssh", INSIDE, copies=True)]),
    ("remote-internal-desktop", [session(direction=INSIDE)]),
    ("remote-internal-shell", [session("ssh", INSIDE)]),
    ("remote-outbound-desktop", [session("vnc", OUT)]),
    ("remote-outbound-shell", [session("ssh", OUT)]),
    ("remote-outbound-published", [session("citrix", OUT)]),
    ("remote-attempt-inbound", [session(**BRIEF, ended=True)]),
    ("remote-attempt", [session("ssh", OUT, **BRIEF, ended=True)]),
    ("remote-attempt", [session("ssh", INSIDE, **BRIEF, ended=True)]),
    ("remote-tool-session", [flow("relay.splashtop.com", out=800_000, into=90_000, seconds=300)]),
    ("remote-tool-presence", [flow("relay.splashtop.com", out=900, into=900, ended=True)]),
    ("remote-tool-presence", [flow("router7.teamviewer.com", out=900, into=900, seconds=90)]),
    ("remote-tool-presence", [flow("www.teamviewer.com", out=3_000, into=90_000, ended=True)]),
    ("upload-transfer-site", hour(("a.wetransfer.net", 150_000), ("b.wetransfer.com", 60_000))),
    ("upload-cloud", hour(("content.dropboxapi.com", 300_000))),
    ("upload-assistant", hour(("chatgpt.com", 300_000))),
    ("upload-converter", hour(("www.ilovepdf.com", 300_000))),
    ("upload-backup", hour(("pod-1.backblaze.com", 300_000))),
    ("upload-webmail", hour(("mail.google.com", 300_000))),
    ("upload-capable", hour(("bucket.s3.amazonaws.com", 30_000_000))),
    ("upload-health", hour(("www.weda.fr", 30_000_000))),
    ("upload-unknown", hour(("files.nobody.example", 12_000_000), ("img.nobody.example", 9_000_000))),
    ("upload-unknown", hour((None, 30_000_000))),
    ("upload-unknown", hour((None, 90_000_000, {"into": 60_000_000, "proto": "udp", "services": ("quic",)}))),
    ("upload-unknown", hour((None, 90_000_000, {"into": 20_000_000, "proto": "udp"}))),
    ("blindspot-relay", [flow("mask.icloud.com", **TALK)]),
    ("blindspot-resolver", [flow("dns.google", **TALK)]),
    ("blindspot-vpn", [flow("api.nordvpn.com", **TALK)]),
    ("blindspot-tor", [flow("www.torproject.org", **TALK)]),
    ("blindspot-ech", [flow("cloudflare-ech.com", **TALK)]),
    ("blindspot-tunnel", [flow(None, **TALK, app="wireguard")]),
    ("blindspot-ech", [flow(None, **TALK, hidden="ech")]),
    ("blindspot-resolver-unlisted", [flow("ns.example.org", **TALK, hidden="dot"), flow(None, **TALK, hidden="doq")]),
    ("blindspot-resolver-unlisted", [flow("ns.example.org", **TALK, hidden="dns_port")]),
    ("blindspot-proxy", [flow("proxy.example.org", **TALK, hidden="proxy")]),
    ("blindspot-missed", [flow(None, out=5_000, into=15_000, hidden="missed")]),
    ("blindspot-old", [flow(None, out=5_000, into=15_000, hidden="old", midstream=True)]),
    ("blindspot-compressed", [flow(None, **TALK, hidden="compressed")]),
    ("health-backup-stopped", [observed(Backup(10, 86_400.0, 200_000.0, 5_000_000), conn(), host="www.acronis.com")]),
]
