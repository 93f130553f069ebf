"""Each rule that comes with Vigie: what fires it, and the near misses that must not.

A row is (rule, what is observed); the near misses of a rule are told apart by one thing each. A rule without a row fails.
"""

from dataclasses import replace

import pytest

from sensor.detect.backups import Backup
from sensor.detect.policy_file import parse
from sensor.track.observation import Device
from sensor.wire.records import Attachment, Ftp, Smtp
from tests.rules.rows import (
    BOXES,
    BRIEF,
    CHAT,
    FILES,
    FIRES,
    GUEST,
    IN,
    INSIDE,
    MEDIA,
    MSS,
    OUT,
    P7M,
    PDF,
    PHONE,
    POLICY,
    TALK,
    TELEMETRY,
    WEB,
    ZIP,
    box,
    hour,
    inside,
    password,
    web,
)
from tests.sensor.detect.made_up import MORNING, S, conn, detector, flow, mail, observed, sent, session, shipped

NOT = [
    ("exposure-ftp-password", [observed(Ftp(auth_success=True, retrieved=1), FILES)]),  # anonymous
    ("exposure-ftp-files", [observed(Ftp(password=True, retrieved=1), FILES)]),
    ("exposure-ftp-files", [observed(Ftp(password=True, stored=1), FILES, direction=INSIDE)]),
    ("messaging-consumer", [flow(None, app="irc", out=900, into=9_000)]),
    ("messaging-professional-presence", [flow("us04web.zoom.us", **TALK, ended=True)]),  # that is an exchange
    (
        "messaging-professional-presence",
        [flow("us04web.zoom.us", **TALK), flow("zoom.us", out=900, into=900, ended=True)],
    ),
    ("messaging-professional-presence", [flow("us04web.zoom.us", out=900, into=900)]),  # still too short to tell
    ("messaging-professional-presence", [flow("us04web.zoom.us", out=900, into=0, ended=True)]),
    ("messaging-professional-presence", [flow("us04web.zoom.us", out=900, into=900, ended=True, device=PHONE)]),
    ("messaging-professional-presence", [flow(None, app="whatsapp", port=8801, out=400, ended=True)]),
    ("messaging-presence", [flow(None, app="unheard-of", out=900, into=900, ended=True)]),
    ("messaging-presence", [flow(None, app="teamviewer", port=5222, out=400, ended=True)]),
    ("messaging-presence", [flow(None, app="whatsapp", port=5222, **TALK, ended=True)]),  # that is a session
    ("remote-tool-presence", [flow(None, app="whatsapp", port=4899, out=400, ended=True)]),
    ("remote-tool-session", [flow(None, app="anydesk", out=90_000, into=90_000, seconds=600)]),
    *((f"mail-attachment-in-clear-{kind.service}", [box(kind, P7M), box(kind)]) for kind in BOXES),
    *((f"mail-attachment-in-clear-{kind.service}", [box(kind, PDF, transferred=False)]) for kind in BOXES),
    *((f"mail-protected-in-clear-{kind.service}", [box(kind, PDF), box(kind)]) for kind in BOXES),
    *((f"exposure-mail-password-{kind.service}", [box(kind, auth_mechanism="CRAM-MD5")]) for kind in BOXES),
    ("blindspot-relay", [flow("www.icloud.com", **TALK)]),
    ("blindspot-relay", [flow("mask.icloud.com", out=900, into=0)]),
    ("blindspot-resolver", [flow("www.google.com", **TALK)]),
    ("blindspot-vpn", [flow("api.nordvpn.com", **TALK, device=PHONE)]),
    ("blindspot-tor", [flow("torproject.org.example", **TALK)]),
    ("blindspot-tunnel", [flow(None, out=900, into=0, app="wireguard")]),
    ("health-backup-stopped", [observed(Backup(10, 86_400.0, 0.0, 5_000_000), conn(), host="www.acronis.com")]),
    ("blindspot-ech", [flow("www.cloudflare.com", **TALK)]),
    ("blindspot-ech", [flow(None, **TALK, hidden="ech", device=PHONE)]),
    ("blindspot-resolver-unlisted", [flow("dns.google", **TALK, hidden="dot")]),  # that one has a name
    ("blindspot-resolver-port", [flow("dns.google", **TALK, hidden="dns_port")]),
    ("blindspot-proxy", [flow("proxy.example.org", **TALK), flow(None, **TALK, hidden="proxy", direction=INSIDE)]),
    (
        "blindspot-missed",
        [flow(None, out=5_000, into=14_999, hidden="missed"), flow(None, out=20_000, hidden="missed")],
    ),
    ("blindspot-old", [flow(None, out=5_000, into=15_000, hidden="old", device=PHONE)]),
    ("blindspot-compressed", [flow(None, **TALK, hidden="missed")]),
    *(("mail-attachment-in-clear-inside", [box(kind, PDF), inside(kind, P7M)]) for kind in (Smtp, *BOXES)),
    *(("mail-attachment-in-clear-inside", [inside(kind, PDF, **MSS)]) for kind in (Smtp, *BOXES)),
    *(("mail-mssante-in-clear", [box(kind, PDF), inside(kind, PDF, **MSS)]) for kind in (Smtp, *BOXES)),
    *(("mail-mssante-in-clear-inside", [inside(kind, PDF), box(kind, PDF, **MSS)]) for kind in (Smtp, *BOXES)),
    *(("exposure-mssante-in-clear", [box(kind), box(kind, PDF, **MSS)]) for kind in (Smtp, *BOXES)),
    *(("exposure-mailbox-in-clear", [box(kind, PDF), box(kind, **MSS)]) for kind in BOXES),
    ("mail-attachment-in-clear", [mail(PDF, **MSS), inside(Smtp, PDF)]),
    ("mail-mssante-in-clear", [mail(PDF, rcptto_domains=("medical75.apicrypt.org",))]),
    ("mail-attachment-in-clear-http", [web("www.example.org", PDF), web("mail.example.org.evil.example", PDF)]),
    ("mail-attachment-in-clear-http", [web("webmail.free.fr", ZIP), web("webmail.free.fr")]),
    (
        "mail-attachment-in-clear-http",
        [web("webmail.free.fr", Attachment("application/json", "txt", 90), upload=False)],
    ),
    ("mail-attachment-in-clear", [mail()]),
    ("mail-attachment-in-clear", [mail(P7M)]),
    ("mail-attachment-in-clear", [mail(PDF, protection="smime")]),
    ("mail-attachment-in-clear", [mail(PDF, transferred=False)]),
    ("mail-attachment-in-clear", [mail(inline_images=3)]),
    ("mail-attachment-in-clear", [flow("smtp.mssante.fr", port=465, out=90_000, into=9_000)]),
    ("mail-protected-in-clear", [mail(PDF)]),
    ("mail-protected-in-clear", [mail()]),
    ("mail-protected-in-clear", [mail(P7M, PDF)]),
    ("exposure-mail-in-clear", [mail(PDF)]),
    ("exposure-mail-in-clear", [mail(transferred=False)]),
    ("exposure-mail-in-clear", [mail(protection="pgp")]),
    ("exposure-mail-password", [password("CRAM-MD5")]),
    ("exposure-mail-password", [password(None)]),
    ("messaging-consumer", [flow(CHAT, out=5_000, into=1_000)]),  # nobody answered
    ("messaging-consumer", [flow(CHAT, out=1_000, into=9_000)]),
    ("messaging-consumer", [flow(TELEMETRY, **TALK)]),
    ("messaging-consumer", [flow("web.whatsapp.com.example", **TALK)]),
    ("messaging-consumer", [flow("teams.microsoft.com", **TALK)]),
    ("messaging-consumer", [flow("static.xx.fbcdn.net", **TALK)]),
    ("messaging-consumer", [flow(CHAT, **TALK, device=PHONE)]),
    ("messaging-consumer", [flow(CHAT, **TALK, device=GUEST)]),
    ("messaging-consumer", hour((WEB, 10_000, {"into": 39_000}))),  # a widget, a preview
    ("messaging-consumer", [*hour((WEB, 1_000, {"into": 40_000})), sent(WEB, 1_000, 40_000, ts=MORNING + 4_000 * S)]),
    ("messaging-consumer", [flow(WEB, **TALK, proto="udp", services=("stun",))]),  # no media
    ("messaging-document", hour((MEDIA, 90_000))),
    ("messaging-document", hour((MEDIA, 150_000, {"into": 160_000}))),
    (
        "messaging-document",
        [replace(sent("x.example", 200_000), conn=conn(app="signal", proto="udp", services=("stun",)))],
    ),
    ("messaging-document", hour((MEDIA, 150_000, {"device": PHONE}))),
    ("messaging-presence", [flow(CHAT, out=900, into=0, ended=True)]),
    ("messaging-presence", [flow(CHAT, out=900, into=900)]),  # still too short to tell
    ("messaging-presence", [flow("ess.apple.com", out=900, into=9_000, ended=True)]),
    ("messaging-presence", [flow(CHAT, **TALK), flow(WEB, out=900, into=900, ended=True)]),  # the conversation is told
    ("messaging-professional", [flow("teams.microsoft.com", out=900, into=9_000)]),
    ("messaging-professional", [flow("teams.live.com", **TALK)]),
    ("messaging-health", [flow("server.olvid.io", out=900, into=900)]),
    ("remote-inbound-desktop", [session(**BRIEF)]),
    ("remote-inbound-desktop", [session(answered=False)]),
    ("remote-inbound-desktop", [session(direction=OUT)]),
    ("remote-inbound-desktop", [session("ssh")]),
    ("exposure-dicom", [flow(None, app="dicom", port=104, out=500, into=400)]),  # a test of the line
    ("exposure-dicom", [flow(None, app="dicom", port=104, out=90_000, into=900, direction=INSIDE)]),
    ("exposure-hl7", [flow(None, app="hl7", port=2575, out=900, into=200, direction=INSIDE)]),
    ("exposure-command-line", [session("telnet", established=False)]),
    ("exposure-command-line", [session("ssh")]),
    ("remote-inbound-shell", [session("ssh", **BRIEF)]),
    ("remote-inbound-shell", [session("ssh", copies=True)]),
    ("remote-outbound-shell", [session("ssh", OUT, copies=True)]),
    ("remote-internal-shell", [session("ssh", INSIDE, copies=True)]),
    ("remote-transfer-inbound", [session("ssh")]),
    ("remote-transfer-outbound", [session("ssh", OUT)]),
    ("remote-transfer", [session("ssh", copies=True)]),
    ("remote-inbound-shell", [session("ssh", answered=False)]),
    ("remote-internal-desktop", [session(direction=INSIDE, **BRIEF)]),
    ("remote-internal-shell", [session("ssh", INSIDE, answered=False)]),
    ("remote-outbound-desktop", [session("rdp", OUT, **BRIEF)]),
    ("remote-outbound-shell", [session("ssh", OUT, answered=False)]),
    ("remote-outbound-desktop", [session("citrix", OUT)]),
    ("remote-outbound-published", [session("citrix")]),  # somebody outside on a post: that is another matter
    ("remote-outbound-published", [session("citrix", OUT, **BRIEF)]),
    ("remote-outbound-published", [session("rdp", OUT)]),
    ("remote-attempt-inbound", [session(**BRIEF)]),  # may still become a session
    ("remote-attempt-inbound", [session(ended=True)]),
    ("remote-attempt-inbound", [session(answered=False, **BRIEF, ended=True)]),  # a scan nobody answered
    ("remote-attempt", [session("ssh", OUT, ended=True)]),
    ("remote-attempt", [session("ssh", OUT, answered=False, **BRIEF, ended=True)]),
    ("remote-tool-session", [flow("relay.splashtop.com", out=900, into=900, seconds=9_000)]),
    ("remote-tool-session", [flow("relay.splashtop.com", out=90_000, into=9_000_000, seconds=300)]),  # an update
    ("remote-tool-session", [flow("www.teamviewer.com", out=800_000, into=90_000, seconds=300)]),
    ("remote-tool-presence", [flow("relay.splashtop.com", out=900, into=0, ended=True)]),
    ("remote-tool-presence", [flow("www.teamviewer.com", out=900, into=9_000, ended=True)]),
    ("upload-transfer-site", hour(("a.wetransfer.net", 190_000))),
    ("upload-transfer-site", hour(("a.wetransfer.net", 300_000, {"into": 400_000}))),
    ("upload-transfer-site", hour(("a.wetransfer.net", 300_000, {"device": GUEST}))),
    ("upload-cloud", hour(("www.dropbox.com", 90_000))),
    ("upload-assistant", hour(("chatgpt.com", 300_000, {"into": 900_000}))),
    ("upload-converter", hour(("www.ilovepdf.com", 90_000))),
    ("upload-converter", hour(("chatgpt.com", 300_000))),
    ("upload-backup", hour(("pod-1.backblaze.com", 90_000))),
    ("upload-webmail", hour(("mail.google.com", 90_000))),
    ("upload-capable", hour(("bucket.s3.amazonaws.com", 15_000_000))),
    ("upload-health", hour(("www.weda.fr", 10_000_000))),
    ("upload-unknown", hour((None, 15_000_000))),
    ("upload-unknown", hour((None, 30_000_000, {"peer_ip": "192.168.1.2", "direction": INSIDE}))),  # the NAS
    ("upload-unknown", hour(("app.doctolib.fr", 90_000_000))),
    ("upload-unknown", hour(("dmp.gouv.fr", 90_000_000))),
    ("upload-unknown", hour((None, 90_000_000, {"into": 95_000_000}))),  # a call goes both ways
    ("upload-unknown", hour((None, 90_000_000, {"into": 60_000_000, "proto": "udp"}))),  # never quite alike
    (
        "upload-unknown",
        hour((None, 90_000_000, {"proto": "udp", "services": ("stun",)})),
    ),  # who is called shows nothing
    ("upload-unknown", hour(("a.example", 12_000_000), ("b.example.org", 12_000_000))),
]


