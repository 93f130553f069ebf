"""The ledger of alerts: which occurrence belongs to which alert, and how an alert grows.

One alert per rule, app, device, peer and practice day; a session is one each; what is told once a month is one for 30 days.
The id is a hash of just that, so the same facts give the same id again. A connection that grows is counted once, by its
latest figures. Bounded: the alert and the connection not seen for longest go first, and are counted.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from sensor.detect import evidence
from sensor.detect.alert import Alert, AlertDevice, AlertPeer, Confidence, Severity
from sensor.detect.evidence import Facts
from sensor.detect.kinds import MONTH_NS, Kinds
from sensor.detect.register import local_time
from sensor.detect.telling import Telling
from sensor.detect.words import Speaker, Told
from sensor.frozen import frozen

CAP = 5_000
CONNS = 64  # growing at the same time; of one that has stopped growing nothing need be remembered
_QUARTER = 900_000_000_000  # ns: days begin, and clocks change, on a quarter of an hour everywhere
MONTH = timedelta(days=30)
_QUIET = 600_000_000_000  # ns: how often an alert that is told once a month is brought up to date
_TWO_DAYS = 172_800_000_000_000

Key = tuple[str, str, str, str]
"""Rule, app, device, peer: the alert's identity without its day. Of a session, the peer is its endpoint and start."""


@frozen
class Occurrence:
    """What a rule saw: once, or once more further on.

    `uid`: of the connection whose figures so far `bytes_*` and `packets` are; None when they are increments.
    `new`: how many occurrences this is when there is no uid to tell.
    """

    rule: str
    severity: Severity
    telling: Telling
    app: str | None
    confidence: Confidence
    device: AlertDevice
    peer: AlertPeer
    place: str
    started: int
    ts: int
    facts: Facts
    uid: str | None
    bytes_out: int
    bytes_in: int
    packets: int
    new: int
    community_id: str | None
    ended: bool


@dataclass(slots=True)
class Entry:
    """An alert being kept."""

    id: str
    day: date
    severity: Severity
    confidence: Confidence
    app: str | None
    device: AlertDevice
    peer: AlertPeer
    first: int
    last: int
    facts: Facts
    community_id: str | None
    count: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    packets: int = 0
    ended: bool = False
    told: int = 0
    conns: OrderedDict[str, tuple[int, int, int]] = field(default_factory=OrderedDict)
    left: dict[str, tuple[int, int, int]] = field(default_factory=dict)  # where yesterday's alert left its connections


