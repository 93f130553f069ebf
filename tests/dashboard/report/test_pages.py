"""The pages as somebody saw them: nine kinds of months in two languages, against pictures that were looked at.

And what an eye would be tired of looking for: words over one another or over the edge, pages that hold next to nothing.
"""

import re
import subprocess
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from dashboard.report.files import pdf
from tests.dashboard.report.months import months, report
from tests.dashboard.report.pictures import GOLDENS, apart, pages, png, sheet, unpng

FACTS = months()
TOLERANCE = 40.0  # of 255, for a block of 4 × 4: see test_what_moves_is_seen
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
MARGIN = 52.0  # points: 20 mm, less what a letter's edge may overhang
WIDTH = 595.28
BODY = (60.0, 770.0)  # between the head and the foot of a page


class Word(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    text: str


def words(data: bytes, tmp_path) -> list[list[Word]]:
    """By page."""
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    said = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True).stdout.decode()
    return [
        [Word(*map(float, found[:4]), found[4]) for found in _WORD.findall(page)] for page in said.split("<page ")[1:]
    ]


def lines(page: list[Word]) -> int:
    """Of what is neither head nor foot."""
    tops = sorted(word.top for word in page if BODY[0] < word.top < BODY[1])
    return 1 + sum(below - above > 4 for above, below in pairwise(tops)) if tops else 0


def overlapping(page: list[Word]) -> list[tuple[str, str]]:
    ordered = sorted(page, key=lambda word: word.top)
    found = []
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.top > one.bottom:
                break
            deep = min(one.bottom, other.bottom) - other.top
            wide = min(one.right, other.right) - max(one.left, other.left)
            if wide > 1 and deep > 0.4 * (one.bottom - one.top):
                found.append((one.text, other.text))
    return found


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", FACTS)
def test_a_month_looks_as_it_was_seen_to(name, lang, tmp_path):
    data = pdf(report(FACTS[name], lang))
    seen = sheet(pages(data))
    golden = GOLDENS / f"{name}-{lang}.png"
    (tmp_path / golden.name).write_bytes(png(seen))
    assert apart(seen, unpng(golden.read_bytes())) <= TOLERANCE, f"look at {tmp_path / golden.name}"
    for number, page in enumerate(words(data, tmp_path), 1):
        assert not overlapping(page), number
        assert lines(page) > 3, number
        assert all(word.left >= MARGIN and word.right <= WIDTH - MARGIN for word in page), number


def test_every_picture_is_of_a_month():
    assert {path.name for path in GOLDENS.iterdir()} == {
        f"{name}-{lang}.png" for name in FACTS for lang in ("fr", "en")
    }


def test_what_moves_is_seen_and_what_is_smoothed_otherwise_is_not():
    (page, *_) = pages(pdf(report(FACTS["quiet"], "fr")))
    whole = sheet([page])
    assert apart(whole, np.roll(whole, 4, axis=0)) > 2 * TOLERANCE
    struck = whole.copy()
    struck[100:104, 30:60] = 255 - struck[100:104, 30:60]
    assert apart(whole, struck) > 2 * TOLERANCE
    softer = (whole.astype(int) + np.roll(whole.astype(int), 1, axis=1)) // 2
    assert apart(whole, softer.astype(np.uint8)) <= TOLERANCE


def test_a_picture_is_read_as_it_was_written():
    seen = sheet(pages(pdf(report(FACTS["quiet"], "en"))))
    assert (unpng(png(seen)) == seen).all()


def test_pages_that_would_fail_do():
    page = [Word(60, 100 + 12 * n, 200, 110 + 12 * n, "x") for n in range(3)]
    assert lines(page) == 3
    assert overlapping([*page, Word(150, 102, 250, 112, "y")]) == [("x", "y")]
    assert overlapping(page) == []
