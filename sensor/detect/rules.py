"""Sigma rules: text → a set of compiled rules, by service, and the correlations over them.

Read with pySigma, which knows the format; compiled by `sensor.detect.matcher`. `logsource` is `product: vigie` or `zeek` with
one of `sensor.detect.fields.FIELDS` as `service`. A rule for a Zeek log that no reader fills sleeps: it loads, is listed, and
never matches. Every mistake is gathered with its file and line.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationCondition, SigmaCorrelationRule, SigmaCorrelationType
from sigma.exceptions import SigmaError, SigmaRuleLocation
from sigma.rule import SigmaLevel, SigmaRule

from sensor.detect import telling
from sensor.detect.alert import Severity
from sensor.detect.catalogue import Catalogue
from sensor.detect.fields import FIELDS, Getter
from sensor.detect.lists import Lists
from sensor.detect.marked import Document, Mistake, documents
from sensor.detect.matcher import Compiler, Match, RuleError
from sensor.detect.policy import Thresholds
from sensor.detect.relevance import Could, could, either, unknown
from sensor.detect.section import Section
from sensor.detect.telling import Telling

PRODUCTS = ("vigie", "zeek")
_UNREAD = (
    "dce_rpc dhcp dnp3 dpd files intel kerberos modbus mysql notice ntlm ntp ocsp pe radius sip smb_cmd smb_files"
    " smb_mapping snmp software ssdp syslog tunnel weird wireguard x509 ldap telnet"
)
ASLEEP = frozenset(_UNREAD.split())
"""Zeek logs that no reader of ours fills yet."""

_LEVELS = {SigmaLevel[s.name]: s for s in Severity}
_WORD = re.compile(r"'([^']{2,60})'")
_SUMS = {SigmaCorrelationType.EVENT_COUNT: "event_count", SigmaCorrelationType.VALUE_SUM: "value_sum"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled rule. `tell` is false for what only a correlation counts."""

    name: str
    title: str
    file: str
    line: int
    service: str
    severity: Severity
    matches: Match
    telling: Telling
    tell: bool = True
    could: Could = unknown  # whether it can match, by what is fixed for a destination


