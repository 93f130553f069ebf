"""The day's traffic as a drawing: where each bar of the SVG lies. Pure; the template draws, the stylesheet colours.

Sent goes up from the middle line, received goes down, on one scale. Across in percent of the width, so that words keep their
size on a phone; upright in pixels.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard import formats
from dashboard.sources import DayTraffic
from dashboard.texts import Lang

HEIGHT = 170
_TOP, _BOTTOM = 6, 24
_TICK_HOURS = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One slot: a rectangle up (sent) and one down (received), `top` its upper edge. `hint` is its tooltip."""

    x: float
    width: float
    top: float
    up: float
    down: float
    hint: str


@dataclass(frozen=True, slots=True)
class Hour:
    """One line of the chart's text alternative."""

    label: str
    out: str
    in_: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template needs. `middle` is the y of the line between sent and received."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    middle: float
    out: str
    in_: str
    peak: str
    hours: tuple[Hour, ...]
    empty: bool


def chart(traffic: DayTraffic, zone: ZoneInfo, lang: Lang) -> Chart:
    slots = traffic.slots
    highest = max(max(slot.bytes_out, slot.bytes_in) for slot in slots)
    most_out = max(slot.bytes_out for slot in slots)
    most_in = max(slot.bytes_in for slot in slots)
    room = HEIGHT - _TOP - _BOTTOM
    # The line lies where both sides have their room, and neither is squeezed out.
    share = min(0.8, max(0.2, most_out / (most_out + most_in))) if highest else 0.5
    middle = _TOP + room * share
    unit = min(room * share / most_out if most_out else 1, room * (1 - share) / most_in if most_in else 1)
    step = 100 / len(slots)
    bars: list[Bar] = []
    ticks: list[tuple[float, str]] = []
    for place, slot in enumerate(slots):
        at = datetime.fromtimestamp(slot.minute * 60, zone)
        x = place * step
        if at.minute == 0 and at.hour % _TICK_HOURS == 0 and (not ticks or ticks[-1][1] != _hour(at, lang)):
            ticks.append((round(x, 2), _hour(at, lang)))
        if slot.bytes_out or slot.bytes_in:
            when = formats.clock(slot.minute * 60_000_000_000, zone, lang)
            sizes = f"↑ {formats.size(slot.bytes_out, lang)} · ↓ {formats.size(slot.bytes_in, lang)}"
            bars.append(
                Bar(
                    x=round(x + step * 0.08, 2),
                    width=round(step * 0.84, 2),
                    top=round(middle - _seen(slot.bytes_out, unit), 1),
                    up=_seen(slot.bytes_out, unit),
                    down=_seen(slot.bytes_in, unit),
                    hint=f"{when} · {sizes}",
                )
            )
    busiest = max(slots, key=lambda slot: slot.bytes_out + slot.bytes_in)
    return Chart(
        bars=tuple(bars),
        ticks=tuple(ticks),
        middle=round(middle, 1),
        out=formats.size(sum(slot.bytes_out for slot in slots), lang),
        in_=formats.size(sum(slot.bytes_in for slot in slots), lang),
        peak=formats.clock(busiest.minute * 60_000_000_000, zone, lang),
        hours=tuple(_hours(traffic, zone, lang)),
        empty=highest == 0,
    )


def _seen(count: int, unit: float) -> float:
    """Height of a bar: at least one unit where there was anything."""
    return round(max(1.0, count * unit), 1) if count else 0.0


def _hour(at: datetime, lang: Lang) -> str:
    return f"{at.hour}{formats.FIRM}h" if lang == "fr" else f"{at.hour:02}:00"


def _hours(traffic: DayTraffic, zone: ZoneInfo, lang: Lang) -> list[Hour]:
    """Hours with traffic. The hour that is lived twice in October is two lines."""
    sums: dict[int, tuple[int, int]] = {}
    for slot in traffic.slots:
        hour = slot.minute // 60
        out, in_ = sums.get(hour, (0, 0))
        sums[hour] = out + slot.bytes_out, in_ + slot.bytes_in
    return [
        Hour(_hour(datetime.fromtimestamp(hour * 3600, zone), lang), formats.size(out, lang), formats.size(in_, lang))
        for hour, (out, in_) in sums.items()
        if out or in_
    ]
