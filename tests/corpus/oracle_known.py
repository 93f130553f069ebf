"""Where Vigie reads otherwise than Wireshark in the corpus: who is right, and why. What stands here is settled; all else is a mistake."""

from dashboard.compare import Kind
from dashboard.compare.judge import Difference

KNOWN: dict[tuple[str, str, Kind, str], str] = {}
"""(capture, ends, kind, value): who is right, and why. Each was looked at by itself."""


def known(capture: str, each: Difference) -> str | None:
    """Who is right about a difference, and why; None if nobody has looked yet."""
    return KNOWN.get((capture, each.ends, each.kind, each.value))
