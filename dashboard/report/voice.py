"""How the report calls devices, moments and amounts: one language, one zone, one privacy level. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dashboard import formats
from dashboard.privacy import Privacy
from dashboard.report.texts import Words
from sensor.detect.alert import Alert

_SENTENCE, _NAME = 220, 40
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Voice:
    """One report's: what each alert looks like at this level is made once, by its id."""

    words: Words
    zone: ZoneInfo
    privacy: Privacy
    _shown: dict[tuple[str, str], Alert] = field(default_factory=dict, repr=False, compare=False)

    @property
    def lang(self) -> str:
        return self.words.lang

    def say(self, key: str, **values: str) -> str:
        return self.words(key, **values)

    def number(self, value: float, digits: int = 0) -> str:
        return formats.number(value, self.lang, digits)

    def size(self, count: int) -> str:
        return formats.size(count, self.lang)

    def hours(self, seconds: float) -> str:
        """Whole hours: "743 h"; minutes below two of them."""
        if seconds < 7200:
            return f"{round(seconds / 60)}{NBSP}min"
        return f"{self.number(seconds / 3600)}{NBSP}h"

    def percent(self, share: float) -> str:
        return self.number(100 * share, 1 if 0 < share < 0.0995 else 0)

    def day(self, when: date) -> str:
        """As a sentence says it: "vendredi 20 novembre"."""
        return formats.full_day(when, self.lang, year=False)

    def short(self, when: date) -> str:
        """For tables: "20/11" or "20 Nov"."""
        if self.lang == "fr":
            return f"{when.day:02}/{when.month:02}"
        return formats.full_day(when, "en", year=False).split(" ", 1)[1][: len(str(when.day)) + 4]

    def moment(self, ns: int) -> date:
        return datetime.fromtimestamp(ns // 1_000_000_000, self.zone).date()

    def iso(self, ns: int) -> str:
        return formats.iso(ns, self.zone)

    def device(self, ip: str, mac: str | None, given: str | None = None) -> str:
        return formats.bounded(self.privacy.name(ip, mac, self.lang, given), _NAME)

    def of(self, alert: Alert) -> str:
        """The alert's device."""
        return formats.bounded(self.privacy.device(alert.device, self.lang), _NAME)

    def shown(self, alert: Alert) -> Alert:
        key = (self.lang, alert.id)
        known = self._shown.get(key)
        if known is None:
            known = self._shown[key] = self.privacy.shown(alert, self.lang)
        return known

    def title(self, alert: Alert) -> str:
        return self._told(alert, "title")

    def advice(self, alert: Alert) -> str:
        """Its first sentences of advice, as many as fit."""
        return self._told(alert, "advice")

    def peer(self, alert: Alert) -> str:
        return formats.bounded(self.host(alert), _NAME)

    def host(self, alert: Alert) -> str:
        """The other end's name or address, as this level lets it be seen, at any length."""
        peer = self.shown(alert).peer
        return peer.host or peer.ip or ""

    def _told(self, alert: Alert, which: str) -> str:
        shown = self.shown(alert)
        text: str = getattr(shown.fr if self.lang == "fr" else shown.en, which)
        first = text.split("\n", 1)[0].replace("{device}", self.of(alert))
        told = _whole(formats.bounded(first, 2 * _SENTENCE))
        return told[:1].upper() + told[1:]


def _whole(text: str) -> str:
    """As many whole sentences as fit into a paragraph, at least the first."""
    end = text.rfind(". ", 0, _SENTENCE)
    return text if len(text) <= _SENTENCE or end < 0 else text[: end + 1]
