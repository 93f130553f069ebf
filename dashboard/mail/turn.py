"""One recipient's turn within one commit: which alert gets a mail now, which waits and until when. Called by `dashboard.mail.telling`."""

from collections.abc import Iterable, Sequence

from dashboard.mail.alerts import alert_letter, ended_letter
from dashboard.mail.message import Letter
from dashboard.mail.outbox import queue
from dashboard.mail.post import Post, key_of
from dashboard.mail.when import When
from dashboard.mail.writing import Writer
from sensor.detect.alert import Alert, Severity
from sensor.store.mailing import Mailing, Told
from sensor.store.requests import MAIL_TEST
from sensor.store.table import SEVERITY_RANK

HELD = 600 * 1_000_000_000
"""How long the next mail of a cause waits, unless it is critical."""
_DAY = 86_400_000_000_000
_CAPPED = ("alert", "ended", "digest")


class Turn:
    """One recipient's turn within one commit."""

    def __init__(self, post: Post, when: When, mailing: Mailing, writer: Writer) -> None:
        self._post = post
        self._when = when
        self._mailing = mailing
        self._writer = writer
        self._key = key_of(writer.to)
        self._quiet = when.quiet_until(mailing.now)
        self._least = SEVERITY_RANK[writer.to.least]
        self._at_once = SEVERITY_RANK[post.mail.at_once]

    def tell(self, alerts: Iterable[Alert]) -> None:
        now: list[Alert] = []
        for alert in alerts:
            told, rank = self._mailing.told(alert.id, self._key), SEVERITY_RANK[alert.severity]
            if alert.rule == MAIL_TEST:
                if told is None:
                    self._test(alert)
            elif rank < self._least:
                continue
            elif told is None:
                if not self._waits(alert, rank):
                    now.append(alert)
            elif rank > told.severity and rank >= self._at_once:
                self._worse(alert, told)
            elif alert.ended and not told.ended and told.message:
                self._ended(alert, told)
        self.send(now)

    def send(self, alerts: Iterable[Alert]) -> None:
        """Mails of their own, one a cause, as far as the day's cap goes."""
        causes: dict[tuple[str, str | None], list[Alert]] = {}
        for alert in sorted(alerts, key=lambda one: (-SEVERITY_RANK[one.severity], one.first_seen, one.id)):
            causes.setdefault((alert.rule, alert.app), []).append(alert)
        for same in causes.values():
            critical = same[0].severity is Severity.CRITICAL
            if self.room(critical=critical) <= 0:
                self.over([one.id for one in same])
                for one in same:
                    self._told(one, "")
                continue
            before = self._mailing.last_of(self._key, _cause(same[0]))
            thread = before.message if before and self._mailing.now - before.moment < _DAY else ""
            message = self.put(alert_letter(self._writer, same, answers=thread, notice=self._notice()))
            for one in same:
                self._told(one, message)

    def put(self, letter: Letter) -> str:
        return queue(self._mailing, self._post, letter, self._writer.to)

    def room(self, *, critical: bool) -> int:
        """Mails that may still leave today. The last quarter is kept for what is critical."""
        cap = self._post.mail.most_a_day
        sent = self._mailing.count(self._key, self._when.day(self._mailing.now), _CAPPED)
        return cap - sent if critical else cap - cap // 4 - sent

    def over(self, alerts: Sequence[str]) -> None:
        """They wait for the one digest of a day that was too full."""
        for alert in alerts:
            self._mailing.pend(alert, self._key, "over", self._when.rest(self._mailing.now))

    def _waits(self, alert: Alert, rank: int) -> bool:
        """Whether it goes with a later mail."""
        now, critical = self._mailing.now, alert.severity is Severity.CRITICAL
        before = None if critical else self._mailing.last_of(self._key, _cause(alert))
        if rank < self._at_once:
            way, due = "digest", self._when.digest(now)
        elif self._quiet is not None and not critical:
            way, due = "quiet", self._quiet
        elif before is not None and now - before.moment < HELD:
            way, due = "held", before.moment + HELD
        else:
            return False
        self._mailing.pend(alert.id, self._key, way, due)
        self._told(alert, "")
        return True

    def _test(self, alert: Alert) -> None:
        """Neither quiet hours nor the cap hold it: somebody stands there and waits."""
        self._told(alert, self.put(alert_letter(self._writer, [alert])))

    def _worse(self, alert: Alert, told: Told) -> None:
        critical = alert.severity is Severity.CRITICAL
        self._told(alert, told.message)
        if self._quiet is not None and not critical:
            self._mailing.pend(alert.id, self._key, "quiet", self._quiet)
        elif self.room(critical=critical) <= 0:
            self.over([alert.id])
        else:
            self._mailing.drop(self._key, [alert.id])
            worse = bool(told.message)
            message = self.put(
                alert_letter(self._writer, [alert], answers=told.message, worse=worse, notice=self._notice())
            )
            self._told(alert, told.message or message)

    def _ended(self, alert: Alert, told: Told) -> None:
        self._told(alert, told.message)
        if self._quiet is not None:
            self._mailing.pend(alert.id, self._key, "quiet", self._quiet)
        elif self.room(critical=alert.severity is Severity.CRITICAL) <= 0:
            self.over([alert.id])
        else:
            self.put(ended_letter(self._writer, alert, told.message))

    def _notice(self) -> str:
        """What the last mails before the cap say of it."""
        say, cap = self._writer.say, self._post.mail.most_a_day
        when = self._writer.moment(self._when.rest(self._mailing.now))
        if self.room(critical=True) == 1:
            return say("mail.last_of_day", cap=self._writer.number(cap), when=when)
        if self.room(critical=False) == 1:
            return say("mail.last_but_critical", when=when)
        return ""

    def _told(self, alert: Alert, message: str) -> None:
        told = Told(SEVERITY_RANK[alert.severity], alert.ended, message, self._mailing.now)
        self._mailing.tell(alert.id, self._key, _cause(alert), told)


def _cause(alert: Alert) -> str:
    return "\x1f".join((alert.rule, alert.app or "", alert.device.mac or alert.device.ip))
