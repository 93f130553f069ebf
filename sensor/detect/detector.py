"""Observations to alerts: the one door of `sensor.detect`, called by the chain for each observation.

Rules are tried by service, in the order of their files. A rule tells, is counted by a correlation, or counts something done
right. Patients and visitors are not the subject: of a guest's device only inbound remote control is told.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from sensor.detect import evidence
from sensor.detect.alert import Alert, AlertDevice, AlertPeer, Category, Confidence
from sensor.detect.backups import Backup, Backups, BackupState
from sensor.detect.calls import Calls
from sensor.detect.correlate import Increment, Window
from sensor.detect.event import Event
from sensor.detect.hosts import Heard, Hosts
from sensor.detect.ledger import Ledger, Occurrence
from sensor.detect.lists import Lists
from sensor.detect.policy import Policy
from sensor.detect.relevance import kind
from sensor.detect.rules import Correlation, Rule, RuleSet
from sensor.detect.telling import Telling
from sensor.detect.volumes import Volumes
from sensor.detect.words import Speaker
from sensor.track.observation import Conn, Device, Direction, Observation, Session, Transfer

REMEMBERED = 8_192
"""Addresses of which it is remembered whether they are the practice's."""
KINDS = 8_192
"""Kinds of flows of which the rules that may match are remembered; past it all are worked out anew."""
BACKUP = "backup"
"""The class of destinations that are backup services."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What `--stats` tells of detection. `evictions` by table; `done_right` by practice: "mssante", "hds"."""

    evictions: dict[str, int] = field(default_factory=dict)
    done_right: dict[str, int] = field(default_factory=dict)
    alerts: int = 0