class Ledger:
    """All alerts that may still grow."""

    def __init__(
        self, speaker: Speaker, zone: ZoneInfo, *, cap: int = CAP, place: Callable[[str | None, str], str] | None = None
    ) -> None:
        self._speaker = speaker
        self._day_of = lru_cache(256)(lambda quarter: local_time(quarter * _QUARTER, zone).date())
        self._cap = cap
        self._place = place or (lambda host, ip: host or ip)
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._kinds = Kinds(cap)
        self._running: dict[Key, Key] = {}  # sessions that an earlier run left open, by their endpoints
        self.evicted = 0
        self.evicted_conns = 0
        self.opened = 0

    def __len__(self) -> int:
        return len(self._entries)

    def has(self, rules: Iterable[str], app: str | None, device: AlertDevice, now: int) -> bool:
        return self._kinds.any_of(rules, app or "", device.name or device.ip, now)

    def take(self, o: Occurrence) -> Alert | None:
        """The alert of this occurrence, new or grown; None if it says nothing new."""
        key = (o.rule, o.app or "", o.device.name or o.device.ip, _peer_of(o.telling, o.peer, o.place, o.started))
        day = self._day(o.ts)
        started = o.started if o.telling.per != "day" or self._day(o.started) == day else o.ts
        entry = self._entries.get(key) or self._resumed(key, o)
        if entry is not None and not self._goes_on(entry, o.telling, day):
            entry = self._next(key, entry, o, day)
        if entry is None:
            entry = self._open(key, o, day)
        self._entries.move_to_end(key)
        self._kinds.seen(key[:3], o.ts)
        earlier = started < entry.first
        entry.first = min(entry.first, started)
        return self._alert(entry, o) if self._grow(entry, o) or earlier else None

    def _day(self, ns: int) -> date:
        return self._day_of(ns // _QUARTER)

    def _resumed(self, key: Key, o: Occurrence) -> Entry | None:
        """The session of an earlier run that this one, whose start nobody saw, is the rest of."""
        if o.telling.per != "session" or o.facts.get("start_seen") is not False:
            return None
        before = self._running.pop((*key[:3], f"{o.peer.ip} {o.peer.port}"), None)
        entry = self._entries.pop(before, None) if before else None
        if entry is not None:
            self._entries[key] = entry
        return entry

    def _goes_on(self, entry: Entry, telling: Telling, day: date) -> bool:
        if telling.per == "session":
            return True
        if telling.per == "month":
            return day - entry.day < MONTH
        return day <= entry.day  # packets out of order around midnight stay with the later day

    def _open(self, key: Key, o: Occurrence, day: date) -> Entry:
        entry = Entry(
            id=identity(key, "" if o.telling.per == "session" else day.isoformat()),
            day=day,
            severity=o.severity,
            confidence=o.confidence,
            app=o.app,
            device=o.device,
            peer=o.peer,
            first=o.ts,
            last=o.ts,
            facts={},
            community_id=o.community_id,
        )
        self._entries[key] = entry
        self.opened += 1
        if len(self._entries) > self._cap:
            self._entries.popitem(last=False)
            self.evicted += 1
        return entry

    def _next(self, key: Key, before: Entry, o: Occurrence, day: date) -> Entry:
        """The next day's alert: it names the one before, and counts connections from where that one left them."""
        entry = self._open(key, o, day)
        entry.facts["previous"] = before.id
        entry.left = dict(before.conns)
        return entry

    def _grow(self, entry: Entry, o: Occurrence) -> bool:
        known = o.uid is not None and o.uid in entry.conns
        out, into, packets = self._delta(entry, o)
        fresh = not entry.told
        again = not fresh and known and entry.last >= o.ts and not (out or into or packets)
        if again and (entry.ended or not o.ended):
            return False
        count = 0 if known else (o.new if o.uid is None else 1)
        entry.count = 1 if o.telling.per == "session" else entry.count + count
        entry.bytes_out += out
        entry.bytes_in += into
        entry.packets += packets
        entry.facts = evidence.latest(entry.facts, o.facts) if known else evidence.add(entry.facts, o.facts)
        entry.last = max(entry.last, o.ts)
        if o.device.host_name or o.device.vendor_class:  # heard since
            entry.device = o.device
        entry.ended = o.ended if o.telling.per == "session" else False
        if o.confidence is Confidence.CERTAIN:
            entry.confidence = o.confidence
        quiet = o.telling.per == "month" and not fresh and entry.last - entry.told < _QUIET
        if quiet:
            return False
        entry.told = max(entry.last, 1)
        return True

    def _delta(self, entry: Entry, o: Occurrence) -> tuple[int, int, int]:
        if o.uid is None:
            return o.bytes_out, o.bytes_in, o.packets
        before = entry.conns.get(o.uid) or entry.left.pop(o.uid, (0, 0, 0))
        now = (max(o.bytes_out, before[0]), max(o.bytes_in, before[1]), max(o.packets, before[2]))
        entry.conns[o.uid] = now
        entry.conns.move_to_end(o.uid)
        if len(entry.conns) > CONNS:
            entry.conns.popitem(last=False)
            self.evicted_conns += 1
        return now[0] - before[0], now[1] - before[1], now[2] - before[2]

    def _alert(self, entry: Entry, o: Occurrence) -> Alert:
        telling = o.telling
        told = Told(entry.app, entry.peer, entry.facts, entry.count, entry.bytes_out, entry.bytes_in, entry.first)
        return Alert(
            id=entry.id,
            rule=o.rule,
            category=telling.category,
            app=entry.app,
            nature=telling.nature,
            severity=entry.severity,
            confidence=entry.confidence,
            first_seen=entry.first,
            last_seen=entry.last,
            count=entry.count,
            device=entry.device,
            peer=entry.peer,
            bytes_out=entry.bytes_out,
            bytes_in=entry.bytes_in,
            packets=entry.packets,
            community_id=entry.community_id,
            evidence=tuple(sorted(entry.facts.items())),
            legal=telling.legal,
            fr=self._speaker.say(telling.fr, "fr", told),
            en=self._speaker.say(telling.en, "en", told),
            ended=entry.ended,
        )

    def reload(self, known: Iterable[Alert], tellings: Mapping[str, Telling]) -> None:
        """Alerts of an earlier run go on: those of rules that still exist."""
        for alert in sorted(known, key=lambda a: a.last_seen):
            telling = tellings.get(alert.rule)
            if telling is None:
                continue
            key = (alert.rule, alert.app or "", alert.device.name or alert.device.ip, self._known_peer(alert, telling))
            self._kinds.seen(key[:3], alert.last_seen)
            if telling.per == "session" and not alert.ended:
                self._running[*key[:3], f"{alert.peer.ip} {alert.peer.port}"] = key
            self._entries[key] = Entry(
                id=alert.id,
                day=self._day(alert.first_seen),
                severity=alert.severity,
                confidence=alert.confidence,
                app=alert.app,
                device=alert.device,
                peer=alert.peer,
                first=alert.first_seen,
                last=alert.last_seen,
                facts=dict(alert.evidence),
                community_id=alert.community_id,
                count=alert.count,
                bytes_out=alert.bytes_out,
                bytes_in=alert.bytes_in,
                packets=alert.packets,
                ended=alert.ended,
                told=alert.last_seen,
            )
            if len(self._entries) > self._cap:
                self._entries.popitem(last=False)
                self.evicted += 1

    def _known_peer(self, alert: Alert, telling: Telling) -> str:
        peer = alert.peer
        place = self._place(peer.host, peer.ip or "")
        return _peer_of(telling, peer, place, alert.first_seen)

    def tick(self, now: int) -> None:
        """Forgets what can no longer grow: not seen for two days, or 30 when told once in 30."""
        old = [key for key, entry in self._entries.items() if now - entry.last > _TWO_DAYS]
        for key in old:
            if now - self._entries[key].first > MONTH_NS:
                del self._entries[key]
            else:
                self._entries[key].conns.clear()
                self._entries[key].left.clear()


def identity(key: Key, period: str) -> str:
    """20 hex digits: the same for the same rule, app, device, peer and period."""
    return sha256("\x1f".join((*key, period)).encode()).hexdigest()[:20]


def _peer_of(telling: Telling, peer: AlertPeer, place: str, started: int) -> str:
    if telling.per == "session":
        return f"{peer.ip} {peer.port} {started}"
    if telling.peer == "any":
        return ""
    return place if telling.peer == "place" else peer.ip or ""
