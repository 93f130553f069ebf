"""A calendar month of the practice: where it begins and ends on the clocks that wall time and stores use. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from sensor.store.days import minutes_of

_WRITTEN = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month such as 2026-10. Its hours are counted, since two months of a year have days of 23 or 25."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Errors: ValueError with a sentence."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(f"{text}: a month is wanted, such as 2026-10")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, ns: int, zone: ZoneInfo) -> Self:
        """The practice's month in which this moment falls (nanoseconds since the epoch)."""
        day = datetime.fromtimestamp(ns // 1_000_000_000, UTC).astimezone(zone).date()
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def before(self) -> "Month":
        last = self.first - timedelta(days=1)
        return Month(last.year, last.month)

    @property
    def after(self) -> "Month":
        year, number = divmod(self.year * 12 + self.number, 12)
        return Month(year, number + 1)

    def days(self) -> list[date]:
        count = (self.after.first - self.first).days
        return [self.first + timedelta(days=n) for n in range(count)]

    def minutes(self, zone: ZoneInfo) -> tuple[int, int]:
        """(first epoch minute, first one after the month)."""
        return minutes_of(self.first, zone)[0], minutes_of(self.after.first, zone)[0]
