"""A Sigma condition, compiled once into closures over an event. Called while rules are loaded.

The tree comes from pySigma, its modifiers already applied: `contains`, `startswith` and `endswith` are wildcards in a string
there, `re`, `cidr`, `lt`… their own types, `exists` a wish, `%name%` with `expand` a list. Values of one field are tried as a set
where they can be. Text matches whatever its case, as Sigma says, unless `cased`.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from operator import ge, gt, le, lt, ne
from typing import Any

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
)
from sigma.types import (
    CompareOperators,
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SpecialChars,
)

from sensor.detect.event import Event
from sensor.detect.fields import Getter
from sensor.detect.lists import Lists

Match = Callable[[Event], bool]
Test = Callable[[Any], bool]

_COMPARE = {
    CompareOperators.LT: lt,
    CompareOperators.LTE: le,
    CompareOperators.GT: gt,
    CompareOperators.GTE: ge,
    CompareOperators.NEQ: ne,
}


class RuleError(ValueError):
    """What cannot be compiled; `word` is the text of the rule to look for, so that the line can be told."""

    def __init__(self, text: str, word: str) -> None:
        super().__init__(text)
        self.word = word


class Compiler:
    """Compiles conditions of one service's rules."""

    def __init__(self, fields: Mapping[str, Getter], lists: Lists) -> None:
        self._fields = fields
        self._lists = lists
        self._list_names = lists.names()

    def compile(self, node: Any) -> Match:
        """A node of pySigma's condition tree → a closure."""
        if isinstance(node, ConditionAND):
            return _all([self.compile(arg) for arg in sorted(node.args, key=_cost)])
        if isinstance(node, ConditionOR):
            return self._or(node)
        if isinstance(node, ConditionNOT):
            inner = self.compile(node.args[0])
            return lambda event: not inner(event)
        if isinstance(node, ConditionFieldEqualsValueExpression):
            return self._field(node.field, [node.value])
        raise RuleError("words without a field are not searched: there is no text to search in", str(node)[:40])

    def getter(self, name: str) -> Getter:
        getter = self._fields.get(name)
        if getter is None:
            raise RuleError(f"unknown field '{name}' for this service", name)
        return getter

    def _or(self, node: ConditionOR) -> Match:
        """Values of the same field are tested together: the field is fetched once, plain texts are one set."""
        by_field: dict[str, list[Any]] = {}
        others: list[Match] = []
        for arg in node.args:
            if isinstance(arg, ConditionFieldEqualsValueExpression):
                by_field.setdefault(arg.field, []).append(arg.value)
            else:
                others.append(self.compile(arg))
        return _any([self._field(name, values) for name, values in by_field.items()] + others)

    def _field(self, name: str, values: list[Any]) -> Match:
        getter = self.getter(name)
        if len(values) == 1:
            special = self._special(getter, values[0])
            if special is not None:
                return special
        tests: list[Test] = []
        plain: set[str] = set()
        nulls = False
        for value in values:
            if isinstance(value, SigmaNull):
                nulls = True
            elif type(value) is SigmaString and all(isinstance(part, str) for part in value.s):
                plain.add("".join(str(part) for part in value.s).lower())
            else:
                tests.append(self._test(value, name))
        if plain:
            tests.append(_one_of(frozenset(plain)))
        return _on_value(getter, tests[0] if len(tests) == 1 else _any_test(tests), nulls=nulls)

    def _special(self, getter: Getter, value: Any) -> Match | None:
        """Tests that look at more than one value of a field."""
        if isinstance(value, SigmaExists):
            wanted = bool(value)
            return lambda event: (getter(event) is not None) == wanted
        if isinstance(value, SigmaFieldReference):
            other = self.getter(value.field)
            return lambda event: getter(event) == other(event)
        if isinstance(value, SigmaBool):
            flag = value.boolean
            return lambda event: getter(event) is flag
        return None

    def _test(self, value: Any, name: str) -> Test:
        if isinstance(value, SigmaString):
            return self._string(value)
        if isinstance(value, SigmaNumber):
            number, text = value.number, str(value.number)
            return lambda v: v == number if type(v) is not str else v == text
        if isinstance(value, SigmaCompareExpression):
            return _compare(_COMPARE[value.op], value.number.number)
        if isinstance(value, SigmaCIDRExpression):
            return _cidr(value)
        if isinstance(value, SigmaRegularExpression):
            return _regexp(value)
        if isinstance(value, SigmaExpansion):
            return _any_test([self._test(member, name) for member in value.values])
        if isinstance(value, SigmaBool):
            flag = value.boolean
            return lambda v: v is flag
        raise RuleError(f"a modifier of '{name}' is not supported here", name)

    def _string(self, value: SigmaString) -> Test:
        placeholders = [part for part in value.s if isinstance(part, Placeholder)]
        if placeholders:
            return self._listed(value, placeholders[0].name)
        cased = isinstance(value, SigmaCasedString)
        pattern = "".join(_glob(part) for part in value.s)
        search = re.compile(pattern, re.DOTALL | (0 if cased else re.IGNORECASE)).fullmatch
        return lambda v: search(v if type(v) is str else str(v)) is not None

    def _listed(self, value: SigmaString, name: str) -> Test:
        if len(value.s) != 1:
            raise RuleError(f"'%{name}%' must stand alone", name)
        if name not in self._list_names:
            raise RuleError(f"no list is called '{name}'; there are {', '.join(sorted(self._list_names))}", name)
        classify = self._lists.classify

        def test(v: Any) -> bool:
            found = classify(v) if type(v) is str else None
            return found is not None and name in found.on

        return test


