"""The five figures of the first page, and which alerts each counts. Pure.

A figure counts what happened, not alerts: a scanner's forty mails are one alert and forty mails. The month before stands beside
it, unless nobody watched then.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dashboard.report.facts import Facts
from sensor.detect.alert import Alert, Category, Hds, Nature, Severity

_TOLD = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)


def to_look_at(alert: Alert) -> bool:
    """What asks something of somebody: not mere information."""
    return alert.severity in _TOLD


def clear_mail(alert: Alert) -> bool:
    """A mail with an attachment that crossed the wire in clear, whose content was not protected by itself."""
    return alert.category is Category.MAIL and alert.severity in _TOLD[1:]


def consumer(alert: Alert) -> bool:
    """A consumer messenger in use: presences and professional tools are information only."""
    return alert.category is Category.MESSAGING and to_look_at(alert) and alert.nature is not Nature.PRESENCE


def outside_register(alert: Alert) -> bool:
    """A remote session that no line of the contract register covers."""
    session = alert.category is Category.REMOTE and alert.nature is Nature.SESSION
    return session and dict(alert.evidence).get("contract") != "covered"


def unlisted(alert: Alert) -> bool:
    """Data sent to a host that is on no list of certified ones."""
    return alert.category is Category.UPLOAD and alert.peer.hds in (Hds.NOT_LISTED, Hds.UNKNOWN)


def _one(alert: Alert) -> int:  # noqa: ARG001  (every alert counts once)
    return 1


def _mails(alert: Alert) -> int:
    found = dict(alert.evidence).get("mails")
    return int(found) if found else alert.count


FIGURES: tuple[tuple[str, Callable[[Alert], bool], Callable[[Alert], int]], ...] = (
    ("alerts", to_look_at, _one),
    ("clear_mail", clear_mail, _mails),
    ("messaging", consumer, _one),
    ("remote", outside_register, _one),
    ("upload", unlisted, _one),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """`key` names it in the catalogue; `before` is None if the month before was not watched."""

    key: str
    now: int
    before: int | None


def figures(facts: Facts) -> tuple[Figure, ...]:
    def total(alerts: Iterable[Alert], counts: Callable[[Alert], bool], weigh: Callable[[Alert], int]) -> int:
        return sum(weigh(alert) for alert in alerts if counts(alert))

    return tuple(
        Figure(
            key,
            total(facts.alerts, counts, weigh),
            total(facts.earlier, counts, weigh) if facts.watched_before or facts.earlier else None,
        )
        for key, counts, weigh in FIGURES
    )
