"""Which rules can match at all, by the list that the peer's name stands on: worked out once, while rules are loaded.

Most flows go to names on no list, and most rules ask for a list first: those are not even tried. `required_lists` reads the
condition's tree; what it cannot be sure of counts as "any".
"""

from typing import Any

from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionOR
from sigma.types import SigmaString

FIELD = "peer.list"


def required_lists(node: Any) -> frozenset[str] | None:
    """The lists one of which must hold the peer's name for this condition to be true; None: it may be true without."""
    if isinstance(node, ConditionFieldEqualsValueExpression):
        value = node.value
        if node.field != FIELD or type(value) is not SigmaString or value.contains_special():
            return None
        return frozenset({str(value).lower()})
    if isinstance(node, ConditionAND):
        wanted = [lists for lists in map(required_lists, node.args) if lists is not None]
        return frozenset.intersection(*wanted) if wanted else None
    if isinstance(node, ConditionOR):
        either = [required_lists(arg) for arg in node.args]
        return None if None in either else frozenset().union(*(lists for lists in either if lists is not None))
    return None
