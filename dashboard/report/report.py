"""The finished report in one language: sentences, tables and bars, ready to be laid out. Made by `dashboard.report.compose`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """`numbers` are the columns that are aligned right, `narrow` those as wide as their longest word, `wide` the one that takes most
    of the room; `cut` says how many rows stand in the CSV only.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    cut: str = ""
    narrow: tuple[int, ...] = ()
    wide: int = 0


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar a day: (label, share of the highest, 0 to 1). `text` says the same in a sentence."""

    text: str
    bars: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    bars: Bars | None = None
    terms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """`state` is the month in one sentence, `mood` its colour: "good", "warn", "bad" or "idle"."""

    lang: str
    title: str
    month: str
    dated: tuple[int, int, int]  # year, month, day of the last day it tells of: archives ask for a date
    practice: str
    mood: str
    state: str
    partial: str
    figures: Table
    todo_title: str
    todo: tuple[tuple[str, str], ...]
    blind: str
    sections: tuple[Section, ...]
    foot: str
    reference: str
    page: str
