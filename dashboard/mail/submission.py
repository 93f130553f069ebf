"""Mails handed to the practice's mail server (RFC 6409, over `smtplib`), told in outcomes. Called by `dashboard.mail.outbox`.

| what happens | outcome |
| --- | --- |
| no connection, a timeout, 4xx to the session | `Later`: all wait |
| certificate, TLS that is not offered, password, sender refused | `Human`: somebody must look, all wait |
| 4xx to a message (greylisting), the answer to the final dot lost | `Delayed`: this one waits; the others go on |
| 5xx to a recipient or to what was sent | `Refused`: this one will never be taken |

Order: connect, EHLO, STARTTLS with the certificate checked against the name that was asked for, EHLO, AUTH, then for each message MAIL,
RCPT, DATA. Nothing is ever sent in clear but to this machine: a mail in clear is what Vigie warns of. No text of an outcome
carries a password, a local part or a line of a message. After the final dot the server has ten minutes (RFC 5321, 4.5.3.2.6).
"""

import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.policy import SMTP as POLICY
from ipaddress import ip_address
from pathlib import Path

from dashboard.mail.trouble import Need
from sensor.detect.policy_mail import Server

SECONDS = 60.0  # for each answer
DOT_SECONDS = 600.0
_WORDS = 300
_LOCAL = re.compile(r"[^\s<>@:]+@")


class SubmissionError(Exception):
    """A mail was not taken."""


class Later(SubmissionError):  # noqa: N818  (the kinds read as what follows)
    """It passes by itself."""


class Human(SubmissionError):  # noqa: N818  (the same)
    """Somebody must look."""

    def __init__(self, need: Need, text: str) -> None:
        super().__init__(text)
        self.need = need


class Delayed(SubmissionError):  # noqa: N818  (the same)
    """One message is tried again. `doubt`: it may have been taken (RFC 1047)."""

    def __init__(self, text: str, *, doubt: bool = False) -> None:
        super().__init__(text)
        self.doubt = doubt


class Refused(SubmissionError):  # noqa: N818  (the same)
    """One message will never be taken."""


@dataclass(frozen=True, slots=True)
class Account:
    """A server and who asks it. The password is in no `repr`."""

    server: Server
    name: str  # what EHLO says: the sender's domain, no name of this machine
    password: str = field(default="", repr=False)
    ca: Path | None = None
    seconds: float = SECONDS
    dot_seconds: float = DOT_SECONDS


class Submission:
    """One connection, signed in. `submission(account)` opens it."""

    def __init__(self, smtp: smtplib.SMTP, account: Account) -> None:
        self._smtp = smtp
        self._account = account

    def send(self, body: bytes) -> str:
        """The server's answer to the final dot. Errors: Later, Human, Delayed, Refused."""
        headers = BytesHeaderParser(policy=POLICY).parsebytes(body)
        sender, to = (headers[name].addresses[0].addr_spec for name in ("from", "to"))
        with _session():
            self._asked(self._smtp.mail(sender), sender=True)
            self._asked(self._smtp.rcpt(to))
            self._asked(self._smtp.docmd("DATA"), good=354)
        return self._data(body)

    def _data(self, body: bytes) -> str:
        sock = self._smtp.sock
        assert sock is not None
        try:
            self._smtp.send(re.sub(rb"(?m)^\.", b"..", body))
            sock.settimeout(self._account.dot_seconds)
            self._smtp.send(b".\r\n")
            code, text = self._smtp.getreply()
            sock.settimeout(self._account.seconds)
        except (OSError, smtplib.SMTPException) as error:
            raise Delayed(f"the answer to the final dot was lost ({_reason(error)})", doubt=True) from None
        self._asked((code, text))
        return _told(code, text)

    def _asked(self, answer: tuple[int, bytes], *, good: int = 250, sender: bool = False) -> None:
        code, text = answer
        if code == good or (good == 250 and code == 251):
            return
        told = _told(code, text)
        if code == 421:
            raise Later(told)
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.rset()
        if code < 400 or code >= 600:
            raise Later(f"an answer out of turn: {told}")
        if code < 500:
            raise Delayed(told)
        if sender and code != 552:  # 552: too large, which is this message's own trouble
            raise Human(Need.SENDER, told)
        raise Refused(told)


@contextmanager
def submission(account: Account) -> Iterator[Submission]:
    """Opens, secures, signs in; says QUIT at the end. Errors: Later, Human."""
    context = _context(account)
    with _session():
        smtp = _connected(account, context)
    try:
        with _session():
            _greeted(smtp, account, context)
        yield Submission(smtp, account)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            if smtp.sock is not None:
                smtp.sock.settimeout(5)
                smtp.quit()
        smtp.close()


