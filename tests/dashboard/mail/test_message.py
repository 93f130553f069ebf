"""Bytes of a mail: headers that nothing from the network can forge, both forms, attachments, S/MIME."""

import datetime as dt
import email
import json
import subprocess
from dataclasses import replace
from email.policy import default

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from dashboard.mail.alerts import alert_letter, ended_letter
from dashboard.mail.digests import Digest
from dashboard.mail.message import compose
from dashboard.mail.post import Post, nobody
from dashboard.mail.sheet import WIDTH, safe, text
from dashboard.mail.submission import Human
from dashboard.mail.writing import Writer
from sensor.detect.alert import AlertDevice, AlertPeer, Words
from sensor.detect.policy import NamedDevice, Policy
from tests.made import MORNING, alert

NASTY = 'x\r\nBcc: thief@evil.example\r\n\r\n<a href="https://evil.example/">\u202egpj.exe</a> https://evil.example/ www.evil.example @'


def writer(tmp_path, *, privacy="full", json_=False, certificate="", url="", **policy):
    found = Policy(privacy=privacy, **policy)
    mail = nobody(found)
    mail = replace(mail, json=json_, public_url=url, recipients=(replace(mail.recipients[0], certificate=certificate),))
    post = Post.of(mail, found, b"k" * 32, tmp_path, tmp_path / "vigie.yml")
    return Writer(post, mail.recipients[0], MORNING, ("v1.watch=1." + "ab" * 32,))


def sent(pen, letter):
    return email.message_from_bytes(compose(letter, pen.post.envelope(pen.to, pen.now)), policy=default)


def plain(mail):
    return mail.get_body(("plain",)).get_content()


def page(mail):
    return mail.get_body(("html",)).get_content()


def nasty():
    return alert(
        device=AlertDevice("192.168.1.20", None, NASTY, NASTY, host_name=NASTY),
        peer=AlertPeer("203.0.113.9", 25, NASTY, "banner"),
        evidence=(("app", NASTY), (NASTY, NASTY)),
        fr=Words("{device} a parlé à " + NASTY, NASTY, NASTY, NASTY),
    )


@pytest.mark.parametrize("kind", ["alert", "many", "digest", "ended"])
def test_names_from_the_network_forge_neither_headers_nor_links(tmp_path, kind):
    pen = writer(tmp_path, url="https://vigie.cabinet.example", json_=True)
    letters = {
        "alert": lambda: alert_letter(pen, [nasty()]),
        "many": lambda: alert_letter(pen, [nasty(), replace(nasty(), id="b")]),
        "digest": lambda: Digest([nasty(), replace(nasty(), id="b")]).letter(pen, "d"),
        "ended": lambda: ended_letter(pen, nasty(), "<before@x>"),
    }
    mail = sent(pen, letters[kind]())
    assert not {"bcc", "cc"} & {name.lower() for name in mail.keys()}  # noqa: SIM118 - a message is no dict
    assert mail["to"].addresses[0].addr_spec == "dpo@example.org"
    for shown in (mail["subject"], plain(mail), page(mail)):
        assert "\u202e" not in shown
    for shown in (plain(mail), page(mail)):
        assert "https://evil" not in shown
        assert "www.evil" not in shown
        assert "thief@evil" not in shown
    assert page(mail).count("<a ") == page(mail).count('<a class="button" href="https://vigie.cabinet.example/') == 1


def test_letters_of_other_directions_stay_where_they_stand():
    assert safe("poste \u05d0\u05d1") == "\u2068poste \u05d0\u05d1\u2069"
    assert safe("poste 12") == "poste 12"


def test_the_same_letter_has_the_same_name_and_bytes(tmp_path):
    pen = writer(tmp_path)
    envelope = pen.post.envelope(pen.to, pen.now)
    first, again = (compose(alert_letter(pen, [alert()]), envelope) for _ in range(2))
    ids = {email.message_from_bytes(one)["message-id"] for one in (first, again)}
    assert len(ids) == 1
    mail = sent(pen, alert_letter(pen, [alert()]))
    assert mail["date"] == "Fri, 20 Nov 2026 09:00:00 +0100"
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["content-language"] == "fr"


