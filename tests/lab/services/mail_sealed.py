"""Mails whose content somebody sealed before they left, made by the programs that do it: openssl, gpg, zip, qpdf."""

from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import Node
from tests.lab.services import mail

LOCK = canaries.PASSWORD


def _identity(host: Node) -> tuple[Path, Path]:
    """A certificate for mail, and its key."""
    certificate, key = host.home / "identite.pem", host.home / "identite.key"
    host.run(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Cabinet", "-keyout", key, "-out", certificate,
    )  # fmt: skip
    return certificate, key


def _cms(host: Node, *more: str | Path, content: bytes, to: tuple[Path, ...] = ()) -> bytes:
    inner = host.file("interieur.eml", content)
    host.run(
        "openssl", "cms", *more, "-in", inner, "-out", host.home / "scelle.eml", "-from", mail.SENDER, "-to", mail.RECIPIENT,
        "-subject", canaries.SUBJECT, *to,
    )  # fmt: skip
    return (host.home / "scelle.eml").read_bytes()


def smime_enveloped(host: Node) -> bytes:
    certificate, _ = _identity(host)
    return _cms(host, "-encrypt", "-aes256", content=mail.message(mail.pdf_part()), to=(certificate,))


def smime_signed(host: Node, *, opaque: bool = False, attached: bool = True) -> bytes:
    """Signed, and readable by anybody. `opaque`: the text within the signature's own structure."""
    certificate, key = _identity(host)
    content = mail.message(*([mail.pdf_part()] if attached else []))
    more = ["-nodetach"] if opaque else []
    return _cms(host, "-sign", "-signer", certificate, "-inkey", key, *more, content=content)


def pgp_mime(host: Node) -> bytes:
    """RFC 3156: the version, then the message."""
    home = host.home / "gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", home, "--batch", "--quiet", "--passphrase", ""]
    host.run(*gpg, "--quick-gen-key", mail.RECIPIENT, "future-default")
    inner = host.file("interieur.eml", mail.message(mail.pdf_part()))
    host.run(
        *gpg, "--trust-model", "always", "--armor", "-r", mail.RECIPIENT, "-o", host.home / "scelle.asc", "-e", inner
    )
    sealed = _empty("encrypted", protocol="application/pgp-encrypted")
    sealed.attach(_text_part("application/pgp-encrypted", b"Version: 1\r\n"))
    sealed.attach(_text_part("application/octet-stream", (host.home / "scelle.asc").read_bytes()))
    return sealed.as_bytes()


def _empty(subtype: str, **parameters: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = mail.SENDER, mail.RECIPIENT, canaries.SUBJECT
    made["MIME-Version"] = "1.0"
    made["Content-Type"] = f"multipart/{subtype}; " + "; ".join(
        f'{name}="{value}"' for name, value in parameters.items()
    )
    return made


def _text_part(kind: str, content: bytes) -> MIMEPart:
    main, sub = kind.split("/")
    made = MIMEPart(policy=SMTP)
    made.set_content(content, maintype=main, subtype=sub, cte="7bit")
    return made


def zipped(host: Node, *, locked: bool) -> bytes:
    mail.pdf(host)
    more = ["-P", LOCK] if locked else []
    host.run("zip", "-q", *more, "dossier.zip", f"{canaries.FILE}.pdf")
    return _with(host.home / "dossier.zip", "application/zip")


def pdf(host: Node, *, locked: bool) -> bytes:
    """A page by qpdf, with a password or without."""
    more = ["--encrypt", LOCK, LOCK, "256", "--"] if locked else []
    host.run("qpdf", "--empty", *more, "page.pdf")
    return _with(host.home / "page.pdf", "application/pdf")


def _with(file: Path, kind: str) -> bytes:
    disposition = f'attachment; filename="{canaries.FILE}{file.suffix}"'
    return mail.message(mail.part(kind, file.read_bytes(), Content_Disposition=disposition))


def claim(host: Node) -> bytes:
    """A lot of claims as the health insurance's software mails it: nobody's words, one part that says what it is (RFC 1767)."""
    lot = mail.part(
        "application/EDI-consent",
        mail.pdf_bytes(3_000)[::-1],
        Content_Disposition=f"attachment; filename={canaries.FILE}.b2",
    )
    made = _empty("mixed", boundary="lot")
    made.attach(lot)
    return made.as_bytes()


def apicrypt(host: Node) -> bytes:
    """What Apicrypt leaves for the wire: letters that only Apicrypt reads, under headers that anybody reads."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = mail.SENDER, APICRYPT, canaries.SUBJECT
    made.set_content(mail.pdf_bytes(2_000)[100:1_900].hex())
    made.add_attachment(
        bytes(range(256)) * 8, maintype="application", subtype="octet-stream", filename=f"{canaries.FILE}.apz"
    )
    return made.as_bytes()


APICRYPT = f"{canaries.RECIPIENT}@medical75.apicrypt.org"