def _context(account: Account) -> ssl.SSLContext:
    """Certificates are verified and names checked; `ca` instead of the system's authorities."""
    try:
        made = ssl.create_default_context(cafile=str(account.ca) if account.ca else None)
    except (OSError, ssl.SSLError) as error:
        raise Human(Need.TLS, f"{account.ca}: {error.strerror or 'not a certificate'}") from None
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def _connected(account: Account, context: ssl.SSLContext) -> smtplib.SMTP:
    server = account.server
    if server.security == "tls":
        made: smtplib.SMTP = smtplib.SMTP_SSL(local_hostname=account.name, timeout=account.seconds, context=context)
    else:
        made = smtplib.SMTP(local_hostname=account.name, timeout=account.seconds)
    made._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - what SMTP_SSL and starttls check the name against
    try:
        code, text = made.connect(server.host, server.port)
    except BaseException:
        made.close()
        raise
    if code != 220:
        made.close()
        raise Human(Need.ANSWER, _told(code, text)) if code >= 500 else Later(_told(code, text))
    return made


def _greeted(smtp: smtplib.SMTP, account: Account, context: ssl.SSLContext) -> None:
    _ehlo(smtp)
    if account.server.security == "starttls":
        if not smtp.has_extn("starttls"):
            raise Human(
                Need.TLS,
                "the server offers no STARTTLS: nothing was sent, since a mail in clear is what Vigie warns of",
            )
        code, text = smtp.starttls(context=context)
        if code != 220:
            raise Later(_told(code, text))
        _ehlo(smtp)
    elif account.server.security == "none" and not _is_here(smtp):
        raise Human(Need.TLS, "clear text is for a server on this machine only: nothing was sent")
    if account.server.user:
        _sign_in(smtp, account)


def _ehlo(smtp: smtplib.SMTP) -> None:
    code, text = smtp.ehlo()
    if code >= 500:
        code, text = smtp.helo()
    if code != 250:
        raise Human(Need.ANSWER, _told(code, text)) if code >= 500 else Later(_told(code, text))


def _sign_in(smtp: smtplib.SMTP, account: Account) -> None:
    """PLAIN (RFC 4616) or LOGIN, both in UTF-8, which `smtplib` would not do; else what the library knows."""
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    user, password = account.server.user, account.password
    if "PLAIN" in offered:
        code, text = smtp.docmd("AUTH", "PLAIN " + _base64(f"\0{user}\0{password}"))
    elif "LOGIN" in offered:
        code, text = smtp.docmd("AUTH", "LOGIN " + _base64(user))
        if code == 334:
            code, text = smtp.docmd(_base64(password))
    elif "CRAM-MD5" in offered:
        smtp.user, smtp.password = user, password
        code, text = smtp.auth("CRAM-MD5", smtp.auth_cram_md5)
    else:
        raise Human(
            Need.PASSWORD, f"the server offers no way to sign in that Vigie knows ({' '.join(offered) or 'none'})"
        )
    if code not in (235, 503):  # 503: already signed in
        raise Human(Need.PASSWORD, _told(code, text)) if code >= 500 else Later(_told(code, text))


def _is_here(smtp: smtplib.SMTP) -> bool:
    assert smtp.sock is not None
    return ip_address(smtp.sock.getpeername()[0]).is_loopback


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")


@contextmanager
def _session() -> Iterator[None]:
    """What the library and the network raise, as outcomes; nothing is chained, since it could carry what was said."""
    try:
        yield
    except SubmissionError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise Human(Need.TLS, f"the server's certificate cannot be trusted: {error.verify_message}") from None
    except ssl.SSLError as error:
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            raise Later(_reason(error)) from None
        raise Human(Need.TLS, f"no TLS with this server on this port: {error.reason or 'unknown'}") from None
    except smtplib.SMTPAuthenticationError as error:
        raise Human(Need.PASSWORD, _told(error.smtp_code, _bytes(error.smtp_error))) from None
    except smtplib.SMTPResponseException as error:
        raise Later(_told(error.smtp_code, _bytes(error.smtp_error))) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Later(_reason(error)) from None


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror and not isinstance(error, smtplib.SMTPException):
        return error.strerror
    return "the connection was closed" if isinstance(error, smtplib.SMTPServerDisconnected) else type(error).__name__


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _told(code: int, text: bytes) -> str:
    """What the server said, on one line, without the local parts that it may repeat."""
    said = " ".join(text.decode("utf-8", "replace").split())
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in said)
    return _LOCAL.sub("…@", f"{code} {shown}")[:_WORDS]