class Detector:
    """Rules, lists and policy at work. `known`: alerts of an earlier run, which go on under their id; `backups`: what it had seen of them."""

    def __init__(
        self,
        rules: RuleSet,
        lists: Lists,
        policy: Policy,
        *,
        known: Iterable[Alert] = (),
        backups: Iterable[BackupState] = (),
    ) -> None:
        self._lists = lists
        self._policy = policy
        self._rules = rules.by_service()
        self._relevant: dict[Hashable, tuple[Rule, ...]] = {}
        zone = policy.practice.timezone
        self._ledger = Ledger(Speaker(rules.catalogue, zone), zone, place=lists.place)
        every: list[Rule | Correlation] = [*rules.rules, *rules.correlations]
        tellings = {rule.name: rule.telling for rule in every}
        self._same: dict[str, Rule | Correlation] = {
            rule.name: other for rule in every for other in every if rule.telling.same_as == other.name
        }
        self._ledger.reload(known, tellings)
        self._windows: dict[str, list[Window]] = {}
        services = {rule.name: rule.service for rule in rules.rules}
        for correlation in rules.correlations:
            windows = {s: Window(correlation, s) for s in {services[name] for name in correlation.rules}}
            for name in correlation.rules:
                self._windows.setdefault(name, []).append(windows[services[name]])
        self._owns = lru_cache(REMEMBERED)(policy.is_own)
        self._volumes = Volumes()
        self._calls = Calls()
        self.backups = Backups(backups)
        self._hosts = Hosts()
        self._done_right: dict[str, int] = {}
        for told in tellings.values():
            if told.done_right:
                self._done_right[told.done_right] = 0

    def observe(self, o: Observation) -> list[Alert]:
        """Each new or grown alert, as it is now."""
        if o.record.service not in self._rules:
            return []
        event = Event(o, self._lists, self._policy)
        event.owns = self._owns
        if o.conn.proto == "udp":
            self._calls.place(event)
        if isinstance(o.record, Transfer):
            device, sent = event.device.name or event.device.ip, o.record
            if o.direction is Direction.OUTBOUND and (to := event.destination) is not None and to.cls == BACKUP:
                self.backups.heard(o, event.place, to.name, event.hds.value, sent.bytes_out)
            event.sums = self._volumes.add(device, event.place, o.ts, sent.bytes_out, sent.bytes_in)
            self._hosts.add(event)
        rules = self._candidates(event)
        guest = event.device.group == "guest"
        if guest and o.direction is not Direction.INBOUND:
            return []
        alerts: list[Alert] = []
        for rule in rules:
            if guest and rule.telling.category is not Category.REMOTE:
                continue
            if rule.matches(event):
                alerts += self._matched(rule, event)
        return alerts

    def _candidates(self, event: Event) -> tuple[Rule, ...]:
        """The rules of its service that could match what was seen."""
        what = kind(event)
        rules = self._relevant.get(what)
        if rules is None:
            if len(self._relevant) >= KINDS:
                self._relevant.clear()
            rules = tuple(rule for rule in self._rules[event.record.service] if rule.could(event) is not False)
            self._relevant[what] = rules
        return rules

    def _matched(self, rule: Rule, event: Event) -> Iterable[Alert]:
        if rule.telling.done_right:
            self._done_right[rule.telling.done_right] += 1
        elif rule.tell:
            yield from self._tell(self._occurrence(rule, rule.telling, event, None))
        for window in self._windows.get(rule.name, ()):
            packets = event.record.packets if isinstance(event.record, Transfer) else 0
            told = window.add(event, packets)
            if told is None:
                continue
            correlation = window.correlation
            yield from self._tell(self._occurrence(correlation, correlation.telling, event, told))

    def _tell(self, occurrence: Occurrence) -> Iterator[Alert]:
        unless = occurrence.telling.unless
        if unless and self._ledger.has(unless, occurrence.app, occurrence.device, occurrence.ts):
            return
        alert = self._ledger.take(occurrence)
        if alert is not None:
            yield alert

    def _occurrence(
        self, rule: Rule | Correlation, telling: Telling, event: Event, told: Increment | None
    ) -> Occurrence:
        confidence = _confidence(telling, event)
        facts = evidence.facts(event)
        conn, record = event.conn, event.record
        if telling.hds and (day := self._lists.hds_date()):
            facts["hds_list_date"] = day
        if isinstance(rule, Correlation):
            facts |= {"window": rule.timespan // 1_000_000_000, "threshold": rule.count}
        rule = self._same.get(rule.name, rule)  # told as the other rule: one alert for both
        telling = rule.telling
        figures = (event.bytes_out, event.bytes_in, conn.orig_pkts + conn.resp_pkts)
        by_conn = told is None and not isinstance(record, Transfer)
        growing = isinstance(record, (Conn, Session))
        uid = conn.uid if by_conn and growing else None
        if told is not None:
            figures = (told.bytes_out, told.bytes_in, told.packets)
        elif isinstance(record, Backup):
            figures = (record.size, 0, 0)
        elif isinstance(record, Transfer):
            figures = (record.bytes_out, record.bytes_in, record.packets)
        return Occurrence(
            rule=rule.name,
            severity=rule.severity,
            telling=telling,
            app=_app(telling, event),
            confidence=confidence,
            device=_device(event.device),
            peer=_peer(telling, event),
            place=event.place,
            started=_started(event, told),
            ts=event.o.ts,
            facts=facts,
            uid=uid,
            bytes_out=figures[0],
            bytes_in=figures[1],
            packets=figures[2],
            new=told.count if told else 1,
            community_id=None if isinstance(record, Backup) else conn.community_id,
            ended=conn.ended,
        )

    def tick(self, now: int) -> list[Alert]:
        """Time goes on (nanoseconds since the epoch): sums leave their windows. At least once a minute is enough."""
        self._ledger.tick(now)
        for windows in self._windows.values():
            for window in windows:
                window.tick(now)
        return [alert for late in self.backups.late(now) for alert in self.observe(late)]

    def take_hosts(self) -> list[Heard]:
        """What was exchanged with each host outside since the last call."""
        return self._hosts.take()

    def figures(self) -> Figures:
        windows = {id(window): window for windows in self._windows.values() for window in windows}
        return Figures(
            evictions={
                "alerts": self._ledger.evicted,
                "alert_conns": self._ledger.evicted_conns,
                "volumes": self._volumes.evicted,
                "calls": self._calls.evicted,
                "sums": sum(window.evicted for window in windows.values()),
            },
            done_right=dict(self._done_right),
            alerts=self._ledger.opened,
        )


def _device(device: Device) -> AlertDevice:
    return AlertDevice(
        device.ip,
        device.mac,
        device.name,
        device.vendor,
        device.host_name,
        device.vendor_class,
        device.mac_random,
    )


def _started(event: Event, told: Increment | None) -> int:
    """When what is told began: a sum with its first bytes, a session or connection with its own, anything else now."""
    if told is not None:
        return told.start
    if isinstance(event.record, Session):
        return event.record.started
    return event.conn.first_ts if isinstance(event.record, Conn) else event.o.ts


def _app(telling: Telling, event: Event) -> str | None:
    if telling.app_from == "rule":
        return telling.app
    if telling.app_from == "record":
        return event.record.app if isinstance(event.record, Session) else str(event.record.service)
    return event.destination.app if event.destination else None


def _confidence(telling: Telling, event: Event) -> Confidence:
    """Never more than the evidence allows: a name that only the device's DNS explains, or that nobody verified, is probable."""
    if telling.confidence is Confidence.PROBABLE or event.conn.midstream:
        return Confidence.PROBABLE
    attachments = getattr(event.record, "attachments", ())
    if attachments and all(attachment.guessed for attachment in attachments):
        return Confidence.PROBABLE
    if telling.app_from == "list":
        destination = event.destination
        unsure = destination is None or destination.confidence in ("low", "knowledge")
        if unsure or event.shared or (event.peer.host_source == "dns" and not event.by_bytes):
            return Confidence.PROBABLE
    return Confidence.CERTAIN


def _peer(telling: Telling, event: Event) -> AlertPeer:
    peer = event.peer
    return AlertPeer(
        ip=peer.ip,
        port=peer.port,
        host=peer.host,
        host_source=peer.host_source,
        hds=event.hds if telling.hds else None,
    )
