"""Where Vigie reads less than Wireshark in the corpus: who is right, and why. What stands here is settled; all else is a mistake."""

from collections.abc import Callable

from dashboard.compare import Kind
from dashboard.compare.judge import Difference, Why

KNOWN: dict[tuple[str, Kind, str], str] = {}
"""(capture, kind, value): who is right, and why."""

RULES: tuple[tuple[Callable[[str, Difference], bool], str], ...] = (
    (lambda _, each: each.why is Why.GAP, "nobody: bytes of the flow are missing, and Vigie does not guess"),
)
"""The same for many captures at a time."""


def known(capture: str, each: Difference) -> str | None:
    """Who is right about a difference, and why; None if nobody has looked yet."""
    said = KNOWN.get((capture, each.kind, each.value))
    return said or next((why for fits, why in RULES if fits(capture, each)), None)
