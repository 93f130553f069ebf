"""A mapping of a YAML file, asked key by key: what is wrong is noted, and what nobody asked for is an unknown key.

Called while vigie.yml, lists and the `vigie:` blocks of rules are read.
"""

import difflib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sensor.detect.marked import Document, Mistake, Path

T = TypeVar("T")

_UNITS = {"": 1, "b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "o": 1, "ko": 1000, "mo": 1000**2, "go": 1000**3}
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-zA-Z]*)")


class Section:
    """One mapping. Each question takes a key and a default; a wrong value is noted and the default given back."""

    __slots__ = ("_asked", "_data", "_document", "_mistakes", "path")

    def __init__(self, document: Document, path: Path, mistakes: list[Mistake]) -> None:
        self._document = document
        self.path = path
        self._mistakes = mistakes
        self._asked: set[str] = set()
        data: Any = document.data
        for step in path:
            data = data[step]
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.wrong(None, f"a mapping (key: value) is expected here, not {_kind(data)}")

    def wrong(self, key: str | None, text: str, *more: str | int) -> None:
        where = self.path if key is None else (*self.path, key, *more)
        self._mistakes.append(self._document.mistake(where, text))

    def line(self) -> int:
        return self._document.line(self.path)

    def has(self, key: str) -> bool:
        return self._data.get(key) is not None

    def peek(self, key: str) -> Any:
        """The value as it stands, when its kind decides what to ask."""
        return self._data.get(key)

    def _raw(self, key: str) -> Any:
        self._asked.add(key)
        return self._data.get(key)

    def _typed(self, key: str, default: T, expected: str, check: Callable[[Any], T | None]) -> T:
        value = self._raw(key)
        if value is None:
            return default
        checked = check(value)
        if checked is None:
            self.wrong(key, f"'{key}' must be {expected}, not {_show(value)}")
            return default
        return checked

    def text(self, key: str, default: str = "") -> str:
        return self._typed(key, default, "a text", lambda v: v if isinstance(v, str) else None)

    def required(self, key: str) -> str:
        """A text that may not be missing or empty."""
        value = self.text(key)
        if not value and not isinstance(self._data.get(key), (int, float, list, dict)):
            self.wrong(None, f"'{key}' is missing")
        return value

    def parsed(self, key: str, default: T, expected: str, parse: Callable[[str], T]) -> T:
        """A text (or number, or date) that `parse` turns into a value; its ValueError is a mistake that says `expected`."""

        def check(value: Any) -> T | None:
            if isinstance(value, (dict, list, bool)):
                return None
            try:
                return parse(str(value))
            except ValueError:
                return None

        return self._typed(key, default, expected, check)

    def number(self, key: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        expected = f"a whole number of at least {least}" + (f" and at most {most}" if most is not None else "")

        def check(value: Any) -> int | None:
            fits = isinstance(value, int) and not isinstance(value, bool) and value >= least
            return value if fits and (most is None or value <= most) else None

        return self._typed(key, default, expected, check)

    def size(self, key: str, default: int) -> int:
        """Bytes: 200000, "200 kB", "20 Mo". Decimal units, as on invoices and disks."""
        return self.parsed(key, default, 'a size like "200 kB" or "20 Mo"', _size)

    def yes_no(self, key: str, *, default: bool) -> bool:
        return self._typed(key, default, "true or false", lambda v: v if isinstance(v, bool) else None)

    def choice(self, key: str, default: str, choices: tuple[str, ...]) -> str:
        expected = "one of " + ", ".join(choices)
        return self._typed(key, default, expected, lambda v: v if isinstance(v, str) and v in choices else None)

    def texts(self, key: str, expected: str = "a list of texts") -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""

        def check(value: Any) -> tuple[str, ...] | None:
            values = value if isinstance(value, list) else [value]
            return tuple(values) if all(isinstance(v, str) and v for v in values) else None

        return self._typed(key, (), expected, check)

    def each(self, key: str, expected: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        """A list whose members `parse` turns into values, each wrong one with its own line."""
        value = self._raw(key)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        good: list[T] = []
        for number, member in enumerate(values):
            try:
                good.append(parse("" if isinstance(member, (dict, list, bool)) else str(member)))
            except ValueError:
                self.wrong(key, f"'{key}' must hold {expected}, not {_show(member)}", number)
        return tuple(good)

    @contextmanager
    def section(self, key: str) -> Iterator["Section | None"]:
        """The mapping under `key`, or None. On leaving, keys that were not asked for are noted."""
        if self._raw(key) is None:
            yield None
            return
        inner = Section(self._document, (*self.path, key), self._mistakes)
        yield inner
        inner.done()

    def sections(self, key: str) -> Iterator["Section"]:
        """The mappings of the list under `key`, each checked for unknown keys once the next one is asked for."""
        value = self._raw(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.wrong(key, f"'{key}' must be a list (lines that begin with a dash), not {_kind(value)}")
            return
        for number in range(len(value)):
            inner = Section(self._document, (*self.path, key, number), self._mistakes)
            yield inner
            inner.done()

    def rest(self) -> tuple[str, ...]:
        """Keys that nobody asked for."""
        return tuple(str(key) for key in self._data if str(key) not in self._asked)

    def done(self) -> None:
        for key in self.rest():
            near = difflib.get_close_matches(key, self._asked, 1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; known here: {', '.join(sorted(self._asked))}"
            self.wrong(key, f"unknown key '{key}'{hint}")


def _size(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None or match[2].lower() not in _UNITS:
        raise ValueError(text)
    return int(float(match[1].replace(",", ".")) * _UNITS[match[2].lower()])


def _kind(value: Any) -> str:
    return {list: "a list", dict: "a mapping", type(None): "nothing"}.get(type(value), _show(value))


def _show(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"
