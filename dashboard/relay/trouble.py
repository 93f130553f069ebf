"""What the relay says when a person must look at InfluxDB: one alert of the category `health` an episode, in its own store."""

from hashlib import sha256

from dashboard.influx.client import Need
from sensor.detect.alert import (
    Alert,
    AlertDevice,
    AlertPeer,
    Category,
    Confidence,
    Nature,
    Severity,
    Words,
)

_FR_ADVICE = "Prévenez la personne qui s’occupe de Vigie : « vigie doctor influx » dit ce qui manque. Rien n’est perdu entre-temps."
_EN_ADVICE = "Tell whoever looks after Vigie: “vigie doctor influx” says what is missing. Nothing is lost meanwhile."
_FR = {
    Need.TOKEN: ("InfluxDB refuse le jeton de Vigie", "Un jeton qui permet d’écrire"),
    Need.BUCKET: (
        "Il manque à InfluxDB une organisation ou un compartiment de Vigie",
        "Les trois compartiments de Vigie",
    ),
    Need.TLS: ("L’identité du serveur InfluxDB n’est pas sûre", "Un certificat reconnu"),
    Need.ANSWER: ("InfluxDB répond autrement que prévu", "Un serveur InfluxDB 2 à cette adresse"),
}
_EN = {
    Need.TOKEN: ("InfluxDB refuses Vigie's token", "A token that may write"),
    Need.BUCKET: ("InfluxDB lacks the organisation or a bucket of Vigie's", "Vigie's three buckets"),
    Need.TLS: ("The InfluxDB server cannot be identified", "A certificate that can be verified"),
    Need.ANSWER: ("InfluxDB answers otherwise than expected", "An InfluxDB 2 server at this address"),
}


def health(need: Need, since: int, text: str) -> Alert:
    """`since`: when the episode began, in nanoseconds since the epoch; `text`: InfluxDB's words, without points or tokens."""
    return Alert(
        id=sha256(f"{need}\x1f{since}".encode()).hexdigest()[:20],
        rule=need.value,
        category=Category.HEALTH,
        app=None,
        nature=Nature.EVENT,
        severity=Severity.MEDIUM,
        confidence=Confidence.CERTAIN,
        first_seen=since,
        last_seen=since,
        count=1,
        device=AlertDevice("", name="Vigie"),
        peer=AlertPeer(None),
        bytes_out=0,
        bytes_in=0,
        packets=0,
        community_id=None,
        evidence=(("answer", text),),
        legal=(),
        fr=Words(_FR[need][0], _FR_ADVICE, _FR[need][1], f"Réponse du serveur : {text}."),
        en=Words(_EN[need][0], _EN_ADVICE, _EN[need][1], f"The server's answer: {text}."),
    )
