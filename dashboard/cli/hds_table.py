"""The official list of certified hosts as somebody saved it: CSV, XLSX or a page of HTML → organisations.

The ANS publishes organisations, not domains, and its columns have changed over the years: a table is found by its header, in French
or English, wherever it stands in the file. What is read: the organisation, its activities, the day its certificate ends.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

Row = Sequence[object]

LARGEST = 50_000_000
_ORGANISATION = re.compile(
    r"hebergeur|raison sociale|organi[sz]ation|organisme certifie|societe|entreprise|denomination|^nom\b|company"
)
_CERTIFIER = re.compile(r"certificateur|certifying|certification body")
_END = re.compile(r"expir|fin de|date de fin|echeance|valid|until|^fin$")
_ACTIVITIES = re.compile(r"activit|perimetre|scope")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2})")
_LEGAL_FORMS = frozenset(
    [
        "sa",
        "sas",
        "sasu",
        "sarl",
        "eurl",
        "gie",
        "gip",
        "sci",
        "se",
        "spa",
        "gmbh",
        "bv",
        "ltd",
        "inc",
        "llc",
        "plc",
        "ag",
        "nv",
        "group",
        "groupe",
        "france",
    ]
)


class NotAListError(ValueError):
    """The file cannot be taken for the official list; says why."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """One certified host."""

    name: str
    activities: str = ""
    until: date | None = None


def read(path: Path) -> list[Organisation]:
    """The organisations of a file, by name; each once, with the certificate that ends last."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise NotAListError(f"{path}: {error.strerror or error}") from error
    if size > LARGEST:
        raise NotAListError(f"{path}: larger than {LARGEST // 1_000_000} MB: this is no list")
    found: dict[str, Organisation] = {}
    for table in _tables(path, data):
        for one in _organisations(list(table)):
            before = found.get(plain(one.name))
            if before is None or (one.until or date.min) > (before.until or date.min):
                found[plain(one.name)] = one
    if not found:
        raise NotAListError(
            f"{path}: no table with a column of organisations (a header like 'Hébergeur' or 'Raison sociale')"
        )
    return sorted(found.values(), key=lambda one: plain(one.name))


def plain(name: str) -> str:
    """A name to compare by: no case, no accents, no legal form."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    words = re.findall(r"[a-z0-9]+", text)
    kept = [word for word in words if word not in _LEGAL_FORMS]
    return " ".join(kept or words)


def _tables(path: Path, data: bytes) -> Iterator[Iterable[Row]]:
    if data.startswith(b"PK"):
        yield from _workbook(path, data)
    elif re.search(rb"<(?:!doctype html|html|table)\b", data[:4096], re.IGNORECASE) or b"<table" in data:
        parser = _Tables()
        parser.feed(_text(data))
        parser.close()
        yield from parser.tables
    else:
        text = _text(data)
        if "\0" in text:
            raise NotAListError(f"{path}: neither CSV, XLSX nor HTML")
        first = text.lstrip().partition("\n")[0]
        delimiter = max(";,\t|", key=first.count)
        yield csv.reader(io.StringIO(text), delimiter=delimiter)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _workbook(path: Path, data: bytes) -> Iterator[Iterable[Row]]:
    from openpyxl import load_workbook  # noqa: PLC0415  a fifth of a second that other commands need not spend
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise NotAListError(f"{path}: not a readable workbook ({error})") from error
    yield from sheets


class _Tables(HTMLParser):
    """The cells of every table of a page, a table in a cell read as one of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "table":
            self._open.append([])
            self.tables.append(self._open[-1])
        elif self._open and tag == "tr":
            self._open[-1].append([])
        elif self._open and tag in ("td", "th"):
            if not self._open[-1]:
                self._open[-1].append([])
            self._open[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] and self._open[-1][-1]:
            self._open[-1][-1][-1] += data


def _organisations(rows: list[Row]) -> Iterator[Organisation]:
    """What stands below the first row that is a header."""
    for number, row in enumerate(rows[:40]):
        heads = [plain(_cell(cell)) for cell in row]
        column = _column(heads, _ORGANISATION, but=_CERTIFIER)
        if column is None or len([head for head in heads if head]) < min(2, len(heads)):
            continue
        end, activities = _column(heads, _END), _column(heads, _ACTIVITIES)
        for below in rows[number + 1 :]:
            name = _at(below, column)
            if any(letter.isalpha() for letter in name):
                yield Organisation(
                    name[:200],
                    _at(below, activities)[:500],
                    _day(below[end] if end is not None and end < len(below) else None),
                )
        return


def _column(heads: list[str], pattern: re.Pattern[str], *, but: re.Pattern[str] | None = None) -> int | None:
    fits = (at for at, head in enumerate(heads) if pattern.search(head) and not (but and but.search(head)))
    return next(fits, None)


def _at(row: Row, column: int | None) -> str:
    return _cell(row[column]) if column is not None and column < len(row) else ""


def _cell(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DAY.search(_cell(value))
    if not found:
        return None
    day, month, year, *iso = found.groups()
    try:
        return date(int(year), int(month), int(day)) if year else date(*(int(part) for part in iso))
    except ValueError:
        return None
