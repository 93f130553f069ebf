"""Sizes, numbers, times and durations as a French or an English reader writes them. Pure; times in the practice's zone.

French: « 80 Mo », « 1 234 », « 3,5 », « 14 h 05 », a no-break space before units (U+202F within numbers, U+00A0 before units).
"""

from datetime import date, datetime, timedelta
from unicodedata import category
from zoneinfo import ZoneInfo

NARROW, FIRM = "\u202f", "\u00a0"
_UNITS = {"fr": ("octets", "ko", "Mo", "Go", "To"), "en": ("bytes", "kB", "MB", "GB", "TB")}
_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_RELATIVE = {"fr": ("aujourd’hui", "hier"), "en": ("today", "yesterday")}


def number(value: float, lang: str, digits: int = 0) -> str:
    """1234.5 → "1 234,5" or "1,234.5"."""
    text = f"{value:,.{digits}f}"
    if lang == "fr":
        text = text.replace(",", NARROW).replace(".", ",")
    return text


def size(count: int, lang: str) -> str:
    """Bytes in decimal units, as disks and mail programs count: 80_000_000 → "80 Mo"; one digit below 10."""
    units = _UNITS[lang]
    value, place = float(count), 0
    while value >= 999.5 and place < len(units) - 1:
        value /= 1000
        place += 1
    digits = 1 if place and value < 9.95 and round(value, 1) != round(value) else 0
    unit = units[place]
    if place == 0 and count in ((0, 1) if lang == "fr" else (1,)):
        unit = unit[:-1]
    return f"{number(value, lang, digits)}{FIRM}{unit}"


def clock(ns: int, zone: ZoneInfo, lang: str) -> str:
    """The time of day: "14 h 05" or "14:05"."""
    at = datetime.fromtimestamp(ns // 1_000_000_000, zone)
    return f"{at.hour}{FIRM}h{FIRM}{at.minute:02}" if lang == "fr" else f"{at.hour:02}:{at.minute:02}"


def day(when: date, lang: str, today: date) -> str:
    """The day as one says it: "aujourd’hui", "hier", "vendredi 20 novembre", with the year if it is another."""
    if when == today:
        return _RELATIVE[lang][0]
    if when == today - timedelta(days=1):
        return _RELATIVE[lang][1]
    return full_day(when, lang, year=when.year != today.year)


def full_day(when: date, lang: str, *, year: bool = True) -> str:
    """The whole date: "vendredi 20 novembre 2026", "Friday 20 November 2026"."""
    first = "1er" if lang == "fr" and when.day == 1 else str(when.day)
    text = f"{_DAYS[lang][when.weekday()]} {first} {_MONTHS[lang][when.month - 1]}"
    return f"{text} {when.year}" if year else text


def month(when: date, lang: str) -> str:
    """The month of a day: "octobre 2026", "October 2026"."""
    return f"{_MONTHS[lang][when.month - 1]} {when.year}"


def iso(ns: int, zone: ZoneInfo) -> str:
    """For the attribute of <time>: "2026-11-20T09:15:02+01:00"."""
    return datetime.fromtimestamp(ns // 1_000_000_000, zone).isoformat()


def duration(seconds: float, lang: str) -> str:
    """What a person says: "3 s", "2 min", "1 h 20", "3 jours"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}{FIRM}s"
    if whole < 3600:
        return f"{whole // 60}{FIRM}min"
    if whole < 2 * 86_400:
        hours, minutes = divmod(whole // 60, 60)
        return f"{hours}{FIRM}h{FIRM}{minutes:02}" if lang == "fr" else f"{hours}{FIRM}h{FIRM}{minutes:02}{FIRM}min"
    return f"{whole // 86_400}{FIRM}{'jours' if lang == 'fr' else 'days'}"


def bounded(text: str, most: int = 120) -> str:
    """Text of strangers made fit for a sentence: control and direction characters out, cut at `most`."""
    kept = "".join(_KEPT.get(category(char)[0], char) for char in text[: most * 2])
    return kept if len(kept) <= most else kept[: most - 1] + "…"


_KEPT = {"C": "\ufffd", "Z": " "}  # Unicode's classes: control, format and unassigned; separators
