"""Sums over time: Sigma's event_count and value_sum, in sliding windows, by group. Bounded, evictions counted.

A window is 20 buckets of its span; each bucket keeps what it added, and what of it no alert has told yet.
"""

import operator
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from sensor.detect.event import Event
from sensor.detect.fields import Getter
from sensor.detect.rules import Correlation, getters

CAP = 20_000
BUCKETS = 20
FLOWS = 32

_OPERATORS: dict[str, Callable[[float, float], bool]] = {"gte": operator.ge, "gt": operator.gt}


@dataclass(slots=True)
class Increment:
    """What one bucket holds, or what a window has to tell: sums, and from when on."""

    start: int
    value: float = 0
    less: float = 0
    bytes_out: int = 0
    bytes_in: int = 0
    packets: int = 0
    count: int = 0


@dataclass(slots=True)
class Group:
    buckets: list[Increment] = field(default_factory=list)
    value: float = 0
    less: float = 0
    flows: dict[str, None] = field(default_factory=dict)  # the latest ones, oldest first


class Window:
    """One correlation over the events of one service."""

    def __init__(self, correlation: Correlation, service: str, *, cap: int = CAP) -> None:
        self.correlation = correlation
        self._group: tuple[Getter, ...] = getters(service, correlation.group)
        self._value = getters(service, [correlation.value])[0] if correlation.value else None
        less = correlation.telling.less
        self._less = getters(service, [less])[0] if less else None
        self._holds = _OPERATORS[correlation.op]
        self._groups: OrderedDict[tuple[object, ...], Group] = OrderedDict()
        self._width = max(correlation.timespan // BUCKETS, 1)
        self._cap = cap
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._groups)

    def add(self, event: Event, packets: int) -> Increment | None:
        """Counts an event. When the condition holds: what has not been told yet, else None."""
        key = tuple(getter(event) for getter in self._group)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group()
            if len(self._groups) > self._cap:
                self._groups.popitem(last=False)
                self.evicted += 1
        else:
            self._groups.move_to_end(key)
        ts = event.o.ts
        self._expire(group, ts)
        bucket = self._bucket(group, ts)
        value = self._value(event) if self._value else 1
        less = self._less(event) if self._less else 0
        bucket.value += value
        bucket.less += less
        group.value += value
        group.less += less
        bucket.bytes_out += event.bytes_out
        bucket.bytes_in += event.bytes_in
        bucket.packets += packets
        bucket.count += self._new(group, event)
        if not self._holds(group.value, self.correlation.count):
            return None
        if self._less is not None and group.less >= group.value:
            return None
        return _untold(group)

    def _new(self, group: Group, event: Event) -> int:
        """1 for an occurrence not counted before: of sums of bytes a connection, else each event."""
        if self._value is None:
            return 1
        uid = event.conn.uid
        known = uid in group.flows
        group.flows.pop(uid, None)
        group.flows[uid] = None
        if len(group.flows) > FLOWS:
            del group.flows[next(iter(group.flows))]
        return 0 if known else 1

    def _bucket(self, group: Group, ts: int) -> Increment:
        if not group.buckets or ts // self._width > group.buckets[-1].start // self._width:
            group.buckets.append(Increment(ts))
        return group.buckets[-1]

    def _expire(self, group: Group, now: int) -> None:
        while group.buckets and now - group.buckets[0].start > self.correlation.timespan:
            old = group.buckets.pop(0)
            group.value -= old.value
            group.less -= old.less

    def tick(self, now: int) -> None:
        """Forgets groups whose window has emptied."""
        while self._groups:
            key, group = next(iter(self._groups.items()))
            if group.buckets and now - group.buckets[-1].start <= self.correlation.timespan:
                return
            del self._groups[key]


def _untold(group: Group) -> Increment:
    """Takes out of the buckets what no alert has told."""
    first = next((b.start for b in group.buckets if b.count or b.packets or b.bytes_out), group.buckets[-1].start)
    told = Increment(first)
    for bucket in group.buckets:
        told.bytes_out += bucket.bytes_out
        told.bytes_in += bucket.bytes_in
        told.packets += bucket.packets
        told.count += bucket.count
        bucket.bytes_out = bucket.bytes_in = bucket.packets = bucket.count = 0
    return told
