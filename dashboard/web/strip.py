"""The strip that says whether the box sees: one sentence, one piece of advice, a few figures. Pure."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dashboard import formats
from dashboard.sources import Coverage, Sight
from dashboard.texts import Texts

_SECOND = 1_000_000_000
_DROPS_MATTER = 0.001  # a packet in a thousand lost may hide an alert


@dataclass(frozen=True, slots=True)
class Strip:
    """`mood` is for the shape and colour: "good", "warn", "bad" or "idle"."""

    mood: str
    sentence: str
    advice: str
    figures: tuple[str, ...]


def strip(coverage: Coverage, now: int, zone: ZoneInfo, t: Texts, *, demo: bool = False) -> Strip:
    sight = coverage.sight
    newest = coverage.last_packet or coverage.started or now
    since = formats.duration((now - newest) / _SECOND, t.lang)
    share = coverage.drops / (coverage.packets + coverage.drops) if coverage.drops else 0.0
    if sight is Sight.SEEING:
        mood = "warn" if share > _DROPS_MATTER else "good"
        return Strip(mood, t("strip.seeing"), "", _figures(coverage, share, now, zone, t))
    if sight is Sight.ENDED and demo:
        return Strip("idle", t("strip.replayed"), t("strip.replayed_advice"), ())
    sentence = t(f"strip.{sight}", since=since) if sight in (Sight.SILENT, Sight.LOST) else t(f"strip.{sight}")
    mood = "bad" if sight in (Sight.SILENT, Sight.LOST) else "idle"
    figures = () if sight is Sight.NEVER else _figures(coverage, share, now, zone, t)[1:]
    return Strip(mood, sentence, t(f"strip.{sight}_advice"), figures)


def _figures(coverage: Coverage, share: float, now: int, zone: ZoneInfo, t: Texts) -> tuple[str, ...]:
    lang = t.lang
    slow = coverage.packets_per_second < 9.5
    rate = t("strip.rate", rate=formats.number(coverage.packets_per_second, lang, 1 if slow else 0))
    if coverage.last_packet is None:
        last = t("strip.no_packet")
    else:
        last = t("strip.last", since=formats.duration((now - coverage.last_packet) / _SECOND, lang))
    if coverage.drops:
        percent = formats.number(max(share * 100, 0.01), lang, 2)
        drops = t.counted("strip.drops", coverage.drops, n=formats.number(coverage.drops, lang), share=percent)
    else:
        drops = t("strip.no_drops")
    figures = [rate, last, drops]
    if coverage.started is not None:
        when = formats.clock(coverage.started, zone, lang)
        figures.append(t("strip.total", n=formats.number(coverage.packets, lang), when=when))
    return tuple(figures)
