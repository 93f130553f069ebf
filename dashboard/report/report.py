"""The finished report in one language: sentences, tables and bars, ready to be laid out. Made by `dashboard.report.compose`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """`numbers` are the columns that are aligned right, `narrow` those as wide as their longest word, `wide` those that
    take most of the room. The first `shown` rows are laid out; `cut` says how many more stand in the CSV.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    cut: str = ""
    narrow: tuple[int, ...] = ()
    wide: tuple[int, ...] = (0,)
    shown: int = 25


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar a day: (label, share of the highest, 0 to 1). `text` says the same in a sentence."""

    text: str
    bars: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """`code` is a command, its lines broken where they may be."""

    key: str
    title: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    bars: Bars | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`state` is the month in one sentence, `mood` its colour: "good", "warn", "bad" or "idle"; `notes` come right after it;
    `without` names the sections that are not here.
    """

    lang: str
    title: str
    month: str
    dated: tuple[int, int, int]  # year, month, day of the last day it tells of: archives ask for a date
    practice: str
    mood: str
    state: str
    notes: tuple[str, ...]
    figures: Table
    todo_title: str
    todo: tuple[tuple[str, str], ...]
    nothing: str
    blind: str
    sections: tuple[Section, ...]
    foot: str
    without: str
    reference: str
    root: str
    page: str
