"""Tables of the report. Pure. A long one is cut at `MOST` rows and says how many more the CSV has."""

from collections.abc import Sequence

from dashboard.report.report import Table
from dashboard.report.voice import Voice

MOST = 25


def cut(
    voice: Voice,
    head: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    numbers: tuple[int, ...],
    narrow: tuple[int, ...] = (),
    wide: tuple[int, ...] = (0,),
) -> Table:
    """All rows, of which the first `MOST` are shown."""
    more = len(rows) - MOST
    said = voice.words.counted("cut", more) if more > 0 else ""
    return Table(head, tuple(rows), numbers, said, narrow, wide, MOST)
