"""Which rules can match at all, by what is fixed for a destination: worked out once for each, not for each thing seen.

Most rules ask for a list, a class and a direction first, and most flows go to few destinations. `could` reads a condition's tree and
says of an event, by its fixed fields alone, whether the condition is true, false, or hangs on the other fields (Kleene's third value:
"false and unknown" is false, "true or unknown" true). What is false for one event of a destination is false for all, so the detector
remembers which rules are left.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT, ConditionOR
from sigma.types import SigmaFieldReference

from sensor.detect.event import Event

FIXED = frozenset({"direction", "device.group", "peer.list", "peer.app", "peer.class", "peer.role", "peer.confidence"})
"""Fields that are the same for all events of one direction, group of devices and `Destination`."""

Could = Callable[[Event], bool | None]


def could(node: Any, compiled: Callable[[Any], Callable[[Event], bool]]) -> Could:
    """`compiled`: a condition of one field → what tries it."""
    if isinstance(node, ConditionAND):
        every = [could(arg, compiled) for arg in node.args]
        return lambda event: _all(one(event) for one in every)
    if isinstance(node, ConditionOR):
        return either([could(arg, compiled) for arg in node.args])
    if isinstance(node, ConditionNOT):
        inner = could(node.args[0], compiled)
        return lambda event: _not(inner(event))
    if isinstance(node, ConditionFieldEqualsValueExpression) and node.field in FIXED:
        fixed = not isinstance(node.value, SigmaFieldReference) or node.value.field in FIXED
        return compiled(node) if fixed else unknown
    return unknown


def unknown(_: Event) -> None:
    """It hangs on something else."""


def either(some: Iterable[Could]) -> Could:
    """One of several conditions."""
    every = tuple(some)
    return lambda event: _not(_all(_not(one(event)) for one in every))


def _all(said: Iterable[bool | None]) -> bool | None:
    answers = set(said)
    return False if False in answers else None if None in answers else True


def _not(said: bool | None) -> bool | None:
    return None if said is None else not said