def rules_of(observations, policy=None):
    watching = detector(policy)
    return {alert.rule for o in observations for alert in watching.observe(o)}


def name(row):
    return row if isinstance(row, str) else ""


@pytest.mark.parametrize(("rule", "observations"), FIRES, ids=name)
def test_fires(rule, observations):
    assert rule in rules_of(observations)


@pytest.mark.parametrize(("rule", "observations"), NOT, ids=name)
def test_near_misses(rule, observations):
    assert rule not in rules_of(observations)


@pytest.mark.parametrize(
    ("app", "hidden"), [("encrypted-dns", "dot"), ("encrypted-dns", "dns_port"), ("socks", "proxy"), ("ech", "ech")]
)
def test_what_hides_may_be_allowed(app, hidden):
    policy, mistakes = parse(f"allowed_apps: [{app}]", "vigie.yml")
    assert not mistakes
    seen = [flow("ns.example.org", **TALK, hidden=hidden)]
    assert rules_of(seen)
    assert not rules_of(seen, policy)
    assert rules_of(seen, POLICY)  # which allows others


SILENT = [
    [flow("www.lemonde.fr", out=9_000, into=900_000, ended=True)],
    [flow(None, out=9_000, into=900_000, ended=True)],
    [flow("server.olvid.io", out=900, into=900, ended=True)],
    [flow("push.apple.com", out=9_000, into=9_000, ended=True)],
    [flow("smtp.mssante.fr", port=465, out=90_000, into=9_000, ended=True)],
    hour(("app.doctolib.fr", 90_000_000)),
    hour(("sauvegarde.merlin.net", 90_000_000)),
    [session(answered=False, **BRIEF, ended=True)],
    [
        flow(CHAT, **TALK, device=GUEST),
        mail(PDF, device=GUEST),
        *hour(("a.wetransfer.net", 900_000, {"device": GUEST})),
    ],
]


