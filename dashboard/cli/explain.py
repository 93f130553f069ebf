"""`vigie inspect --explain FLOW|all`: for each flow what was seen, who read it, what was missing, and what it counted for.

FLOW is a flow's uid ("C1f"), its community ID, or "all". Fed with every observation of the run; afterwards `lines` tells, flow
by flow: the flow as counted, the protocols recognised, what is missing, each record read, and each alert with its evidence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from ipaddress import ip_address
from typing import Any

from dashboard.cli.explain_reasons import said
from dashboard.cli.explain_words import EVIDENCE, VALUES
from dashboard.cli.explain_words import WORDS as _WORDS
from dashboard.cli.words import WORDS, Language
from sensor.detect.alert import Alert, Value
from sensor.track.observation import Conn, Direction, Observation, Outer, Session, Transfer
from sensor.wire.records import Attachment, DnsAnswer, Record

ALL = "all"
FLOWS = 10_000
"""Flows remembered; of more only the number is told."""
_UNKNOWN = ": not recognised"
RECORDS = 50
"""Records remembered of a flow, without those that only say that it grew."""

_READ = frozenset({"tcp", "udp"})


class _Flow:
    """What was seen of one flow, as it last was."""

    __slots__ = ("counted", "last", "records")

    def __init__(self, seen: Observation) -> None:
        self.last = seen
        self.records: dict[Record, None] = {}
        self.counted: dict[str, dict[str, None]] = {}  # by alert: the kinds of record that made it

    def forget(self) -> None:
        """Names and what was read."""
        self.records.clear()
        self.last = replace(self.last, peer=replace(self.last.peer, host=None, host_source=None))

    def take(self, seen: Observation) -> None:
        self.last = seen
        if not isinstance(seen.record, Conn | Transfer | Session) and len(self.records) < RECORDS:
            self.records[seen.record] = None


class Explainer:
    """Keeps the flows that were asked for."""

    def __init__(self, wanted: str) -> None:
        """`wanted`: a uid, a community ID, or ALL."""
        self.wanted = wanted
        self._flows: dict[str, _Flow] = {}
        self._more: set[str] = set()

    def take(self, seen: Observation) -> None:
        """Shown every observation of the run."""
        conn = seen.conn
        if self.wanted not in (ALL, conn.uid, conn.community_id):
            return
        flow = self._flows.get(conn.uid)
        if flow is None:
            if len(self._flows) >= FLOWS:
                if len(self._more) < FLOWS:
                    self._more.add(conn.uid)
                return
            flow = self._flows[conn.uid] = _Flow(seen)
        flow.take(seen)

    def judged(self, seen: Observation, alert: Alert) -> None:
        """Shown each alert with the observation that made it, or made it grow."""
        flow = self._flows.get(seen.conn.uid)
        if flow is not None and (alert.id in flow.counted or len(flow.counted) < RECORDS):
            flow.counted.setdefault(alert.id, {})[seen.record.service] = None

    def lines(self, alerts: Iterable[Alert], lang: Language, *, full: bool = True) -> Iterator[str]:
        """The explanation, the flow that began first in front.

        Of a guest only counts are told, and unless `full` of the practice's own machines among themselves, whose names may be
        people's.
        """
        words = _WORDS[lang]
        known = {alert.id: alert for alert in alerts}
        if not self._flows:
            yield words["none"].format(wanted=self.wanted)
        for flow in sorted(self._flows.values(), key=lambda flow: flow.last.conn.first_ts):
            if flow.last.device.group == "guest" or (not full and flow.last.direction is Direction.INTERNAL):
                flow.forget()
            yield from _flow_lines(flow, [known[id_] for id_ in flow.counted if id_ in known], lang)
        if self._more:
            yield words["more"].format(count=f"≥ {FLOWS}" if len(self._more) >= FLOWS else len(self._more))


def _flow_lines(flow: _Flow, alerts: list[Alert], lang: Language) -> Iterator[str]:
    words, conn = _WORDS[lang], flow.last.conn
    ends = words["guest"] if flow.last.device.group == "guest" else _ends(conn)
    yield words["flow"].format(uid=conn.uid, proto=conn.proto, ends=ends, direction=words[flow.last.direction])
    yield from ("  " + line for line in _seen(flow, lang))
    for record in flow.records:
        facts = ", ".join(_facts(record, words))
        yield "  " + words["record"].format(service=record.service, facts=facts)
    for alert in alerts:
        said_of = alert.fr if lang == "fr" else alert.en
        device = alert.device.name or alert.device.ip
        yield "  " + words["alert"].format(
            rule=alert.rule,
            severity=WORDS[lang][f"severity.{alert.severity}"],
            confidence=words[alert.confidence],
            title=said_of.title.replace("{device}", device),
        )
        records = ", ".join(
            words.get(service) or words["record_of"].format(service=service) for service in flow.counted[alert.id]
        )
        yield "  " + words["counted_for"].format(records=records)
        yield "  " + words["seen"].format(text=said_of.seen.replace("{device}", device))
        yield "  " + words["advised"].format(text=said_of.advice.replace("{device}", device))
        for name, value in alert.evidence:
            label = EVIDENCE[lang].get(name, name)
            yield "  " + words["evidence"].format(name=label, value=_worded(value, lang))
    if not alerts:
        yield "  " + words["no_alert"]
    yield ""


def _worded(value: Value, lang: Language) -> str:
    """A fact's value in words."""
    if isinstance(value, bool):
        return _WORDS[lang]["yes" if value else "no"]
    text = str(value)
    return VALUES[lang].get(text) or _WORDS[lang].get(text, text)


