"""A letter as the bytes that are sent (RFC 5322, MIME): text and HTML, attachments, headers that mail programs go by. Pure.

  From, To, Subject, Date              the practice's zone; the subject on one line whatever the network called a device
  Message-ID                           made of the letter's name: the same at each try, so that a second copy is known as one
  In-Reply-To, References              the thread of the same alert
  Auto-Submitted: auto-generated       RFC 3834: no holiday notice answers it; X-Auto-Response-Suppress says it to Exchange
  Content-Language, Importance

With a certificate the whole of it but the addresses travels in an S/MIME envelope (`dashboard.mail.sealed`).
"""

from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from cryptography.x509 import Certificate

from dashboard.formats import bounded
from dashboard.mail import sheet as sheets
from dashboard.mail.html import html
from dashboard.mail.sealed import sealed
from dashboard.mail.sheet import Sheet, safe

_SUBJECT = 140
_POLICY = SMTP.clone(max_line_length=76)


@dataclass(frozen=True, slots=True)
class Attachment:
    """`kind` as "application/pdf"."""

    name: str
    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told to one recipient. `name` makes it the same letter: queued twice, it is sent once.

    `kind`: a word for the outbox (alert, ended, digest, week, test, report); `about`: the alert, the week or the month.
    """

    name: str
    kind: str
    about: str
    subject: str
    sheet: Sheet
    lang: str = "fr"
    urgent: bool = False
    answers: str = ""  # the Message-ID that it follows
    attachments: tuple[Attachment, ...] = ()

    @property
    def headline(self) -> str:
        """The subject as it is sent: one line, of a length that is shown, no link."""
        return safe(bounded(self.subject, _SUBJECT))


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom, to whom, when (nanoseconds since the epoch); `neutral`: the subject that is seen when the rest is encrypted."""

    sender: str
    sender_name: str
    to: str
    now: int
    zone: ZoneInfo
    certificate: Certificate | None = None
    neutral: str = "Vigie"


def message_id(letter: Letter, envelope: Envelope) -> str:
    digest = sha256(f"{letter.name}\x1f{envelope.to}".encode()).hexdigest()[:32]
    return f"<{digest}@{envelope.sender.rpartition('@')[2]}>"


def compose(letter: Letter, envelope: Envelope) -> bytes:
    """The whole message, lines ended by CR LF. Errors: ValueError (a certificate that cannot encrypt)."""
    mail = EmailMessage(policy=_POLICY)
    subject = letter.headline
    mail["Subject"] = subject
    mail.set_content(sheets.text(letter.sheet), cte="quoted-printable")
    mail.add_alternative(html(letter.sheet, letter.lang, subject), subtype="html", cte="quoted-printable")
    for one in letter.attachments:
        main, _, sub = one.kind.partition("/")
        mail.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name)
    if envelope.certificate is not None:
        inner = mail.as_bytes()
        mail = EmailMessage(policy=_POLICY)
        mail["Subject"] = envelope.neutral
        sealed(mail, inner, envelope.certificate)
    _headers(mail, letter, envelope)
    return mail.as_bytes()


def _headers(mail: EmailMessage, letter: Letter, envelope: Envelope) -> None:
    mail["From"] = Address(bounded(envelope.sender_name, 80), addr_spec=envelope.sender)
    mail["To"] = envelope.to
    mail["Date"] = format_datetime(datetime.fromtimestamp(envelope.now // 1_000_000_000, envelope.zone))
    mail["Message-ID"] = message_id(letter, envelope)
    if letter.answers:
        mail["In-Reply-To"] = letter.answers
        mail["References"] = letter.answers
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Content-Language"] = letter.lang
    if letter.urgent:
        mail["Importance"] = "high"
        mail["X-Priority"] = "1"
