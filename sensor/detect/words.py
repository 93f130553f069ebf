"""Sentences of an alert: a rule's texts with the alert's facts said in words, in French and in English.

Called when an alert is new or has grown; said when somebody reads them, since most of what grows has grown again before that.
`{device}` is left standing: who may read the device's name is decided on display. Values come from the wire, so their braces are
taken out.
"""

from collections.abc import Callable, Mapping
from dataclasses import astuple
from typing import Any
from zoneinfo import ZoneInfo

from sensor.detect.alert import AlertPeer, Value, Words
from sensor.detect.catalogue import Catalogue
from sensor.detect.register import local_time
from sensor.detect.telling import Texts
from sensor.frozen import frozen

_UNNAMED = ("", "application/octet-stream", "application/*")
"""Media types that say nothing."""


@frozen
class Told:
    """What sentences are made of."""

    app: str | None
    peer: AlertPeer
    facts: Mapping[str, Value]
    count: int
    bytes_out: int
    bytes_in: int
    first_seen: int


class Speaker:
    """Puts facts into sentences."""

    def __init__(self, catalogue: Catalogue, zone: ZoneInfo) -> None:
        self._catalogue = catalogue
        self._zone = zone

    def say(self, texts: Texts, language: str, told: Told) -> Words:
        return _Sayable(texts, lambda: _Phrases(self._catalogue, language, self._zone, told))


class _Sayable(Words):
    """`Words` that are put together the first time one of them is asked for."""

    __slots__ = ("_phrases", "_texts")
    _phrases: "Callable[[], _Phrases]"
    _texts: Texts

    def __init__(self, texts: Texts, phrases: "Callable[[], _Phrases]") -> None:
        object.__setattr__(self, "_texts", texts)
        object.__setattr__(self, "_phrases", phrases)

    def __getattr__(self, name: str) -> str:  # only of a slot that is still empty
        if name not in Words.__slots__:
            raise AttributeError(name)
        phrases = self._phrases()
        for which in Words.__slots__:
            object.__setattr__(self, which, getattr(self._texts, which).format_map(phrases))
        return str(object.__getattribute__(self, name))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and astuple(self) == astuple(other)

    def __hash__(self) -> int:
        return hash(astuple(self))

    def __reduce__(self) -> tuple[type[Words], tuple[str, ...]]:
        return Words, astuple(self)


class _Phrases(dict[str, str]):
    """Each placeholder said when a text asks for it."""

    def __init__(self, catalogue: Catalogue, language: str, zone: ZoneInfo, told: Told) -> None:
        super().__init__(device="{device}")
        self._catalogue = catalogue
        self._language = language
        self._forms: Mapping[str, Any] = catalogue.phrases[language]
        self._zone = zone
        self.told = told

    def __missing__(self, name: str) -> str:
        text = _SAID[name](self).replace("{", "(").replace("}", ")")
        self[name] = text
        return text

    def fact(self, name: str) -> Value | None:
        return self.told.facts.get(name)

    def peer(self) -> str:
        peer = self.told.peer
        return peer.host or peer.ip or self._forms["somewhere"]

    def app(self) -> str:
        listed = self.fact("list_name")
        if listed is not None and self.told.app is not None:
            return str(listed)
        return self._catalogue.app(self.told.app, self._language) if self.told.app else str(listed or self.peer())

    def counted(self, phrase: str, number: int) -> str:
        forms = self._forms[phrase]
        form: str = forms["none" if number == 0 else "one" if number == 1 else "many"]
        return form.format(n=number)

    def attachments(self) -> str:
        return self.counted("attachments", int(self.fact("attachments") or 0))

    def sealed(self) -> str:
        return self.counted("sealed", int(self.fact("attachments") or 0))

    def types(self) -> str:
        """Extensions, which people know, before media types; of bytes that nobody named only that."""
        if self.fact("extensions"):
            return self.listing("extensions")
        named = [kind for kind in str(self.fact("mime_types") or "").split(", ") if kind not in _UNNAMED]
        return ", ".join(named) or str(self._forms["unknown_type"])

    def times(self) -> str:
        return self.counted("times", self.told.count)

    def listing(self, *names: str) -> str:
        return ", ".join(str(self.fact(name)) for name in names if self.fact(name)) or "?"

    def size(self, number: int) -> str:
        forms = self._forms["size"]
        value, unit = float(number), 0
        while value >= 1000 and unit < len(forms["units"]) - 1:
            value /= 1000
            unit += 1
        text = f"{value:.1f}".removesuffix(".0") if unit and value < 100 else f"{value:.0f}"
        return f"{text.replace('.', forms['decimal'])} {forms['units'][unit]}"

    def start(self) -> str:
        return f"{local_time(self.told.first_seen, self._zone):%H:%M}"

    def duration(self) -> str:
        forms = self._forms["duration"]
        minutes = int(float(self.fact("duration") or 0) // 60)
        if minutes == 0:
            return str(forms["short"])
        form: str = forms["minutes" if minutes < 60 else "hours"]
        return form.format(n=minutes, h=minutes // 60, m=minutes % 60)

    def contract(self) -> str:
        form: str = self._forms["contract"][str(self.fact("contract") or "none")]
        reference, provider = self.fact("contract_reference"), self.fact("contract_provider")
        return form.format(reference=reference, provider=provider)

    def listed(self) -> str:
        forms = self._forms["listed"]
        if self.fact("list_source") is None:
            return str(forms["none"])
        form: str = forms["unsure" if self.fact("list_confidence") == "knowledge" else "sure"]
        date = str(self.fact("list_date"))
        year, _, rest = date.partition("-")
        month, _, day = rest.partition("-")
        return form.format(source=self.fact("list_source"), date=date, y=year, m=month, d=day)


_SAID: Mapping[str, Callable[[_Phrases], str]] = {
    "peer": _Phrases.peer,
    "app": _Phrases.app,
    "attachments": _Phrases.attachments,
    "sealed": _Phrases.sealed,
    "types": _Phrases.types,
    "domains": lambda p: p.listing("recipient_domains"),
    "sent": lambda p: p.size(p.told.bytes_out),
    "received": lambda p: p.size(p.told.bytes_in),
    "times": _Phrases.times,
    "start": _Phrases.start,
    "duration": _Phrases.duration,
    "port": lambda p: p.listing("port"),
    "threshold": lambda p: p.size(int(p.fact("threshold") or 0)),
    "contract": _Phrases.contract,
    "listed": _Phrases.listed,
    "version": lambda p: p.listing("version"),
}
