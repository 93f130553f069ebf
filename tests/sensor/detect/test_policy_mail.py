"""The section `mail` of vigie.yml: what it may say, and what is told of each mistake."""

from datetime import time

import pytest

from sensor.detect.alert import Severity
from sensor.detect.policy_file import parse
from sensor.detect.policy_mail import Mail, Recipient, Server

FULL = """
dpo: {mail: dpo@example.org}
mail:
  server: smtp.example.fr
  security: tls
  user: vigie@cabinet.example
  password_file: smtp.password
  ca_file: ca.pem
  public_url: https://vigie.cabinet.example/
  recipients:
    - {mail: dpo@example.org, least: medium, certificate: dpo.pem}
    - {mail: doctor@example.org, least: critical, language: en}
  at_once: critical
  digest: hourly
  digest_at: "07:30"
  most_a_day: 5
  weekly: friday
  json: true
"""


def read(text):
    policy, mistakes = parse(text, "vigie.yml")
    assert not mistakes, [str(one) for one in mistakes]
    return policy.mail


def wrong(text):
    return [str(one) for one in sorted(parse(text, "vigie.yml")[1])]


def test_everything_that_can_be_written():
    assert read(FULL) == Mail(
        server=Server("smtp.example.fr", 465, "tls", "vigie@cabinet.example", "smtp.password", "ca.pem"),
        sender="vigie@cabinet.example",
        recipients=(
            Recipient("dpo@example.org", Severity.MEDIUM, "fr", "dpo.pem"),
            Recipient("doctor@example.org", Severity.CRITICAL, "en"),
        ),
        public_url="https://vigie.cabinet.example",
        at_once=Severity.CRITICAL,
        hourly=True,
        digest_at=time(7, 30),
        most_a_day=5,
        weekly=4,
        json=True,
    )


def test_little_is_enough():
    found = read("dpo: {mail: dpo@example.org}\nmail: {server: smtp.example.fr, from: vigie@cabinet.example}")
    assert found.server == Server("smtp.example.fr", 587, "starttls")
    assert found.recipients == (Recipient("dpo@example.org"),)
    assert (found.at_once, found.most_a_day, found.weekly, found.hourly) == (Severity.HIGH, 20, 0, False)
    assert read("privacy: full") is None


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_clear_text_goes_to_this_machine_only(host):
    text = "dpo: {mail: d@example.org}\nmail: {server: '%s', security: none, from: v@cabinet.example}"
    assert read(text % host).server == Server(host, 25, "none")
    (told,) = wrong(text % "smtp.example.fr")
    assert told.startswith("vigie.yml:2: 'none' would send the alerts, and the password, in clear to smtp.example.fr")
    assert wrong(text % "192.168.1.2")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{from: v@c.example}", "'server' is missing"),
        ("{server: smtp.example.fr}", "'from' is missing"),
        ("{server: smtp.example.fr, from: v@c.example, user: v}", "'user' and 'password_file' go together"),
        ("{server: smtp.example.fr, from: v@c.example, password: x}", "a password does not stand in vigie.yml"),
        ("{server: 'smtp example', from: v@c.example}", "'server' must be a host name"),
        ("{server: smtp.example.fr, from: 'V <v@c.example>'}", "'from' must be a mail address"),
        ('{server: smtp.example.fr, from: "v@c.example\\r\\nBcc: x@y.example"}', "'from' must be a mail address"),
        ("{server: smtp.example.fr, from: v@c.example, public_url: 'javascript:alert(1)'}", "'public_url' must be"),
        ("{server: smtp.example.fr, from: v@c.example, recipients: [{least: low}]}", "'mail' is missing"),
        (
            "{server: smtp.example.fr, from: v@c.example, recipients: [{mail: a@b.example}, {mail: a@b.example}]}",
            "stands here twice",
        ),
    ],
)
def test_each_mistake_is_told(text, told):
    assert any(told in one for one in wrong(f"dpo: {{mail: dpo@example.org}}\nmail: {text}"))


def test_nobody_to_write_to():
    assert any("nobody to write to" in one for one in wrong("mail: {server: smtp.example.fr, from: v@c.example}"))
