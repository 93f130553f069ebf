"""What the relay says when mails do not leave and a person must look: alerts of the category `health`, in its own store.

One an episode, or a day for each recipient that is refused. They are shown on the page and never mailed: that mail would not leave either.
"""

from enum import StrEnum

from sensor.detect.alert import Alert, Severity, Words
from sensor.store.health import Spoken, of_the_box


class Need(StrEnum):
    """What a person must look at: the alert's rule."""

    TLS = "mail-tls"
    PASSWORD = "mail-password"  # noqa: S105 - a word of the alert's rule
    SENDER = "mail-sender"
    ANSWER = "mail-server"
    CERTIFICATE = "mail-certificate"
    REFUSED = "mail-refused"
    LONG = "mail-waiting"


RULES = frozenset(Need)
"""Rules whose alerts are never mailed."""

_FR_ADVICE = (
    "Prévenez la personne qui s’occupe de Vigie : « vigie relay --outbox » montre ce qui attend, « vigie setup mail » refait le "
    "réglage. Rien n’est perdu : les messages partiront dès que ce sera réparé."
)
_EN_ADVICE = (
    "Tell whoever looks after Vigie: “vigie relay --outbox” shows what waits, “vigie setup mail” sets it up again. Nothing is "
    "lost: the mails will leave once it is mended."
)
_FR_REFUSED = (
    "Vérifiez l’adresse dans vigie.yml. Ce message ne partira plus ; ce qu’il disait est dans le tableau de bord."
)
_EN_REFUSED = "Check the address in vigie.yml. This mail will not be sent again; what it said is on the dashboard."
_FR = {
    Need.TLS: ("Vigie n’envoie plus de courriels : la connexion chiffrée au serveur est refusée", "Une connexion chiffrée, un certificat reconnu"),
    Need.PASSWORD: ("Vigie n’envoie plus de courriels : le serveur refuse son mot de passe", "Un mot de passe accepté"),
    Need.SENDER: ("Vigie n’envoie plus de courriels : le serveur refuse son adresse d’expéditeur", "Une adresse d’expéditeur acceptée"),
    Need.ANSWER: ("Vigie n’envoie plus de courriels : le serveur ne veut pas de cette connexion", "Un serveur qui accepte les envois"),
    Need.CERTIFICATE: ("Les courriels d’un destinataire attendent : son certificat ne peut pas servir", "Un certificat qui permet de chiffrer"),
    Need.REFUSED: ("Un courriel de Vigie a été refusé définitivement", "Un message accepté"),
    Need.LONG: ("Des courriels de Vigie attendent depuis plus d’un jour", "Des courriels partis en quelques minutes"),
}  # fmt: skip
_EN = {
    Need.TLS: ("Vigie sends no mails: the encrypted connection to the server fails", "An encrypted connection, a trusted certificate"),
    Need.PASSWORD: ("Vigie sends no mails: the server refuses its password", "A password that is accepted"),
    Need.SENDER: ("Vigie sends no mails: the server refuses its sender address", "A sender address that is accepted"),
    Need.ANSWER: ("Vigie sends no mails: the server does not want this connection", "A server that takes mails"),
    Need.CERTIFICATE: ("A recipient's mails wait: their certificate cannot be used", "A certificate that can encrypt"),
    Need.REFUSED: ("A mail of Vigie's was refused for good", "A mail that is taken"),
    Need.LONG: ("Mails of Vigie's have been waiting for more than a day", "Mails that leave within minutes"),
}  # fmt: skip


def health(need: Need, since: int, text: str, subject: str = "") -> Alert:
    """`since`: when it began, in nanoseconds since the epoch; `text`: the server's words; `subject`: what else tells two apart."""
    refused = need is Need.REFUSED
    spoken = Spoken(
        Severity.MEDIUM if refused else Severity.HIGH,
        Words(_FR[need][0], _FR_REFUSED if refused else _FR_ADVICE, _FR[need][1], f"Réponse du serveur : {text}."),
        Words(_EN[need][0], _EN_REFUSED if refused else _EN_ADVICE, _EN[need][1], f"The server's answer: {text}."),
    )
    return of_the_box(f"{need}\x1f{subject}\x1f{since}", need, since, spoken, {"answer": text})