def _ends(conn: Conn) -> str:
    if conn.proto == "icmp":
        return f"{conn.orig.ip} type {conn.orig.port} → {conn.resp.ip}"
    return " → ".join(f"{end.ip} port {end.port}" if end.port else end.ip for end in (conn.orig, conn.resp))


def _carrier(outer: Outer) -> str:
    return f"{outer.tunnel}, {outer.orig} → {outer.resp}" if outer.orig and outer.resp else outer.tunnel


def _seen(flow: _Flow, lang: Language) -> Iterator[str]:
    words = _WORDS[lang]
    conn, peer = flow.last.conn, flow.last.peer
    yield words["counted"].format(
        there=conn.orig_pkts,
        out=conn.orig_ip_bytes,
        back=conn.resp_pkts,
        into=conn.resp_ip_bytes,
        state=conn.state,
        history=conn.history,
    )
    if conn.outer and flow.last.device.group != "guest":
        yield words["outer"].format(tunnel=_carrier(conn.outer))
    if conn.services:
        yield words["services"].format(services=" → ".join(conn.services))
    elif not (conn.orig_bytes or conn.resp_bytes):
        yield words["empty"]
    else:
        yield words["unread" if conn.proto in _READ else "only_counted"]
    if peer.host:
        yield words["host"].format(host=peer.host, source=words.get(peer.host_source or "", ""))
    yield from _missing(flow, lang)


def _missing(flow: _Flow, lang: Language) -> Iterator[str]:
    """What keeps it from being seen, and what of it was not."""
    words, conn = _WORDS[lang], flow.last.conn
    if conn.hidden:
        yield words[f"hidden.{conn.hidden}"]
    if conn.midstream:
        yield words["midstream"]
    if not (conn.orig_pkts and conn.resp_pkts) and not ip_address(conn.resp.ip).is_multicast:
        yield words["one_way"]
    if conn.missed_bytes:
        yield words["missed"].format(count=conn.missed_bytes)
    for reason in conn.gave_up:
        if not reason.endswith(_UNKNOWN):  # that is told already
            yield words["gave_up"].format(reason=said(reason, lang))


def _facts(record: Any, words: dict[str, str]) -> Iterator[str]:
    """A record's fields that say something, as words."""
    for field in fields(record):
        value = getattr(record, field.name)
        if value not in (None, (), False, 0, ""):
            yield f"{field.name} {_value(value, words)}"


def _value(value: Any, words: dict[str, str]) -> str:
    match value:
        case True:
            return words["yes"]
        case tuple():
            return " + ".join(_value(one, words) for one in value)
        case Attachment(size=size):
            parts = (value.mime_type, value.extension and f".{value.extension}", value.protection)
            return f"({' '.join(part for part in parts if part)}, {size} {words['bytes']})"
        case DnsAnswer():
            return f"({value.name} {value.type_name} {value.data})".replace(" )", ")")
        case _:
            return str(value)