@dataclass(frozen=True, slots=True)
class Correlation:
    """`kind` of the events that `rules` match, by `group`, within `timespan` (ns): told when `op` `count` holds."""

    name: str
    title: str
    file: str
    line: int
    kind: str
    rules: tuple[str, ...]
    group: tuple[str, ...]
    timespan: int
    op: str
    count: int
    severity: Severity
    telling: Telling
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Asleep:
    """A rule that loads and cannot match: nothing here fills its log."""

    name: str
    file: str
    line: int
    service: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    rules: tuple[Rule, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    asleep: tuple[Asleep, ...] = ()
    catalogue: Catalogue = field(default_factory=Catalogue)

    def by_service(self) -> dict[str, tuple[Rule, ...]]:
        services = {rule.service for rule in self.rules}
        return {service: tuple(r for r in self.rules if r.service == service) for service in services}


class _Loader:
    """Gathers rules and mistakes over all files."""

    def __init__(self, catalogue: Catalogue, lists: Lists, thresholds: Thresholds, mistakes: list[Mistake]) -> None:
        self.catalogue = catalogue
        self.thresholds = thresholds
        self.mistakes = mistakes
        self.compilers = {service: Compiler(fields, lists) for service, fields in FIELDS.items()}
        self.rules: dict[str, Rule] = {}
        self.correlations: dict[str, tuple[Correlation, bool, Document]] = {}
        self.asleep: list[Asleep] = []
        self.ids: dict[str, str] = {}
        self.names: dict[str, str] = {}

    def document(self, document: Document) -> None:
        """One YAML document of a rule file."""
        data = document.data
        if not isinstance(data, dict):
            self.mistakes.append(document.mistake((), "a rule is a mapping: title, logsource, detection…"))
            return
        if "action" in data or "filter" in data:
            key = "action" if "action" in data else "filter"
            self.mistakes.append(document.mistake((key,), f"'{key}' is not read here: write the rules out"))
            return
        before = len(self.mistakes)
        if not isinstance(data.get("id", ""), str):
            self.mistakes.append(document.mistake(("id",), "'id' must be a UUID, as a text"))
            return
        told = self._telling(document, data)
        location = SigmaRuleLocation(document.file, document.line())  # type: ignore[arg-type] # makes a Path of it
        plain = {key: value for key, value in data.items() if key != "vigie"}
        try:
            read = SigmaCollection.from_dicts([plain], collect_errors=True, source=location, resolve_references=False)
        except (SigmaError, ValueError, TypeError, AttributeError, KeyError) as error:  # pySigma's own rough edges
            self._note(document, str(error.args[0]) if error.args else str(error))
            return
        for problem in read.errors:
            self._note(document, str(problem.args[0]) if problem.args else type(problem).__name__)
        if len(self.mistakes) > before:
            return
        for rule in read.rules:
            try:
                self._take(document, rule, told)
            except RuleError as error:
                self.mistakes.append(Mistake(document.file, document.find(error.word), str(error)))
            except SigmaError as error:  # conditions are parsed on first access
                self._note(document, str(error.args[0]))

    def _telling(self, document: Document, data: dict[str, Any]) -> Telling:
        if "vigie" not in data:
            return telling.default(str(data.get("title", "")), self.catalogue)
        section = Section(document, ("vigie",), self.mistakes)
        told = telling.read(section, self.catalogue)
        section.done()
        return told

    def _note(self, document: Document, text: str) -> None:
        word = _WORD.search(text)
        line = document.find(word[1]) if word else document.line()
        self.mistakes.append(Mistake(document.file, line, text))

    def _take(self, document: Document, rule: SigmaRule | SigmaCorrelationRule, told: Telling) -> None:
        name = self._name(document, rule)
        severity = _LEVELS[rule.level] if rule.level else Severity.LOW
        if isinstance(rule, SigmaCorrelationRule):
            correlation = self._correlation(document, rule, name, severity, told)
            self.correlations[name] = (correlation, rule.generate, document)
            return
        source = rule.logsource
        if source.product not in PRODUCTS:
            raise RuleError(f"'product' must be vigie or zeek, not '{source.product}'", "product")
        service = source.service or ""
        if service in ASLEEP:
            self.asleep.append(Asleep(name, document.file, document.line(), service))
            return
        if service not in FIELDS:
            raise RuleError(f"unknown service '{service}'; known here: {', '.join(sorted(FIELDS))}", "service")
        compiler = self.compilers[service]
        conditions = [condition.parsed for condition in rule.detection.parsed_condition]
        matches = [compiler.compile(condition) for condition in conditions]
        match = matches[0] if len(matches) == 1 else lambda event: any(one(event) for one in matches)
        possible = either([could(condition, compiler.compile, FIELDS[service]) for condition in conditions])
        place = (document.file, document.line())
        self.rules[name] = Rule(name, rule.title, *place, service, severity, match, told, could=possible)

    def _name(self, document: Document, rule: SigmaRule | SigmaCorrelationRule) -> str:
        """What alerts call the rule: its `name`, else its `id`, else the title. Two rules may not share it, nor an id."""
        name = rule.name or (str(rule.id) if rule.id else "") or rule.title
        here = f"{document.file}:{document.line()}"
        for table, key in ((self.names, name), (self.ids, str(rule.id))):
            if key in table and key != "None":
                raise RuleError(f"'{key}' is already the rule at {table[key]}", key)
            table[key] = here
        if rule.id:
            self.names.setdefault(str(rule.id), here)
        return name

    def _correlation(
        self, document: Document, rule: SigmaCorrelationRule, name: str, severity: Severity, told: Telling
    ) -> Correlation:
        kind = _SUMS.get(rule.type)
        if kind is None:
            raise RuleError(f"correlations of type {rule.type} are not read here: event_count, value_sum", "type")
        condition = rule.condition
        if not isinstance(condition, SigmaCorrelationCondition) or condition.op.name not in ("GTE", "GT"):
            raise RuleError("the condition of a correlation must be gte or gt here", "condition")
        value = condition.fieldref if isinstance(condition.fieldref, str) else None
        count = getattr(self.thresholds, told.threshold) if told.threshold else int(condition.count)
        return Correlation(
            name=name,
            title=rule.title,
            file=document.file,
            line=document.line(),
            kind=kind,
            rules=tuple(reference.reference for reference in rule.rules or ()),
            group=tuple(rule.group_by or ()),
            timespan=rule.timespan.seconds * 1_000_000_000,
            op=condition.op.name.lower(),
            count=count,
            severity=severity,
            telling=told,
            value=value,
        )

    def finish(self) -> RuleSet:
        """References between rules, once all files are read."""
        counted: set[str] = set()
        for correlation, generate, document in self.correlations.values():
            for reference in correlation.rules:
                rule = self.rules.get(reference)
                if rule is None:
                    text = f"no rule is called '{reference}'"
                    self.mistakes.append(Mistake(document.file, document.find(reference), text))
                    continue
                if not generate:
                    counted.add(reference)
                self._known_fields(correlation, rule, document)
        self._other_rules()
        rules = tuple(replace(r, tell=r.name not in counted) for r in self.rules.values())
        correlations = tuple(correlation for correlation, _, _ in self.correlations.values())
        return RuleSet(rules, correlations, tuple(self.asleep), self.catalogue)

    def _other_rules(self) -> None:
        every: list[Rule | Correlation] = [*self.rules.values(), *(c for c, _, _ in self.correlations.values())]
        for rule in every:
            same = (rule.telling.same_as,) if rule.telling.same_as else ()
            for key, other in (*(("same_as", o) for o in same), *(("unless", o) for o in rule.telling.unless)):
                if other not in self.rules and other not in self.correlations:
                    self.mistakes.append(Mistake(rule.file, rule.line, f"'{key}': no rule is called '{other}'"))

    def _known_fields(self, correlation: Correlation, rule: Rule, document: Document) -> None:
        wanted = (*correlation.group, correlation.value, correlation.telling.less)
        for name in filter(None, wanted):
            if name not in FIELDS[rule.service]:
                text = f"unknown field '{name}' for the service {rule.service}"
                self.mistakes.append(Mistake(document.file, document.find(name), text))


def parse(
    files: Iterable[tuple[str, str]], catalogue: Catalogue, lists: Lists, thresholds: Thresholds
) -> tuple[RuleSet, list[Mistake]]:
    """(file, text) of each rule file → the rules and every mistake."""
    mistakes: list[Mistake] = []
    loader = _Loader(catalogue, lists, thresholds, mistakes)
    for file, text in files:
        for document in documents(text, file, mistakes):
            loader.document(document)
    return loader.finish(), mistakes


def getters(service: str, names: Iterable[str]) -> tuple[Getter, ...]:
    """Getters of fields that `parse` has checked."""
    fields: Mapping[str, Getter] = FIELDS[service]
    return tuple(fields[name] for name in names)
