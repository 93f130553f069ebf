"""YAML that remembers its lines, and the mistakes found in it: what vigie.yml, rules and lists are read with.

Called at start, on text that `sensor.settings` opened. Nothing here raises for a bad file: each mistake is noted with its
file and line, so that all of them can be shown at once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # libyaml was not compiled in: ten times slower, the same result
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]


class _Loader(_SafeLoader):
    """Scalars as in YAML 1.2's core schema: in YAML 1.1 the MAC 11:22:33:44:55:56 is a number, `no` false, a date an error."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 — PyYAML copies it on write


for _tag, _pattern, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", r"true|false", list("tf")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})\\Z"), _first)

Path = tuple[str | int, ...]
"""Where something stands in a document: ("devices", 0, "mac")."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """Something that a person must put right, and where."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: its data, and its nodes for the lines."""

    data: Any
    node: yaml.Node
    file: str

    def line(self, path: Path = ()) -> int:
        """The line of what stands at `path`, or of the deepest part of it that exists."""
        node = self.node
        line = node.start_mark.line + 1
        for step in path:
            found = _step(node, step)
            if found is None:
                break
            key, node = found
            line = key.start_mark.line + 1
        return line

    def find(self, word: str) -> int:
        """The first line whose key or value holds `word`; the document's first line if none does."""
        stack = [self.node]
        while stack:
            node = stack.pop()
            if isinstance(node, yaml.ScalarNode):
                if word in node.value:
                    return node.start_mark.line + 1
            elif isinstance(node, yaml.MappingNode):
                stack += [part for pair in reversed(node.value) for part in reversed(pair)]
            elif isinstance(node, yaml.SequenceNode):
                stack += reversed(node.value)
        return self.line()

    def mistake(self, path: Path, text: str) -> Mistake:
        return Mistake(self.file, self.line(path), text)


def _step(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def documents(text: str, file: str, mistakes: list[Mistake]) -> list[Document]:
    """The documents of a file, empty ones left out. A file that is not YAML adds one mistake and yields what came before."""
    found: list[Document] = []
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            assert node is not None
            twice = list(_twice(node))
            mistakes += [Mistake(file, key.start_mark.line + 1, f"'{key.value}' stands here twice") for key in twice]
            data = loader.construct_document(node)
            if data is not None:
                found.append(Document(data, node, file))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        mistakes.append(
            Mistake(
                file, min(mark.line, text.count("\n")) + 1 if mark else 1, f"not YAML: {error.problem or error.context}"
            )
        )
    except (yaml.YAMLError, ValueError, TypeError) as error:  # a date like 2026-13-45, an unhashable key
        mistakes.append(Mistake(file, 1, f"not YAML: {error}"))
    finally:
        loader.dispose()
    return found


def _twice(node: yaml.Node) -> Iterator[yaml.Node]:
    """Keys that a mapping holds a second time: YAML would silently keep the last one."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key
                seen.add(key.value)
            if not isinstance(value, yaml.ScalarNode):
                yield from _twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            if not isinstance(value, yaml.ScalarNode):
                yield from _twice(value)
