"""When a mail may leave: the digest's hours, quiet hours, the practice's day and week. Pure; times in nanoseconds since the epoch.

Local times are the practice's, across the changes of its clocks: 08:00 is 08:00 in winter and in summer.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sensor.detect.policy import Hours
from sensor.detect.policy_mail import Mail

_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class When:
    """The policy's hours. `quiet`: vigie.yml's quiet_hours."""

    mail: Mail
    zone: ZoneInfo
    quiet: Hours | None = None

    def quiet_until(self, now: int) -> int | None:
        """The end of the quiet hours that run; None outside of them."""
        local = self._local(now)
        if self.quiet is None or not self.quiet.hold(local.time()):
            return None
        return self._next(now, self.quiet.end)

    def digest(self, now: int) -> int:
        """When the next digest is due; not within quiet hours."""
        due = self._hour(now) if self.mail.hourly else self._next(now, self.mail.digest_at)
        return self.quiet_until(due) or due

    def rest(self, now: int) -> int:
        """When the one digest of a day that was too full is due: the next day's `digest_at`."""
        day = self._local(now).date() + timedelta(days=1)
        due = self._at(day, self.mail.digest_at)
        return self.quiet_until(due) or due

    def day(self, now: int) -> int:
        """When the practice's day began."""
        return self._at(self._local(now).date(), time())

    def week(self, now: int) -> tuple[date, int]:
        """The last weekly word that was due: the day after the week that it tells of, and when."""
        local = self._local(now)
        day = local.date() - timedelta(days=(local.weekday() - self.mail.weekly) % 7)
        due = self._at(day, self.mail.digest_at)
        if due > now:
            day -= timedelta(days=7)
            due = self._at(day, self.mail.digest_at)
        return day, due

    def _local(self, ns: int) -> datetime:
        return datetime.fromtimestamp(ns // _SECOND, self.zone)

    def _at(self, day: date, at: time) -> int:
        return int(datetime.combine(day, at, tzinfo=self.zone).timestamp()) * _SECOND

    def _next(self, now: int, at: time) -> int:
        """The next time that clocks show `at`, after now."""
        day = self._local(now).date()
        due = self._at(day, at)
        return due if due > now else self._at(day + timedelta(days=1), at)

    def _hour(self, now: int) -> int:
        return (now // (3600 * _SECOND) + 1) * 3600 * _SECOND
