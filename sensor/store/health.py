"""What the store says of itself: alerts of the category `health`. Called by the store's writer, within its own commits.

One a rule, subject and UTC day, like those that rules give; the words stand here because the store has them to say when
nothing else can be read any more.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from sensor.detect.alert import (
    Alert,
    AlertDevice,
    AlertPeer,
    Category,
    Confidence,
    Nature,
    Severity,
    Value,
    Words,
)

_DAY = 86_400_000_000_000


class Trouble(StrEnum):
    """The rule of the alert."""

    DAMAGED = "store-damaged"
    ALTERED = "journal-altered"
    FILLING = "disk-filling"
    FULL = "disk-full"
    CLOCK = "clock-not-set"


_SEVERITY = {
    Trouble.DAMAGED: Severity.CRITICAL,
    Trouble.ALTERED: Severity.CRITICAL,
    Trouble.FILLING: Severity.MEDIUM,
    Trouble.FULL: Severity.CRITICAL,
    Trouble.CLOCK: Severity.LOW,
}

_FR = {
    Trouble.DAMAGED: Words(
        "La mémoire de Vigie était abîmée",
        "Prévenez la personne qui s’occupe de Vigie : la carte ou le disque s’use peut-être. Le fichier abîmé est gardé à côté ; "
        "restaurez la dernière sauvegarde s’il manque des alertes.",
        "Un fichier intact au démarrage",
        "Fichier mis de côté : {file}. Alertes retrouvées : {alerts}. Entrées du journal perdues : {lost}.",
    ),
    Trouble.ALTERED: Words(
        "Le journal de Vigie n’est plus ce qui avait été écrit",
        "Prévenez le DPO : quelqu’un a modifié le journal, ou la carte est abîmée. Gardez la machine telle quelle et lancez "
        "« vigie verify ».",
        "Chaque entrée telle qu’elle a été signée",
        "Première entrée fautive : n° {entry} ({fault}).",
    ),
    Trouble.FILLING: Words(
        "Le disque de Vigie est bientôt plein",
        "Prévenez la personne qui s’occupe de Vigie : il faut faire de la place ou changer la carte.",
        "Un disque rempli à moins de 90 %",
        "Rempli à {percent} %.",
    ),
    Trouble.FULL: Words(
        "Le disque de Vigie est plein",
        "Faites de la place sans attendre. Les alertes sont encore gardées, mais le détail du trafic est raccourci.",
        "Un disque rempli à moins de 95 %",
        "Rempli à {percent} %.",
    ),
    Trouble.CLOCK: Words(
        "L’heure de Vigie n’est pas sûre",
        "Vérifiez que la box peut joindre un serveur de temps. Les heures affichées depuis le démarrage peuvent être fausses.",
        "Une horloge réglée par le réseau",
        "Horloge non synchronisée depuis le démarrage.",
    ),
}

_EN = {
    Trouble.DAMAGED: Words(
        "Vigie's memory was damaged",
        "Tell whoever looks after Vigie: the card or disk may be wearing out. The damaged file is kept beside the new one; "
        "restore the last backup if alerts are missing.",
        "An intact file at start",
        "File set aside: {file}. Alerts recovered: {alerts}. Journal entries lost: {lost}.",
    ),
    Trouble.ALTERED: Words(
        "Vigie's journal is no longer what was written",
        "Tell the DPO: somebody changed the journal, or the card is damaged. Leave the machine as it is and run “vigie verify”.",
        "Each entry as it was signed",
        "First bad entry: no. {entry} ({fault}).",
    ),
    Trouble.FILLING: Words(
        "Vigie's disk is nearly full",
        "Tell whoever looks after Vigie: room must be made, or the card changed.",
        "A disk less than 90% full",
        "{percent}% full.",
    ),
    Trouble.FULL: Words(
        "Vigie's disk is full",
        "Make room now. Alerts are still kept, but the detail of traffic is cut short.",
        "A disk less than 95% full",
        "{percent}% full.",
    ),
    Trouble.CLOCK: Words(
        "Vigie's clock cannot be trusted",
        "Check that the box reaches a time server. Hours shown since it started may be wrong.",
        "A clock set from the network",
        "Clock not synchronised since the start.",
    ),
}


def health(trouble: Trouble, now: int, facts: dict[str, Value] | None = None, *, subject: str = "") -> Alert:
    """The alert. `now`: nanoseconds since the epoch; `facts` fill the sentences; `subject`: what else tells two apart."""
    facts = facts or {}

    def filled(words: Words) -> Words:
        return replace(words, seen=words.seen.format_map(facts))

    spoken = Spoken(_SEVERITY[trouble], filled(_FR[trouble]), filled(_EN[trouble]))
    return of_the_box(f"{trouble}\x1f{subject}\x1f{now // _DAY}", trouble, now, spoken, facts)


@dataclass(frozen=True, slots=True)
class Spoken:
    """How grave it is, and its words."""

    severity: Severity
    fr: Words
    en: Words


def id_of(name: str) -> str:
    """The id of the box's alert of that name."""
    return sha256(name.encode()).hexdigest()[:20]


def of_the_box(name: str, rule: str, now: int, spoken: Spoken, facts: dict[str, Value]) -> Alert:
    """An alert that the box tells of itself; `name` is hashed to its id, `rule` its word."""
    return Alert(
        id=id_of(name),
        rule=str(rule),
        category=Category.HEALTH,
        app=None,
        nature=Nature.EVENT,
        severity=spoken.severity,
        confidence=Confidence.CERTAIN,
        first_seen=now,
        last_seen=now,
        count=1,
        device=AlertDevice("", name="Vigie"),
        peer=AlertPeer(None),
        bytes_out=0,
        bytes_in=0,
        packets=0,
        community_id=None,
        evidence=tuple(facts.items()),
        legal=(),
        fr=spoken.fr,
        en=spoken.en,
    )