def test_the_sentence_comes_first_and_no_line_is_too_wide(tmp_path):
    pen = writer(tmp_path)
    shown = text(alert_letter(pen, [alert()]).sheet)
    assert shown.startswith("Scanner accueil a envoyé un courrier en clair\n\n")
    parts = ["Que faire ?", "Ce que Vigie a vu", "Les faits", "Alerte n° a1", "v1.watch=1."]
    assert sorted(parts, key=lambda part: shown.replace("\xa0", " ").index(part)) == parts
    assert max(map(len, shown.splitlines())) <= WIDTH


@pytest.mark.parametrize(("privacy", "shown", "hidden"), [
    ("full", ["Scanner", "192.168.1.20"], []),
    ("pseudonym", ["Scanner"], ["192.168.1.20", "aa:bb:cc"]),
    ("fleet", ["poste "], ["Scanner", "192.168.1.20", "aa:bb:cc"]),
])  # fmt: skip
def test_names_are_told_as_the_privacy_level_says(tmp_path, privacy, shown, hidden):
    named = (NamedDevice("Scanner", "aa:bb:cc:dd:ee:ff"),)
    pen = writer(tmp_path, privacy=privacy, json_=True, devices=named)
    one = alert(device=AlertDevice("192.168.1.20", "aa:bb:cc:dd:ee:ff", "Scanner"))
    mail = sent(pen, alert_letter(pen, [one]))
    (attached,) = mail.iter_attachments()
    everything = " ".join((mail["subject"], plain(mail), page(mail), attached.get_content().decode()))
    assert all(word in everything for word in shown)
    assert not [word for word in hidden if word in everything]
    assert json.loads(attached.get_content())["id"] == "a1"


def pem(path, key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "DPO")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1)
    )
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def test_smime_hides_all_but_the_addresses_and_openssl_opens_it(tmp_path):
    key = rsa.generate_private_key(65_537, 2_048)
    pem(tmp_path / "dpo.pem", key)
    (tmp_path / "dpo.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))  # fmt: skip
    pen = writer(tmp_path, certificate="dpo.pem")
    raw = compose(alert_letter(pen, [alert()]), pen.post.envelope(pen.to, pen.now))
    outside = email.message_from_bytes(raw, policy=default)
    assert outside["subject"] == "Vigie : un message chiffré pour vous"
    assert outside.get_content_type() == "application/pkcs7-mime"
    assert b"courrier" not in raw
    opened = subprocess.run(["openssl", "cms", "-decrypt", "-recip", tmp_path / "dpo.pem", "-inkey", tmp_path / "dpo.key"], input=raw, capture_output=True, check=True).stdout  # fmt: skip
    inside = email.message_from_bytes(opened, policy=default)
    assert inside["subject"] == "Important : Scanner accueil a envoyé un courrier en clair"
    assert "Que faire ?" in plain(inside).replace("\xa0", " ")


@pytest.mark.parametrize("kind", ["none", "no certificate", "no RSA key"])
def test_a_certificate_that_cannot_encrypt_stops_the_mail(tmp_path, kind):
    if kind == "no certificate":
        (tmp_path / "dpo.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    if kind == "no RSA key":
        pem(tmp_path / "dpo.pem", ec.generate_private_key(ec.SECP256R1()))
    pen = writer(tmp_path, certificate="dpo.pem")
    with pytest.raises(Human, match=r"dpo\.pem"):
        pen.post.envelope(pen.to, pen.now)


def test_both_languages_have_the_same_words(tmp_path):
    words = writer(tmp_path).post.words
    assert words["fr"].words.keys() == words["en"].words.keys()
