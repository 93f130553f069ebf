"""Where the monthly reports are kept, and which are there: DIR/relay/reports/2026-10.pdf, .csv, .json; 2026-10-2.pdf is the one
that was asked again after something had changed. Written by `vigie report`, read by the pages.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

SUFFIXES = ("pdf", "csv", "json")
_STEM = re.compile(r"(20\d\d-(?:0[1-9]|1[0-2]))(?:-([1-9]\d?))?")


@dataclass(frozen=True, slots=True)
class Kept:
    """One report. `edition` is 1 for the first of its month; `size` of the PDF in bytes; `stem` names its files."""

    month: str
    edition: int
    size: int
    stem: str


def kept_in(state: Path) -> Path:
    return state / "relay" / "reports"


def kept(folder: Path) -> list[Kept]:
    """The reports, newest month and edition first; none if nothing was kept yet. Errors: OSError."""
    found = []
    for path in folder.glob("*.pdf"):
        match = _STEM.fullmatch(path.stem)
        if match is not None:
            found.append(Kept(match[1], int(match[2] or 1), path.stat().st_size, path.stem))
    return sorted(found, key=lambda one: (one.month, one.edition), reverse=True)


def file_of(folder: Path, stem: str, suffix: str) -> Path | None:
    """The file of that name, if it is one of a report."""
    if suffix not in SUFFIXES or _STEM.fullmatch(stem) is None:
        return None
    path = folder / f"{stem}.{suffix}"
    return path if path.is_file() else None


def whole_months(folder: Path) -> set[str]:
    """The months of which a report was made once they were over. Errors: OSError."""
    return {one.month for one in kept(folder) if _whole(folder / f"{one.stem}.json")}


def _whole(path: Path) -> bool:
    """A file that cannot be read is no reason to make its report again each minute."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return True
    return not isinstance(told, dict) or told.get("complete") is not False


def places(folder: Path, month: str) -> Iterator[Path]:
    """Where a report of that month may be kept, without suffix: the first edition's place, the second's…"""
    for number in count(1):
        yield folder / (month if number == 1 else f"{month}-{number}")
