"""What was told lately, whatever the peer: which rule, of which app, on which device. For rules that say `unless`.

Called by the ledger at each alert it keeps. Bounded: what was told longest ago goes first.
"""

from collections import OrderedDict
from collections.abc import Iterable

MONTH_NS = 30 * 86_400 * 1_000_000_000

Kind = tuple[str, str, str]
"""Rule, app, device."""


class Kinds:
    def __init__(self, cap: int) -> None:
        self._last: OrderedDict[Kind, int] = OrderedDict()
        self._cap = cap

    def seen(self, kind: Kind, ts: int) -> None:
        self._last[kind] = ts
        self._last.move_to_end(kind)
        if len(self._last) > self._cap:
            self._last.popitem(last=False)

    def any_of(self, rules: Iterable[str], app: str, device: str, now: int) -> bool:
        """Whether one of these rules has told of this app and device in the 30 days before `now`."""
        return any(now - self._last.get((rule, app, device), -MONTH_NS) < MONTH_NS for rule in rules)