def _cost(node: Any) -> float:
    """Roughly what a node costs to try: in a conjunction the cheapest goes first, as one that fails ends it."""
    if isinstance(node, ConditionFieldEqualsValueExpression):
        return 0.5 if isinstance(node.value, SigmaBool) else 1.0
    costs = [_cost(arg) for arg in node.args]
    if isinstance(node, ConditionAND):
        return min(costs) + 0.1 * len(costs)
    return sum(costs)


def _glob(part: Any) -> str:
    if part is SpecialChars.WILDCARD_MULTI:
        return ".*"
    if part is SpecialChars.WILDCARD_SINGLE:
        return "."
    return re.escape(str(part))


def _on_value(getter: Getter, test: Test, *, nulls: bool) -> Match:
    def match(event: Event) -> bool:
        value = getter(event)
        if value is None:
            return nulls
        if type(value) is tuple:
            return any(map(test, value)) if value else nulls
        return test(value)

    return match


def _all(matches: list[Match]) -> Match:
    if len(matches) == 2:
        first, second = matches
        return lambda event: first(event) and second(event)

    def match(event: Event) -> bool:
        for one in matches:  # noqa: SIM110 — a generator costs more than the tests
            if not one(event):
                return False
        return True

    return match


def _any(matches: list[Match]) -> Match:
    if len(matches) == 1:
        return matches[0]

    def match(event: Event) -> bool:
        for one in matches:  # noqa: SIM110 — a generator costs more than the tests
            if one(event):
                return True
        return False

    return match


def _any_test(tests: list[Test]) -> Test:
    return lambda value: any(test(value) for test in tests)


def _one_of(texts: frozenset[str]) -> Test:
    return lambda v: (v if type(v) is str else str(v)).lower() in texts


def _compare(operator: Callable[[Any, Any], bool], number: float) -> Test:
    return lambda v: type(v) in (int, float) and operator(v, number)


def _cidr(value: SigmaCIDRExpression) -> Test:
    network = value.network

    def test(v: Any) -> bool:
        address = _address(v) if type(v) is str else None
        return address is not None and address.version == network.version and address in network

    return test


def _regexp(value: SigmaRegularExpression) -> Test:
    flags = 0
    for flag in value.flags:
        flags |= SigmaRegularExpression.sigma_to_python_flags[flag]
    try:
        search = re.compile(str(value.regexp), flags).search
    except re.error as error:
        raise RuleError(f"not a regular expression: {error}", str(value.regexp)[:40]) from error
    return lambda v: search(v if type(v) is str else str(v)) is not None


@lru_cache(maxsize=8192)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
