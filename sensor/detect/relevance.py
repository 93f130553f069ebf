"""Which rules can match at all, by what is fixed of a flow: worked out once for each kind of flow, not for each thing seen.

Most rules ask for a list, a class, a direction, a program first, and most flows are of few kinds. `could` reads a condition's tree and
says of an event, by its fixed fields alone, whether the condition is true, false, or hangs on the other fields (Kleene's third value:
"false and unknown" is false, "true or unknown" true). What is false for one event of a kind is false for all, so the detector
remembers which rules are left.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT, ConditionOR
from sigma.types import SigmaFieldReference

from sensor.detect.event import Event
from sensor.detect.fields import COMMON, FIELDS, Getter

_OF_CONN = ("app", "hidden", "issuer")
_OF_ALL = ("direction", "device.group", "proto", "services", "midstream", "ended")
_OF_DESTINATION = ("peer.list", "peer.app", "peer.class", "peer.role", "peer.confidence")

FIXED: frozenset[Getter] = frozenset(
    (*(FIELDS["conn"][name] for name in _OF_CONN), *(COMMON[name] for name in (*_OF_ALL, *_OF_DESTINATION)))
)
"""What gets fields that are the same for all events of one kind."""


def kind(event: Event) -> Hashable:
    """What the fixed fields hang on. Destinations and directions are known by their place in memory: the lists keep them, and enums hash slowly."""
    conn = event.conn
    return (
        conn.service if event.record is conn else event.record.service,
        id(event.destination),
        id(event.direction),
        event.device.group,
        conn.proto,
        conn.services,
        conn.midstream,
        conn.ended,
        conn.app,
        conn.hidden,
        conn.issuer,
    )


Could = Callable[[Event], bool | None]


def could(node: Any, compiled: Callable[[Any], Callable[[Event], bool]], fields: Mapping[str, Getter]) -> Could:
    """`compiled`: a condition of one field → what tries it; `fields`: of the rule's service."""
    if isinstance(node, ConditionAND):
        every = [could(arg, compiled, fields) for arg in node.args]
        return lambda event: _all(one(event) for one in every)
    if isinstance(node, ConditionOR):
        return either([could(arg, compiled, fields) for arg in node.args])
    if isinstance(node, ConditionNOT):
        inner = could(node.args[0], compiled, fields)
        return lambda event: _not(inner(event))
    if not isinstance(node, ConditionFieldEqualsValueExpression):
        return unknown
    names = {node.field, *((node.value.field,) if isinstance(node.value, SigmaFieldReference) else ())}
    return compiled(node) if all(fields.get(name) in FIXED for name in names) else unknown


def unknown(_: Event) -> None:
    """It hangs on something else."""


def either(some: Iterable[Could]) -> Could:
    """One of several conditions."""
    every = tuple(some)
    return lambda event: _not(_all(_not(one(event)) for one in every))


def _all(said: Iterable[bool | None]) -> bool | None:
    sure = True
    for one in said:
        if one is False:
            return False
        sure = sure and one is True
    return True if sure else None


def _not(said: bool | None) -> bool | None:
    return None if said is None else not said
