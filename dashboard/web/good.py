"""What was done right in a day, in sentences: a page that only scolds is soon not read. Pure."""

from dashboard import formats
from dashboard.sources import DayTraffic
from dashboard.texts import Texts


def good(traffic: DayTraffic, t: Texts) -> tuple[str, ...]:
    """A line for each practice that was seen, the most frequent first; a word of somebody's own rule stands for itself."""
    return tuple(
        t.counted(
            f"good.{what}" if f"good.{what}_one" in t.words else "good.other",
            times,
            n=formats.number(times, t.lang),
            what=what,
        )
        for what, times in traffic.done_right
    )
