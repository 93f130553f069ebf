"""What a mail is: to MSSanté, sealed before it left, signed only, a claim, within the practice. Each by the program that makes it so."""

from collections.abc import Callable
from functools import partial

from tests.lab import canaries, network
from tests.lab.lab import Lab, Node
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import mail, mail_sealed

MSSANTE = f"{canaries.RECIPIENT}@medecin.mssante.fr"
Make = Callable[[Node], bytes]


def _sent(lab: Lab, make: Make, *, to: str = mail.RECIPIENT) -> None:
    """By a doctor's post, in clear."""
    mail.postfix(lab["mail"])
    mail.msmtp(lab["medecin"], "smtp.lab.example", make(lab["medecin"]), to=to)


def _mail(severity: str, confidence: str = "certain", **more: object) -> Told:
    return Told(
        "mail",
        "smtp",
        "transfer",
        device="medecin",
        peer="mail",
        port=25,
        severity=(severity,),
        confidence=confidence,
        **more,
    )


def _clear(name: str, text: str, make: Make, told: Told, *, to: str = mail.RECIPIENT) -> Scenario:
    return Scenario(
        name=f"mail_class_{name}",
        text=text,
        act=lambda lab: _sent(lab, make, to=to),
        told=(told,),
        seen=(Seen("tcp", 25, "medecin", "mail", out=1_000),),
    )


ONE = (("attachments", 1),)
EXPOSED = Told("exposure", "smtp", "event", device="medecin", peer="mail", port=25, severity=("low",))


def _pdf(_host: Node) -> bytes:
    return mail.message(mail.pdf_part())


def _text(_host: Node) -> bytes:
    return mail.message()


def _to_mssante(lab: Lab, *, attached: bool) -> None:
    """An operator's server that takes mail in clear, which none should."""
    mail.postfix(lab["mssante"])
    mail.msmtp(
        lab["medecin"],
        "smtp.medecin.mssante.fr",
        _pdf(lab["medecin"]) if attached else _text(lab["medecin"]),
        to=MSSANTE,
    )


def _inside(lab: Lab) -> None:
    """The switch also shows the port of the practice's own server."""
    network.mirror("nas")
    mail.postfix(lab["nas"])
    mail.swaks(lab["scanner"], lab["nas"].ip, attach=mail.pdf(lab["scanner"]))


SCENARIOS = (
    Scenario(
        name="mail_class_mssante_clear",
        text="A mail with a PDF to an MSSanté operator, in clear: worse than ordinary mail.",
        act=partial(_to_mssante, attached=True),
        told=(
            Told(
                "mail",
                "smtp",
                "transfer",
                device="medecin",
                peer="mssante",
                port=25,
                severity=("critical",),
                evidence=ONE,
            ),
        ),
        seen=(Seen("tcp", 25, "medecin", "mssante", out=8_000),),
        good=(),
    ),
    Scenario(
        name="mail_class_mssante_clear_text",
        text="The same without attachment.",
        act=partial(_to_mssante, attached=False),
        told=(Told("exposure", "smtp", "event", device="medecin", peer="mssante", severity=("high",)),),
        seen=(Seen("tcp", 25, "medecin", "mssante", out=300),),
    ),
    _clear(
        "mssante_recipient",
        "A PDF for an MSSanté address by an ordinary server, in clear.",
        _pdf,
        _mail("critical", evidence=ONE),
        to=MSSANTE,
    ),
    _clear("smime_enveloped", "S/MIME, encrypted by openssl: low.", mail_sealed.smime_enveloped, _mail("low")),
    _clear(
        "smime_signed",
        "S/MIME, signed only, with a PDF: as any other.",
        mail_sealed.smime_signed,
        _mail("high", evidence=ONE),
    ),
    _clear(
        "smime_signed_opaque",
        "The same, within the signature.",
        partial(mail_sealed.smime_signed, opaque=True),
        _mail("high", evidence=ONE),
    ),
    _clear(
        "smime_signed_text", "A signature is no attachment.", partial(mail_sealed.smime_signed, attached=False), EXPOSED
    ),
    _clear("pgp_mime", "PGP/MIME, encrypted by gpg: low.", mail_sealed.pgp_mime, _mail("low")),
    _clear(
        "zip_locked",
        "A ZIP with a password: low, probable.",
        partial(mail_sealed.zipped, locked=True),
        _mail("low", "probable", evidence=ONE),
    ),
    _clear(
        "zip_open",
        "A ZIP without one: as any other.",
        partial(mail_sealed.zipped, locked=False),
        _mail("high", evidence=ONE),
    ),
    _clear(
        "pdf_locked",
        "A PDF with a password: low, probable.",
        partial(mail_sealed.pdf, locked=True),
        _mail("low", "probable", evidence=ONE),
    ),
    _clear(
        "pdf_open",
        "A PDF without one: as any other.",
        partial(mail_sealed.pdf, locked=False),
        _mail("high", evidence=ONE),
    ),
    _clear("claim", "A lot of claims to the health insurance: low.", mail_sealed.claim, _mail("low")),
    _clear(
        "apicrypt",
        "What Apicrypt sealed, to its recipient: low.",
        mail_sealed.apicrypt,
        _mail("low"),
        to=mail_sealed.APICRYPT,
    ),
    _clear(
        "apicrypt_open",
        "A PDF that nobody sealed, to such a recipient: as any other.",
        _pdf,
        _mail("high", evidence=ONE),
        to=mail_sealed.APICRYPT,
    ),
    Scenario(
        name="mail_class_inside",
        text="A scanner sends a PDF to the practice's own server, in clear: it does not leave, so it weighs less.",
        act=_inside,
        told=(
            Told("mail", "smtp", "transfer", device="scanner", peer="nas", port=25, severity=("medium",), evidence=ONE),
        ),
        seen=(Seen("tcp", 25, "scanner", "nas", out=8_000),),
    ),
)
