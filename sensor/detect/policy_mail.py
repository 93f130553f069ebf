"""The section `mail` of vigie.yml: through which server the DPO's mails leave, who gets which, and when. Read by `sensor.detect.policy_file`.

mail:
  server: smtp.example.fr
  security: starttls                      # or tls (from the start); none only to this machine
  port: 587                               # 465 with tls; 25 with none
  user: vigie@cabinet.example             # absent: the server asks for no password
  password_file: smtp.password            # beside this file, or a systemd credential of that name
  ca_file: smtp-ca.pem                    # only where the server's certificate is the practice's own
  from: vigie@cabinet.example             # user, if that is an address
  public_url: https://vigie.cabinet.example   # where the page is reached: mails then carry links
  recipients:                             # dpo.mail alone, if absent
    - {mail: dpo@example.fr, least: low, language: fr, certificate: dpo.pem}   # certificate: S/MIME encryption
  at_once: high                           # the lowest severity that does not wait for a digest
  digest: daily                           # or hourly
  digest_at: "08:00"                      # of the daily digest, the weekly word and the rest of a day that was too full
  most_a_day: 20                          # mails to one recipient; the rest in one digest
  weekly: monday                          # the day of the weekly word
  json: false                             # attach each alert as JSON

`quiet_hours` of vigie.yml hold for mails too: only what is critical comes then.
"""

from dataclasses import dataclass
from datetime import time
from ipaddress import ip_address
from typing import Literal, cast
from urllib.parse import urlsplit

from sensor.detect.alert import Severity
from sensor.detect.policy_values import hostname, mail_address
from sensor.detect.section import Section

Security = Literal["starttls", "tls", "none"]
PORTS: dict[str, int] = {"starttls": 587, "tls": 465, "none": 25}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LEVELS = tuple(one.value for one in Severity)
_SPECIALS = frozenset('"(),:;<>[]\\')  # RFC 5322, 3.2.3: an address with them would need quoting


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails are submitted (RFC 6409). Files are named as vigie.yml names them."""

    host: str
    port: int
    security: Security
    user: str = ""
    password_file: str = ""
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets mails: from which severity on, in which language, encrypted to which certificate."""

    mail: str
    least: Severity = Severity.LOW
    language: Literal["fr", "en"] = "fr"
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """The whole section. `weekly`: Monday is 0."""

    server: Server
    sender: str
    recipients: tuple[Recipient, ...]
    public_url: str = ""
    at_once: Severity = Severity.HIGH
    hourly: bool = False
    digest_at: time = time(8)
    most_a_day: int = 20
    weekly: int = 0
    json: bool = False


def mail(top: Section, dpo: str | None, language: Literal["fr", "en"]) -> Mail | None:
    """`dpo`: whom mails go to where the section names nobody; `language`: the practice's. None where there is no such section."""
    with top.section("mail") as section:
        if section is None:
            return None
        server = _server(section)
        sender = section.parsed("from", "", "a mail address", _sendable)
        if not sender and not section.has("from"):
            if "@" not in server.user:
                section.wrong(None, "'from' is missing: the address that the mails come from")
            sender = server.user
        recipients = _recipients(section, dpo, language)
        default = Mail(server, sender, recipients)
        return Mail(
            server=server,
            sender=sender,
            recipients=recipients,
            public_url=section.parsed("public_url", "", 'an address like "https://vigie.cabinet.example"', _page),
            at_once=_severity(section, "at_once", default.at_once),
            hourly=section.choice("digest", "daily", ("daily", "hourly")) == "hourly",
            digest_at=section.parsed("digest_at", default.digest_at, 'a time like "08:00"', time.fromisoformat),
            most_a_day=section.number("most_a_day", default.most_a_day, least=1, most=500),
            weekly=WEEKDAYS.index(section.choice("weekly", "monday", WEEKDAYS)),
            json=section.yes_no("json", default=False),
        )


def _server(section: Section) -> Server:
    host = section.parsed("server", "", 'a host name like "smtp.example.fr"', _host)
    if not section.has("server"):
        section.wrong(None, "'server' is missing: the mail server that takes the practice's mails")
    security = cast("Security", section.choice("security", "starttls", tuple(PORTS)))
    if security == "none" and host and not is_loopback(host):
        section.wrong(
            "security",
            f"'none' would send the alerts, and the password, in clear to {host}: a mail in clear is what Vigie warns of. "
            "It is for a server on this machine (127.0.0.1, ::1, localhost); use starttls or tls",
        )
    found = Server(
        host=host,
        port=section.number("port", PORTS[security], least=1, most=65_535),
        security=security,
        user=section.text("user").strip(),
        password_file=section.text("password_file"),
        ca_file=section.text("ca_file"),
    )
    if section.has("password"):
        section.wrong(
            "password", "a password does not stand in vigie.yml: put it into a file, and name that as 'password_file'"
        )
    if bool(found.user) != bool(found.password_file):
        section.wrong(None, "'user' and 'password_file' go together")
    return found


def _recipients(section: Section, dpo: str | None, language: Literal["fr", "en"]) -> tuple[Recipient, ...]:
    found: list[Recipient] = []
    for one in section.sections("recipients"):
        to = one.parsed("mail", "", "a mail address", _sendable)
        if not one.has("mail"):
            one.wrong(None, "'mail' is missing")
        if to in {known.mail for known in found}:
            one.wrong("mail", f"{to} stands here twice")
        found.append(
            Recipient(
                mail=to,
                least=_severity(one, "least", Severity.LOW),
                language=cast("Literal['fr', 'en']", one.choice("language", language, ("fr", "en"))),
                certificate=one.text("certificate"),
            )
        )
    if not found and dpo is None:
        section.wrong(None, "nobody to write to: 'mail' in the section 'dpo', or 'recipients' here")
    return tuple(found) if found else (Recipient(dpo or "", language=language),)


def _severity(section: Section, key: str, default: Severity) -> Severity:
    return Severity(section.choice(key, default.value, _LEVELS))


def _sendable(text: str) -> str:
    if not text.isascii() or not text.isprintable() or _SPECIALS & set(text):
        raise ValueError(text)
    return mail_address(text)


def _host(text: str) -> str:
    if is_loopback(text):
        return text
    try:
        return str(ip_address(text))
    except ValueError:
        return hostname(text)


def _page(text: str) -> str:
    parts = urlsplit(text)
    wrong = parts.username or parts.query or parts.fragment or not text.isascii() or set(text) & set("\"'<> \\")
    if parts.scheme not in ("http", "https") or not parts.hostname or wrong:
        raise ValueError(text)
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
