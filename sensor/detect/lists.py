"""Lists of names (messengers, remote tools, destinations, HDS hosts…) and the tree of suffixes made of them.

A list is a YAML file: `list` (its name, also the placeholder `%name%` of rules), `classes`, `roles`, `entries`. An entry is one
product with its names by role, and says where they come from and of which date. `bytes` is the role that a program's own first
bytes prove (`Conn.app`). Names match themselves and what lies under them, by label; the longest name on any list wins. A `*` in a first label stands for any letters: `relay-*.example.com`.
Looked up in dictionaries, never scanned: the number of entries does not matter.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sensor.detect.alert import Hds
from sensor.detect.list_entry import Trust, problem
from sensor.detect.marked import Document, Mistake, documents

PROTOCOLS, OFFICIAL = "protocols", "hds_official"
_REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class Destination:
    """What the lists say of a name. `suffix` is the name on the list; `on`, every list that holds just this name."""

    list: str
    app: str | None
    name: str
    cls: str
    role: str
    hds: Hds | None
    source: str
    date: str
    confidence: Trust
    suffix: str
    on: frozenset[str] = frozenset()
    tried: tuple[str, ...] = ()  # on what recognising it was tried: see `TRIED`
    contract: str | None = None  # the reference in vigie.yml that makes it an HDS service
    use: str | None = None  # one of `USES`


@dataclass(frozen=True, slots=True)
class ListInfo:
    """A list as a whole: for `vigie lists show` and for the age that screens tell."""

    name: str
    title: str
    date: str
    entries: int
    names: int
    entry_names: tuple[str, ...] = ()


def whole(host: str) -> str:
    """Without a list of public suffixes each name is its own owner's."""
    return host


@dataclass(slots=True)
class Lists:
    """All lists as one tree of suffixes. `owner`: a name → what its owner holds (`sensor.suffixes`)."""

    infos: tuple[ListInfo, ...] = ()
    owner: Callable[[str], str] = whole
    _exact: dict[str, Destination] = field(default_factory=dict)
    _globs: dict[str, tuple[tuple[re.Pattern[str], Destination], ...]] = field(default_factory=dict)
    _seen: dict[str, Destination | None] = field(default_factory=dict)
    _programs: dict[str, Destination] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """The lists' names: what `%…%` in a rule may say."""
        return frozenset(info.name for info in self.infos)

    def hds_date(self) -> str:
        """Of which day the list of certified hosts is: the official one where it was imported, else what Vigie comes with."""
        dates = {info.name: info.date for info in self.infos}
        return dates.get(OFFICIAL) or dates.get("hds_hosts", "")

    def entries(self) -> Iterator[Destination]:
        yield from self._exact.values()
        yield from self._programs.values()
        for globs in self._globs.values():
            yield from (destination for _, destination in globs)

    def titles(self) -> dict[str, str]:
        """What people call each place that `place` tells: the product's name, of one of its many names that name too."""
        told: dict[str, str] = {}
        for entry in self.entries():
            title = entry.name if entry.app or entry.name.lower() == entry.suffix else f"{entry.name} ({entry.suffix})"
            told.setdefault(entry.app or entry.suffix, title)
        return told

    def uses(self) -> dict[str, str]:
        """For what a practice uses each place that `place` tells, where a list says it."""
        return {entry.app or entry.suffix: entry.use for entry in self.entries() if entry.use}

    def of(self, app: str | None, host: str | None) -> Destination | None:
        """The entry of the program that showed its own bytes (`Conn.app`), else of the name; a mere protocol says less than a name."""
        shown = self._programs.get(app) if app else None
        if shown is not None and shown.list != PROTOCOLS:
            return shown
        return (self.classify(host) if host else None) or shown

    def classify(self, host: str) -> Destination | None:
        """The entry with the longest suffix of `host` on any list. Remembers its answers, boundedly."""
        try:
            return self._seen[host]
        except KeyError:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            found = self._seen[host] = self._find(host.lower().rstrip("."))
            return found

    def _find(self, host: str) -> Destination | None:
        rest = host
        while rest:
            found = self._exact.get(rest)
            if found is not None:
                return found
            label, _, parent = rest.partition(".")
            for pattern, destination in self._globs.get(parent, ()):
                if pattern.fullmatch(label):
                    return destination
            rest = parent
        return None

    def place(self, host: str | None, ip: str) -> str:
        """One word for where a peer is: its app or name on a list, else the registrable name, else the address."""
        if not host:
            return ip
        found = self.classify(host)
        return self.owner(host) if found is None else found.app or found.suffix

    def extended(self, more: Iterable[Destination]) -> "Lists":
        """A copy in which these entries take precedence: what the practice says of its own hosts."""
        exact = dict(self._exact)
        for destination in more:
            exact[destination.suffix] = _joined(destination, exact.get(destination.suffix))
        return Lists(self.infos, self.owner, exact, self._globs, _programs=self._programs)


