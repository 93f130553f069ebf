"""`vigie inspect --explain FLOW|all`: for each flow what was seen, who read it, what was missing, and what it counted for.

FLOW is a flow's uid ("C1f"), its community ID, or "all". Fed with every observation of the run; afterwards `lines` tells, flow
by flow: the flow as counted, the protocols recognised, what is missing, each record read, and each alert with its evidence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace

from dashboard.cli.words import Language
from sensor.detect.alert import Alert
from sensor.track.observation import Conn, Direction, Observation, Session, Transfer

ALL = "all"
FLOWS = 10_000
"""Flows remembered; of more only the number is told."""
RECORDS = 50
"""Records remembered of a flow, without those that only say that it grew."""

_WORDS: dict[Language, dict[str, str]] = {
    "fr": {
        "flow": "Flux {uid} {proto} {orig} → {resp} ({direction})",
        "counted": "vu : {there} paquets, {out} octets aller ; {back} paquets, {into} octets retour ; état {state} {history}",
        "services": "lu par : {services}",
        "unread": "lu par : aucun lecteur n'a reconnu ces octets",
        "empty": "lu par : personne, aucun contenu n'est passé",
        "host": "correspondant : {host} (d'après {source})",
        "midstream": "manque : le début n'a pas été vu",
        "one_way": "manque : un seul sens a été vu",
        "missed": "manque : {count} octets",
        "record": "relevé {service} : {facts}",
        "alert": "alerte {rule} ({severity}, {confidence}) : {title}",
        "evidence": "  preuve {name} : {value}",
        "no_alert": "n'a compté pour aucune alerte",
        "none": "Aucun flux {wanted} dans ce qui a été lu.",
        "more": "{count} autres flux n'ont pas été retenus.",
    },
    "en": {
        "flow": "Flow {uid} {proto} {orig} → {resp} ({direction})",
        "counted": "seen: {there} packets, {out} bytes there; {back} packets, {into} bytes back; state {state} {history}",
        "services": "read by: {services}",
        "unread": "read by: no reader knew these bytes",
        "empty": "read by: nobody, it carried nothing",
        "host": "peer: {host} (from {source})",
        "midstream": "missing: its beginning was not seen",
        "one_way": "missing: only one direction was seen",
        "missed": "missing: {count} bytes",
        "record": "record {service}: {facts}",
        "alert": "alert {rule} ({severity}, {confidence}): {title}",
        "evidence": "  evidence {name}: {value}",
        "no_alert": "counted for no alert",
        "none": "No flow {wanted} in what was read.",
        "more": "{count} more flows were not kept.",
    },
}


class _Flow:
    """What was seen of one flow, as it last was."""

    __slots__ = ("last", "records")

    def __init__(self, seen: Observation) -> None:
        self.last = seen
        self.records: dict[str, None] = {}

    def forget(self) -> None:
        """Names and what was read."""
        self.records.clear()
        self.last = replace(self.last, peer=replace(self.last.peer, host=None, host_source=None))

    def take(self, seen: Observation) -> None:
        self.last = seen
        if not isinstance(seen.record, Conn | Transfer | Session) and len(self.records) < RECORDS:
            self.records[_facts(seen)] = None


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

    def lines(self, alerts: Iterable[Alert], lang: Language, *, full: bool = True) -> Iterator[str]:
        """The explanation, the flow that began first in front.

        Of a guest only counts are told, and unless `full` of the practice's own machines among themselves, whose names may be
        people's.
        """
        words = _WORDS[lang]
        by_flow: dict[str, list[Alert]] = {}
        for alert in alerts:
            by_flow.setdefault(alert.community_id or "", []).append(alert)
        if not self._flows:
            yield words["none"].format(wanted=self.wanted)
        for flow in sorted(self._flows.values(), key=lambda flow: flow.last.conn.first_ts):
            if flow.last.device.group == "guest" or (not full and flow.last.direction is Direction.INTERNAL):
                flow.forget()
            yield from _flow_lines(flow, by_flow.get(flow.last.conn.community_id, []), lang)
        if self._more:
            yield words["more"].format(count=f"≥ {FLOWS}" if len(self._more) >= FLOWS else len(self._more))


def _flow_lines(flow: _Flow, alerts: list[Alert], lang: Language) -> Iterator[str]:
    words, conn = _WORDS[lang], flow.last.conn
    orig, resp = (f"{end.ip} port {end.port}" for end in (conn.orig, conn.resp))
    yield words["flow"].format(uid=conn.uid, proto=conn.proto, orig=orig, resp=resp, direction=flow.last.direction)
    for line in (*_seen(flow, words), *flow.records):
        yield "  " + (words["record"].format(**_split(line)) if line in flow.records else line)
    for alert in alerts:
        told = (alert.fr if lang == "fr" else alert.en).title.replace("{device}", alert.device.name or alert.device.ip)
        yield "  " + words["alert"].format(
            rule=alert.rule, severity=alert.severity, confidence=alert.confidence, title=told
        )
        for name, value in alert.evidence:
            yield "  " + words["evidence"].format(name=name, value=value)
    if not alerts:
        yield "  " + words["no_alert"]
    yield ""


def _seen(flow: _Flow, words: dict[str, str]) -> Iterator[str]:
    conn, peer = flow.last.conn, flow.last.peer
    yield words["counted"].format(
        there=conn.orig_pkts,
        out=conn.orig_ip_bytes,
        back=conn.resp_pkts,
        into=conn.resp_ip_bytes,
        state=conn.state,
        history=conn.history,
    )
    if conn.services:
        yield words["services"].format(services=" → ".join(conn.services))
    else:
        yield words["unread" if conn.orig_bytes or conn.resp_bytes else "empty"]
    if peer.host:
        yield words["host"].format(host=peer.host, source=peer.host_source)
    if conn.midstream:
        yield words["midstream"]
    if not (conn.orig_pkts and conn.resp_pkts):
        yield words["one_way"]
    if conn.missed_bytes:
        yield words["missed"].format(count=conn.missed_bytes)


def _facts(seen: Observation) -> str:
    """A record's service and its fields that say something."""
    record = seen.record
    said = ((field.name, getattr(record, field.name)) for field in fields(record))
    facts = ", ".join(f"{name}={value}" for name, value in said if value not in (None, (), False, 0, ""))
    return f"{record.service}\0{facts}"


def _split(line: str) -> dict[str, str]:
    service, _, facts = line.partition("\0")
    return {"service": service, "facts": facts}