@pytest.mark.parametrize("observations", SILENT)
def test_what_says_nothing_at_all(observations):
    assert not rules_of(observations)


def test_a_contract_makes_a_session_a_line_of_the_register():
    within, late = session(ts=MORNING), session(ts=MORNING + 12 * 3600 * S)
    assert rules_of([within], POLICY) == {"remote-inbound-covered"}
    assert rules_of([late], POLICY) == {"remote-inbound-desktop"}
    assert rules_of([session(device=Device("192.168.1.2", None), peer_ip="198.51.100.1")], POLICY) == {
        "remote-inbound-desktop"
    }


def test_a_session_that_outlasts_its_hours_says_so_while_it_lasts():
    c = conn(direction=IN, port=3389, out=90_000, into=9_000, ts=MORNING, seconds=600)
    later = replace(c, last_ts=MORNING + 11 * 3600 * S)
    assert rules_of([session(of=c), session(of=later)], POLICY) == {"remote-inbound-covered", "remote-inbound-desktop"}


def test_a_program_that_a_contract_names_is_no_news():
    policy, _ = parse(
        "contracts: [{provider: P, reference: R, tools: [splashtop], hosts: [support.example]}]", "vigie.yml"
    )
    idle = flow("relay.splashtop.com", out=900, into=900, ended=True)
    assert rules_of([idle]) == {"remote-tool-presence"}
    assert not rules_of([idle], policy)
    other = flow("router7.teamviewer.com", out=900, into=900, ended=True)
    assert rules_of([other], policy) == {"remote-tool-presence"}