def _joined(first: Destination, second: Destination | None) -> Destination:
    """One name on two lists: the first list speaks, the second adds its membership, and its HDS answer if the first has none."""
    if second is None:
        return replace(first, on=frozenset((first.list,)))
    return replace(first, hds=first.hds or second.hds, on=first.on | second.on | {first.list, second.list})


@dataclass(slots=True)
class _Reader:
    """Reads list files into one tree; the order of `RANK` decides who speaks when two lists hold the same name."""

    mistakes: list[Mistake]
    infos: list[ListInfo] = field(default_factory=list)
    exact: dict[str, Destination] = field(default_factory=dict)
    globs: dict[str, list[tuple[re.Pattern[str], Destination]]] = field(default_factory=dict)
    programs: dict[str, Destination] = field(default_factory=dict)

    def read(self, document: Document) -> None:
        data = document.data
        if not isinstance(data, dict) or not isinstance(data.get("entries"), list):
            self.mistakes.append(document.mistake((), "a list needs 'list', 'title', 'classes', 'roles' and 'entries'"))
            return
        name, classes, roles = str(data.get("list", "")), data.get("classes") or [], data.get("roles") or []
        for key in data:
            if key not in ("list", "title", "date", "classes", "roles", "entries"):
                self.mistakes.append(document.mistake((key,), f"unknown key '{key}' in a list"))
        count = 0
        for number, entry in enumerate(data["entries"]):
            wrong = problem(entry, classes, roles)
            if wrong:
                key, text = wrong
                self.mistakes.append(document.mistake(("entries", number, key), text))
                continue
            hds = Hds(entry["hds"]) if "hds" in entry else None
            for role, suffix in _said(entry, roles):
                destination = Destination(
                    name,
                    entry.get("app"),
                    entry["name"],
                    entry["class"],
                    role,
                    hds,
                    entry["source"],
                    entry["date"],
                    entry["confidence"],
                    suffix,
                    use=entry.get("use"),
                    tried=tuple(entry.get("tried", ("name" if suffix else "specification",))),
                )
                if suffix:
                    count += 1
                    self.put(destination)
                else:
                    self.programs[entry["app"]] = _joined(destination, None)
        self.infos.append(
            ListInfo(
                name,
                str(data.get("title", "")),
                str(data.get("date", "")),
                len(data["entries"]),
                count,
                tuple(str(entry.get("name", "")) for entry in data["entries"] if isinstance(entry, dict)),
            )
        )

    def put(self, destination: Destination) -> None:
        label, _, parent = destination.suffix.partition(".")
        if "*" in label:
            pattern = re.compile(re.escape(label).replace(r"\*", "[a-z0-9_-]*"))
            self.globs.setdefault(parent, []).append((pattern, _joined(destination, None)))
            return
        there = self.exact.get(destination.suffix)
        self.exact[destination.suffix] = _joined(there, destination) if there else _joined(destination, None)


def _said(entry: dict[str, Any], roles: list[str]) -> Iterator[tuple[str, str]]:
    """(role, name) of all that an entry says; the name is empty where it is the program's own bytes."""
    yield from ((role, suffix) for role in roles for suffix in entry.get(role, ()))
    if "bytes" in entry:
        yield entry["bytes"], ""


RANK = (
    "messengers",
    "remote_tools",
    "protocols",
    "mssante",
    "public_health",
    "destinations",
    "hds_hosts",
    "hds_capable",
    "blindspots",
)


def parse(files: Iterable[tuple[str, str]], owner: Callable[[str], str] = whole) -> tuple[Lists, list[Mistake]]:
    """(file, text) of each list → the tree and every mistake."""
    mistakes: list[Mistake] = []
    read = [document for file, text in files for document in documents(text, file, mistakes)]
    read.sort(key=_rank)
    reader = _Reader(mistakes)
    for document in read:
        reader.read(document)
    globs = {parent: tuple(patterns) for parent, patterns in reader.globs.items()}
    return Lists(tuple(reader.infos), owner, reader.exact, globs, _programs=reader.programs), mistakes


def _rank(document: Document) -> int:
    name = document.data.get("list") if isinstance(document.data, dict) else None
    return RANK.index(name) if name in RANK else len(RANK)
