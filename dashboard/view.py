"""An alert as a page shows it: sentences and words of one language, names as the privacy level allows. Pure.

Called by the inbox and the alert's page. Whatever came from the network is bounded and free of control characters here;
Jinja escapes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from ipaddress import ip_address
from itertools import groupby
from zoneinfo import ZoneInfo

from dashboard import formats
from dashboard.privacy import Privacy
from dashboard.texts import Lang, Texts
from sensor.detect.alert import Alert, Legal, Value
from sensor.store.days import day_of

_SENTENCE = 400
_SECOND = 1_000_000_000
_RUNNING = 1800 * _SECOND  # past that, a session whose end was not seen is not called running


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the facts; `when` makes it a <time>."""

    name: str
    value: str
    when: str | None = None


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert, ready to be laid out. `severity` and `category` are the words of the contract, for shapes and styles."""

    id: str
    title: str
    severity: str
    severity_word: str
    category: str
    category_word: str
    confidence: str
    device: str
    peer: str
    inbound: bool
    when: str
    when_iso: str
    count: int
    times: str
    sent: str
    running: bool
    ended: bool
    advice: tuple[str, ...]
    expected: str
    seen: str
    facts: tuple[Fact, ...]
    legal: tuple[Legal, ...]
    technical: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Viewer:
    """In which language, zone and privacy things are shown, and which day is today."""

    texts: Texts
    zone: ZoneInfo
    privacy: Privacy
    today: date
    now: int

    def day_word(self, day: date) -> str:
        word = formats.day(day, self.texts.lang, self.today)
        return word[0].upper() + word[1:]

    def by_day(self, alerts: Iterable[Alert]) -> list[tuple[str, list[AlertView]]]:
        """Alerts in the order given, under the days on which they were last seen."""
        groups = groupby(alerts, lambda alert: day_of(alert.last_seen, self.zone))
        return [(self.day_word(day), [self.alert(alert) for alert in group]) for day, group in groups]

    def alert(self, alert: Alert) -> AlertView:
        t, lang = self.texts, self.texts.lang
        shown = self.privacy.shown(alert, lang)
        words = shown.fr if lang == "fr" else shown.en
        device = formats.bounded(self.privacy.device(alert.device, lang), 80)

        def sentence(text: str) -> str:
            return formats.bounded(text.replace("{device}", device), _SENTENCE)

        return AlertView(
            id=alert.id,
            title=_capital(sentence(words.title)),
            severity=alert.severity.value,
            severity_word=t(f"severity.{alert.severity}"),
            category=alert.category.value,
            category_word=t(f"category.{alert.category}"),
            confidence=t(f"confidence.{alert.confidence}"),
            device=device,
            peer=formats.bounded(shown.peer.host or shown.peer.ip or "", 80),
            inbound=("direction", "inbound") in alert.evidence,
            when=formats.clock(alert.last_seen, self.zone, lang),
            when_iso=formats.iso(alert.last_seen, self.zone),
            count=alert.count,
            times=t.counted("inbox.times", alert.count, n=formats.number(alert.count, lang)),
            sent=formats.size(alert.bytes_out, lang) if alert.bytes_out else "",
            running=alert.nature == "session" and not alert.ended and self.now - alert.last_seen < _RUNNING,
            ended=alert.ended,
            advice=tuple(sentence(part) for part in words.advice.split("\n") if part.strip()),
            expected=sentence(words.expected),
            seen=sentence(words.seen),
            facts=tuple(self._facts(shown, device)),
            legal=tuple(self._legal(one) for one in alert.legal),
            technical=tuple(self._technical(shown)),
        )

    def _legal(self, one: Legal) -> Legal:
        """Its topic in the reader's language."""
        return replace(one, topic=one.topic_en or one.topic) if self.texts.lang == "en" else one

    def _facts(self, shown: Alert, device: str) -> Iterable[Fact]:
        """What a secretary may want to know, in the order of the questions: who, with whom, when, how much."""
        t, lang = self.texts, self.texts.lang
        peer, evidence = shown.peer, dict(shown.evidence)
        yield from self._device_facts(shown, device)
        if peer.host or peer.ip:
            yield Fact(t("alert.peer"), formats.bounded(peer.host or peer.ip or "", 253))
        if peer.hds:
            yield Fact(t("alert.hds"), t(f"hds.{peer.hds}"))
        if peer.country:
            yield Fact(t("alert.country"), formats.bounded(peer.country, 40))
        yield self._moment("alert.first_seen", shown.first_seen)
        yield self._moment("alert.last_seen", shown.last_seen)
        lasted = (shown.last_seen - shown.first_seen) / _SECOND
        if lasted >= 1 and "duration" not in evidence:
            yield Fact(t("alert.lasted"), formats.duration(lasted, lang))
        yield Fact(t("alert.count"), formats.number(shown.count, lang))
        yield Fact(t("alert.bytes_out"), formats.size(shown.bytes_out, lang))
        yield Fact(t("alert.bytes_in"), formats.size(shown.bytes_in, lang))
        for name, value in shown.evidence:
            if f"fact.{name}" in t.words:
                yield Fact(t(f"fact.{name}"), self._value(name, value))

    def _device_facts(self, shown: Alert, device: str) -> Iterable[Fact]:
        t = self.texts
        yield Fact(t("alert.device"), device)
        if self.privacy.full:
            address = " · ".join(part for part in (shown.device.ip, shown.device.mac) if part)
            yield Fact(t("alert.address"), formats.bounded(address))
        if shown.device.host_name:
            yield Fact(t("alert.host_name"), formats.bounded(shown.device.host_name, 80))
        if shown.device.vendor_class:
            yield Fact(t("alert.vendor_class"), formats.bounded(shown.device.vendor_class, 80))
        if shown.device.vendor or shown.device.mac_random:
            yield Fact(t("alert.vendor"), formats.bounded(shown.device.vendor or t("alert.mac_random")))

    def _technical(self, shown: Alert) -> Iterable[Fact]:
        """The rest: for whoever sets the box up, and for the DPO's file."""
        t, peer = self.texts, shown.peer
        if shown.app:
            yield Fact(t("alert.app"), formats.bounded(shown.app))
        if peer.ip:
            yield Fact(t("alert.peer_address"), _with_port(formats.bounded(peer.ip, 80), peer.port))
        if peer.host and peer.host_source:
            yield Fact(
                t("alert.host_source"), t.get(f"host_source.{peer.host_source}", formats.bounded(peer.host_source))
            )
        yield Fact(t("alert.packets"), formats.number(shown.packets, t.lang))
        for name, value in shown.evidence:
            if f"fact.{name}" not in t.words:
                yield Fact(formats.bounded(name.replace("_", " "), 60), self._value(name, value))
        yield Fact(t("alert.rule"), formats.bounded(shown.rule))
        yield Fact(t("alert.id"), formats.bounded(shown.id))
        if shown.community_id:
            yield Fact(t("alert.community_id"), formats.bounded(shown.community_id))

    def _moment(self, key: str, ns: int) -> Fact:
        lang = self.texts.lang
        day = formats.day(day_of(ns, self.zone), lang, self.today)
        return Fact(self.texts(key), f"{day}, {formats.clock(ns, self.zone, lang)}", formats.iso(ns, self.zone))

    def _value(self, name: str, value: Value) -> str:
        lang = self.texts.lang
        if isinstance(value, bool):
            return self.texts("value.yes" if value else "value.no")
        if name == "hds_list_date":
            return _date(str(value), lang)
        if isinstance(value, str):
            return self.texts.get(f"value.{value}", formats.bounded(value, _SENTENCE))
        if "bytes" in name or name.endswith("size") or name == "threshold":
            return formats.size(int(value), lang)
        if name in ("duration", "window") or name.endswith("_seconds"):
            return formats.duration(value, lang)
        return formats.number(value, lang, 0 if float(value).is_integer() else 1)


def _date(text: str, lang: Lang) -> str:
    """A list's day, as one says it."""
    try:
        return formats.full_day(date.fromisoformat(text), lang)
    except ValueError:
        return formats.bounded(text, 20)


def _capital(text: str) -> str:
    """A sentence that opens with a pseudonym opens with a capital."""
    return text[:1].upper() + text[1:]


def _with_port(ip: str, port: int | None) -> str:
    if port is None:
        return ip
    try:
        bracketed = ip_address(ip).version == 6
    except ValueError:  # a pseudonym stands there
        return f"{ip}, port {port}"
    return f"[{ip}]:{port}" if bracketed else f"{ip}:{port}"
