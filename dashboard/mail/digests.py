"""Several alerts in one letter: grouped by cause, the most serious first. Called by `dashboard.mail.telling`.

A cause is a rule and an app: ten posts with the same trouble are one line. `Digest` takes alerts one by one and keeps only what
it will say, so that ten thousand of them cost no memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dashboard.mail.alerts import attached, titled
from dashboard.mail.message import Letter
from dashboard.mail.sheet import Block, Sheet
from dashboard.mail.writing import Writer, shown
from sensor.detect.alert import Alert
from sensor.store.table import SEVERITY_RANK

_LINES = 30
_DEVICES = 1_000
_KEPT = 200  # alerts attached as JSON


@dataclass(slots=True)
class _Cause:
    """The worst alert of one, and how much there is beside it."""

    worst: Alert
    first: int
    last: int
    count: int = 0
    running: bool = False
    devices: set[str] = field(default_factory=set)

    def add(self, alert: Alert) -> None:
        self.count += 1
        self.first, self.last = min(self.first, alert.first_seen), max(self.last, alert.last_seen)
        self.running |= alert.nature == "session" and not alert.ended
        if len(self.devices) < _DEVICES:
            self.devices.add(alert.device.mac or alert.device.ip)
        if SEVERITY_RANK[alert.severity] > SEVERITY_RANK[self.worst.severity]:
            self.worst = alert


class Digest:
    """What one digest will say."""

    def __init__(self, alerts: Iterable[Alert] = ()) -> None:
        self._causes: dict[tuple[str, str | None], _Cause] = {}
        self._kept: list[Alert] = []
        self.count = 0
        for alert in alerts:
            self.add(alert)

    def add(self, alert: Alert) -> None:
        key = (alert.rule, alert.app)
        if key not in self._causes:
            self._causes[key] = _Cause(alert, alert.first_seen, alert.last_seen)
        self._causes[key].add(alert)
        self.count += 1
        if len(self._kept) < _KEPT:
            self._kept.append(alert)

    def letter(self, writer: Writer, name: str, *, over: int = 0) -> Letter:
        """`over`: how many of them are here because the day's cap was reached."""
        say = writer.say
        causes = sorted(
            self._causes.values(), key=lambda one: (-SEVERITY_RANK[one.worst.severity], -one.count, one.worst.rule)
        )
        worst = writer.view(causes[0].worst)
        count = writer.number(self.count)
        blocks = [Block(paragraphs=(say("digest.over", cap=writer.number(writer.post.mail.most_a_day), n=writer.number(over)),))] if over else []  # fmt: skip
        points = tuple(_line(writer, cause) for cause in causes[:_LINES])
        more = len(causes) - _LINES
        cut = (say.counted("digest.cut", more, n=writer.number(more)),) if more > 0 else ()
        blocks.append(Block(say("digest.by_cause"), points=points, paragraphs=()))
        if cut:
            blocks.append(Block(paragraphs=cut))
        blocks.append(Block(say("digest.advice"), paragraphs=(shown(worst.title) + ".", *map(shown, worst.advice))))
        sheet = Sheet(
            lead=say.counted("digest.lead", self.count, n=count),
            kicker=say("digest.kicker", when=writer.moment(writer.now)),
            mood=worst.severity,
            blocks=tuple(blocks),
            link=writer.link(),
        )
        return Letter(
            name=name,
            kind="digest",
            about="",
            subject=say.counted("digest.subject", self.count, n=count),
            sheet=writer.finished(sheet),
            lang=writer.to.language,
            attachments=attached(writer, self._kept),
        )


def _line(writer: Writer, cause: _Cause) -> str:
    say, view = writer.say, writer.view(cause.worst)
    others = len(cause.devices) - 1
    more = say.counted("digest.more_devices", others, n=writer.number(others)) if others else ""
    when = say("digest.at", when=writer.moment(cause.last))
    if cause.count > 1:
        when = say("digest.between", first=writer.moment(cause.first), last=writer.moment(cause.last))
    line = say(
        "digest.line",
        severity=view.severity_word,
        title=titled(view),
        more=more,
        times=say.counted("digest.times", cause.count, n=writer.number(cause.count)),
        when=when,
    )
    return shown(line) + (say("digest.running") if cause.running and view.running else "")
