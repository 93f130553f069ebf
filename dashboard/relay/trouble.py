"""What the relay says when a person must look at InfluxDB: one alert of the category `health` an episode, in its own store."""

from dashboard.influx.client import Need
from sensor.detect.alert import Alert, Severity, Words
from sensor.store.health import Spoken, of_the_box

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
    spoken = Spoken(
        Severity.MEDIUM,
        Words(_FR[need][0], _FR_ADVICE, _FR[need][1], f"Réponse du serveur : {text}."),
        Words(_EN[need][0], _EN_ADVICE, _EN[need][1], f"The server's answer: {text}."),
    )
    return of_the_box(f"{need}\x1f{since}", need, since, spoken, {"answer": text})
