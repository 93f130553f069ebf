"""Mail as packets through the whole chain: how bad each way and each content is told to be, and one alert where fifty mails went."""

import base64

import pytest

from sensor.chain import Chain
from tests.privacy.conversations import (
    LOCAL_SERVER,
    OUTSIDE,
    PDF,
    SCANNER,
    C,
    Played,
    S,
    alerts_of,
    imap,
    message,
    pop3,
    smtp,
    tcp,
)
from tests.sensor.detect.made_up import shipped

DAY = 86_400.0
MSS = "dr.x@chu-lille.mssante.fr"
ENVELOPED = base64.encodebytes(bytes.fromhex("3082010006092a864886f70d010703a0") + b"\x07" * 200)


def part(kind, name, body, encoding=b"binary"):
    fields = b'Content-Type: %s; name="%s"\r\nContent-Disposition: attachment; filename="%s"\r\n' % (kind, name, name)
    return fields + b"Content-Transfer-Encoding: " + encoding, body


SMIME = part(b"application/pkcs7-mime; smime-type=enveloped-data", b"smime.p7m", ENVELOPED, b"base64")
SIGNED = part(b"application/pkcs7-signature", b"smime.p7s", b"MII=", b"base64")
OPEN_ZIP = part(b"application/zip", b"a.zip", b"PK\x03\x04\x14\0\0\0" + b"\x07" * 60)
ZIP = part(b"application/zip", b"a.zip", b"PK\x03\x04\x14\0\x01\0" + b"\x07" * 60)
SEVEN = part(b"application/x-7z-compressed", b"a.7z", b"7z\xbc\xaf\x27\x1c" + b"\x07" * 60 + bytes.fromhex("06f10701"))
LOCKED = part(b"application/pdf", b"a.pdf", b"%PDF-1.4\r\n" + b"\x07" * 60 + b"/Encrypt 5 0 R\r\n")
FSE = part(b"application/EDI-consent", b"lot.b2", b"\x07" * 60)
PGP = message(
    (b"Content-Type: application/pgp-encrypted", b"Version: 1"),
    part(b"application/octet-stream", b"encrypted.asc", b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQ\r\n"),
).replace(b"multipart/mixed", b'multipart/encrypted; protocol="application/pgp-encrypted"')

ORDINARY, INSIDE = ("mail", "high", "certain"), ("mail", "medium", "certain")
PROTECTED, CONTAINER = ("mail", "low", "certain"), ("mail", "low", "probable")
BARE = ("exposure", "low", "certain")
LEAVES, STAYS = {"server": OUTSIDE}, {"server": LOCAL_SERVER}


def told(alerts):
    """(category, severity, confidence) of each alert but those of passwords."""
    return [
        (str(a.category), str(a.severity), str(a.confidence))
        for a in alerts
        if a.rule.rpartition("-")[0] != "exposure-mail-password" and a.rule != "exposure-mail-password"
    ]


def heard(*conversations):
    return alerts_of(*conversations, settings=shipped())


def mailed(*parts, to="a@example.org", **more):
    return tcp(smtp(message(*parts, to=to), to=to), **more)


CASES = {
    "an attachment leaves": (mailed(PDF, **LEAVES), ORDINARY),
    "an attachment stays inside": (mailed(PDF, client=SCANNER, **STAYS), INSIDE),
    "an attachment to MSSanté": (mailed(PDF, to=MSS), ("mail", "critical", "certain")),
    "an attachment to MSSanté, inside": (mailed(PDF, to=MSS, **STAYS), ("mail", "high", "certain")),
    "an attachment to the server of MSSanté": (
        tcp(smtp(message(PDF), greeting=b"smtpmss.sante-ra.fr")),
        ("mail", "critical", "certain"),
    ),
    "no attachment": (mailed(), BARE),
    "no attachment, MSSanté": (mailed(to=MSS), ("exposure", "high", "certain")),
    "S/MIME, enveloped": (mailed(SMIME), PROTECTED),
    "S/MIME, signed only": (mailed(PDF, SIGNED), ORDINARY),
    "PGP/MIME": (tcp(smtp(PGP)), PROTECTED),
    "Apicrypt": (
        mailed(part(b"application/octet-stream", b"a.bin", b"\x01" * 60), to="x@medical75.apicrypt.org"),
        PROTECTED,
    ),
    "Apicrypt with a file that anybody can open": (mailed(PDF, to="x@medical75.apicrypt.org"), ORDINARY),
    "an encrypted ZIP": (mailed(ZIP), CONTAINER),
    "an open ZIP": (mailed(OPEN_ZIP), ORDINARY),
    "an encrypted 7z": (mailed(SEVEN), CONTAINER),
    "an encrypted PDF": (mailed(LOCKED), CONTAINER),
    "a claim to the health insurance": (mailed(FSE), PROTECTED),
    "one open file among encrypted ones": (mailed(ZIP, PDF), ORDINARY),
    "POP3, from outside": (tcp(pop3(message(PDF)), port=110), ORDINARY),
    "POP3, from a local server": (tcp(pop3(message(PDF)), port=110, **STAYS), INSIDE),
    "POP3, MSSanté": (tcp(pop3(message(PDF, to=MSS)), port=110), ("mail", "critical", "certain")),
    "POP3, no attachment": (tcp(pop3(message()), port=110), BARE),
    "POP3, an encrypted ZIP": (tcp(pop3(message(ZIP)), port=110), CONTAINER),
    "IMAP, from outside": (tcp(imap(message(PDF)), port=143), ORDINARY),
    "IMAP, from a local server": (tcp(imap(message(PDF)), port=143, **STAYS), INSIDE),
    "IMAP, MSSanté": (tcp(imap(message(PDF, to=MSS)), port=143), ("mail", "critical", "certain")),
    "IMAP, no attachment": (tcp(imap(message()), port=143), BARE),
    "IMAP, S/MIME": (tcp(imap(message(SMIME)), port=143), PROTECTED),
}


@pytest.mark.parametrize(("packets", "expected"), CASES.values(), ids=CASES)
def test_each_way_and_each_content(packets, expected):
    assert told(heard(packets)) == [expected]


def test_what_leaves_and_what_stays_have_their_own_advice():
    leaves, stays, secure = (heard(mailed(PDF, **how))[0] for how in (LEAVES, STAYS, {"to": MSS}))
    assert len({a.fr.advice for a in (leaves, stays, secure)}) == 3
    assert "sans sortir du cabinet" in stays.fr.seen
    assert "une pièce jointe (pdf)" in leaves.fr.seen


def test_the_reason_of_protected_content_is_told():
    for content, reason in ((SMIME, "smime"), (ZIP, "zip"), (FSE, "fse")):
        (alert,) = heard(mailed(content))
        assert dict(alert.evidence)["protections"] == reason


def upload(host=b"webmail.example.org", path=b"/", name=b"a.pdf", at=0.0, **more):
    file = (
        b'--B7\r\nContent-Disposition: form-data; name="f"; filename="%s"\r\nContent-Type: application/pdf\r\n\r\n'
        % name
    )
    form = file + PDF[1] + b"\r\n--B7--\r\n"
    head = (
        b"POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: multipart/form-data; boundary=B7\r\nContent-Length: %d\r\n\r\n"
    )
    said = [C(head % (path, host, len(form)) + form), S(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    return tcp(said, port=80, at=at, **more)


def test_a_webmail_over_clear_http():
    (alert,) = heard(upload())
    assert (alert.app, *told([alert])[0]) == ("http", "mail", "high", "probable")
    (alert,) = heard(upload(host=b"serveur", path=b"/roundcube/?_task=mail", **STAYS))
    assert (alert.app, *told([alert])[0]) == ("http", "mail", "medium", "probable")


@pytest.mark.parametrize(
    "packets", [upload(host=b"www.example.org"), upload(host=b"photos.example.org", path=b"/upload"), upload(name=b"")]
)
def test_other_forms_are_no_mail(packets):
    assert heard(packets) == []


# One alert, not fifty


def test_forty_reports_in_a_morning_are_one_alert():
    reports = [mailed(PDF, client=SCANNER, at=n * 240.0, **LEAVES) for n in range(40)]
    (alert,) = heard(*reports)
    assert (alert.count, dict(alert.evidence)["attachments"], dict(alert.evidence)["mails"]) == (40, 40, 40)
    assert "40 pièces jointes" in alert.fr.seen


def test_several_mails_on_one_connection_are_one_alert():
    one = smtp(message(PDF))
    (alert,) = heard(tcp([*one[:-2], *one[3:-2], *one[3:]]))
    assert (alert.count, dict(alert.evidence)["attachments"]) == (3, 3)


def test_the_next_day_is_a_new_alert_that_names_the_first():
    first, second = heard(mailed(PDF), mailed(PDF, at=60.0), mailed(PDF, at=DAY))
    assert (first.count, second.count) == (2, 1)
    assert first.id != second.id
    assert dict(second.evidence)["previous"] == first.id


def test_five_attachments_are_one_alert():
    (alert,) = heard(mailed(*[PDF] * 5))
    assert (alert.count, dict(alert.evidence)["attachments"]) == (1, 5)


def test_each_device_and_each_server_is_its_own():
    ways = [{}, {"client": SCANNER}, {"server": "203.0.113.26"}]
    assert [a.count for a in heard(*(mailed(PDF, at=float(n), **way) for n, way in enumerate(ways)))] == [1, 1, 1]


def test_clear_mail_and_passwords_are_told_once_a_day():
    secret = base64.b64encode(b"\0u\0p")
    login = [C(b"AUTH PLAIN " + secret + b"\r\n"), S(b"235 ok\r\n")]
    mails = [tcp(smtp(message(), auth=login), at=n * 60.0) for n in range(20)]
    assert {(a.rule, a.count) for a in heard(*mails)} == {
        ("exposure-mail-in-clear", 20),
        ("exposure-mail-password", 20),
    }
    boxes = [tcp(pop3(message()), port=110, at=n * 60.0) for n in range(20)]
    told_of = {(a.rule, a.count) for a in heard(*boxes)}
    assert told_of == {("exposure-mailbox-in-clear", 20), ("exposure-mail-password-pop3", 20)}


def test_a_restart_goes_on_with_the_same_alert():
    (before,) = heard(mailed(PDF))
    chain = Chain(shipped(), seed=2, known=[before])
    (after,) = {a.id: a for batch in chain.run(Played(mailed(PDF, at=60.0))) for a in batch}.values()
    assert (after.id, after.count) == (before.id, 2)