def test_a_container_that_looks_encrypted_is_probable():
    (alert,) = detector().observe(mail(ZIP))
    assert (alert.rule, str(alert.severity), str(alert.confidence)) == ("mail-protected-in-clear", "low", "probable")
    (alert,) = detector().observe(mail(P7M))
    assert str(alert.confidence) == "certain"


def test_what_the_practice_allows_is_not_told():
    assert not rules_of([flow("chat.signal.org", **TALK), flow("www.threema.ch", **TALK, ended=True)], POLICY)
    assert rules_of([flow("chat.signal.org", **TALK, device=Device("192.168.1.21", None))], POLICY)


def test_what_was_told_in_full_is_not_told_as_presence_too():
    document = replace(sent("web.whatsapp.com", 200_000), conn=conn(app="whatsapp"))
    assert rules_of([document, flow("web.whatsapp.com", out=900, into=900, ended=True)]) == {"messaging-document"}
    screen = flow("router7.teamviewer.com", out=900_000, into=90_000, seconds=600)
    assert rules_of([screen, flow("router7.teamviewer.com", out=900, into=900, ended=True)]) == {"remote-tool-session"}


def test_a_contract_makes_a_host_a_certified_one():
    o = hour(("a.s3.eu.example.net", 90_000_000))
    assert rules_of(o) == {"upload-unknown"}
    assert not rules_of(o, POLICY)


def test_every_rule_has_what_fires_it_and_what_does_not():
    silent = {r.name for r in shipped().rules.rules if not r.tell or r.telling.done_right or r.telling.same_as}
    same = {c.name for c in shipped().rules.correlations if c.telling.same_as}
    every = {r.name for r in (*shipped().rules.rules, *shipped().rules.correlations)} - silent - same
    assert every - {rule for rule, _ in FIRES} - {"remote-inbound-covered"} == set()
    assert every - {rule for rule, _ in NOT} - {"remote-inbound-covered"} == set()
