"""One SMTP transaction and its session, as far as they may be told. Filled by `sensor.wire.smtp`, told as `records.Smtp`."""

from dataclasses import dataclass, field

from sensor.wire.mime import MimeScanner
from sensor.wire.mime_mail import Mail
from sensor.wire.records import Smtp, Tls
from sensor.wire.smtp_asked import Asked

DOMAINS = 32
"""Recipients' domains of one mail that are told."""

APICRYPT = "apicrypt.org"
APICRYPT_MSSANTE = ("mssante.apicrypt.org", "interop-mssante.apicrypt.org")


@dataclass(slots=True)
class Session:
    """What holds for every transaction of a connection."""

    helo: bool = False
    lmtp: bool = False  # RFC 2033: one answer for each recipient after the body
    server_name: str | None = None
    last_code: int | None = None
    tls: Tls = "none"
    auth_mechanism: str | None = None
    auth_success: bool | None = None
    asked: Asked = field(default_factory=Asked)


@dataclass(slots=True)
class Transaction:
    """MAIL, RCPT…, and the body while it passes."""

    mailfrom_domain: str | None = None
    rcpt_domains: dict[str, None] = field(default_factory=dict)
    rcpt_count: int = 0
    scanner: MimeScanner | None = None
    mail: Mail | None = None
    whole: bool = True  # false: something of its beginning was not seen
    accepted: bool | None = None

    def rcpt(self, domain: str | None) -> None:
        self.rcpt_count += 1
        if domain is not None and len(self.rcpt_domains) < DOMAINS:
            self.rcpt_domains.setdefault(domain)

    def body(self, *, midway: bool = False) -> MimeScanner:
        """The scanner of its body, begun when first asked for."""
        if self.scanner is None:
            self.scanner = MimeScanner(midway=midway)
        return self.scanner

    def end_body(self, *, complete: bool) -> None:
        """The body is over: only what may be told of it remains."""
        if self.scanner is not None:
            self.mail = self.scanner.finish(complete=complete)
            self.scanner = None

    @property
    def certain(self) -> bool:
        """Whether some attachment's own fields were seen."""
        return self.mail is not None and any(not found.guessed for found in self.mail.attachments)

    def told(self, session: Session) -> Smtp:
        mail = self.mail
        return Smtp(
            helo=session.helo,
            mailfrom_domain=self.mailfrom_domain,
            rcptto_domains=tuple(self.rcpt_domains),
            rcptto_count=self.rcpt_count,
            transferred=mail is not None,
            accepted=self.accepted,
            last_reply_code=session.last_code,
            tls=session.tls,
            auth_mechanism=session.auth_mechanism,
            auth_success=session.auth_success,
            attachments=mail.attachments if mail else (),
            inline_images=mail.inline_images if mail else 0,
            protection=self._protection(mail) if mail else None,
            size=mail.size if mail else 0,
            complete=self.whole and (mail is None or mail.complete),
            server_name=session.server_name,
        )

    def _protection(self, mail: Mail) -> str | None:
        """Apicrypt encrypts before it mails: its recipients show it, unless a file that anybody can open went with it."""
        if (
            mail.protection is None
            and self.rcpt_domains
            and not mail.legible
            and all(map(_is_apicrypt, self.rcpt_domains))
        ):
            return "apicrypt"
        return mail.protection


def _is_apicrypt(domain: str) -> bool:
    return (domain == APICRYPT or domain.endswith("." + APICRYPT)) and domain not in APICRYPT_MSSANTE
