"""The chain: the one place that ties the rooms, from a source of frames to alerts.

Used by `inspect`, `watch` and `demo` alike, so that all three judge with the same code. Opens nothing itself: the source,
the settings and the vendor table are passed in.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from secrets import randbits

from sensor.capture import Path, Source
from sensor.detect.alert import Alert, Category, Nature
from sensor.detect.backups import BackupState
from sensor.detect.destinations import classifier
from sensor.detect.detector import Detector
from sensor.detect.hosts import Heard
from sensor.detect.policy import Policy
from sensor.settings import Settings
from sensor.stats import Stats
from sensor.store.series import SeriesRow
from sensor.track.addresses import Locality, Network
from sensor.track.conversation import Readers
from sensor.track.devices import Devices, Group, Identify, Vendor, no_vendor
from sensor.track.observation import Direction, Observation
from sensor.track.sessions import APPS, Running
from sensor.track.tracker import BARE_CAP, Tracker
from sensor.wire.kernel import Kernel
from sensor.wire.kernel.layout import Count, Unreadable
from sensor.wire.readers import DATAGRAMS, STREAMS

_PROTOCOLS = {
    "IPv4": Count.IPV4,
    "IPv6": Count.IPV6,
    "TCP": Count.TCP,
    "UDP": Count.UDP,
    "ICMP": Count.ICMP,
    "SCTP": Count.SCTP,
    "UDP-Lite": Count.UDP_LITE,
    "other IP": Count.OTHER_IP,
    "ARP": Count.ARP,
    "other": Count.OTHER_LINK,
}

_FRAGMENTS = {
    "complete": Count.FRAGMENTS_COMPLETE,
    "incomplete": Count.FRAGMENTS_INCOMPLETE,
    "overlapping": Count.FRAGMENTS_OVERLAPPING,
    "evicted": Count.FRAGMENTS_EVICTED,
}


class Chain:
    """One run over one source.

    `known`: alerts of earlier runs that go on under their id; `backups`: what those had seen of backups. `watcher` is shown every observation, of flows without
    payload too, before it is judged: for the logs. `host_names`: whether what devices call themselves, which may be a person's
    name, is kept at all; None: where the policy's privacy level lets it be shown.
    """

    def __init__(  # noqa: PLR0913  (what the caller alone can open or know)
        self,
        settings: Settings,
        *,
        seed: int | None = None,
        known: Iterable[Alert] = (),
        backups: Iterable[BackupState] = (),
        vendor: Vendor = no_vendor,
        clock: Callable[[], int] = time.time_ns,
        watcher: Callable[[Observation], None] | None = None,
        host_names: bool | None = None,
    ) -> None:
        named = settings.policy.privacy == "full" if host_names is None else host_names
        known = tuple(known)
        self._kernel = Kernel(seed=randbits(63) if seed is None else seed)
        self._readers = Readers(STREAMS, DATAGRAMS)
        self._tracker = Tracker(
            self._kernel,
            self._readers,
            Devices(_identify(settings.policy), vendor, host_names=named),
            Locality(_networks(settings.policy)),
            classify=classifier(settings.lists, settings.policy),
            bare_cap=BARE_CAP if watcher is None else sys.maxsize,
            running=_running(known),
        )
        self._watcher = watcher
        self.judged: Callable[[Observation, Alert], None] | None = None
        """Shown each alert with the observation that made it, or made it grow."""
        self._detector = Detector(settings.rules, settings.lists, settings.policy, known=known, backups=backups)
        self._clock = clock
        self._alerts: set[str] = set()
        self._source: Source | None = None

    def run(self, source: Source, *, goes_on: bool = False) -> Iterator[tuple[Alert, ...]]:
        """Judges all that comes in; after each batch yields the alerts that are new or grew, as they now are.

        `goes_on`: when the source ends, the traffic does not: a session that is open then stays open for the next run.

        An empty tuple says that time went on. On a wire this never ends; the caller closes the source.
        """
        self._source = source
        for frames in source.batches():
            if len(frames.table):
                yield self._judge(self._tracker.frames(frames))
            else:
                now = self._clock()
                yield self._judge(self._tracker.idle(now), now)
        yield self._judge(self._tracker.finish(goes_on=goes_on), self._last_ts())

    def take_series(self) -> list[SeriesRow]:
        """Traffic summed since the last call."""
        return [
            SeriesRow(
                t.minute,
                t.device_ip,
                t.device_mac,
                t.service,
                t.bytes_out,
                t.bytes_in,
                t.packets_out,
                t.packets_in,
                t.flows,
                t.destination,
            )
            for t in self._tracker.take_traffic()
        ]

    def take_backups(self) -> list[BackupState]:
        """What is known of the backups that changed since the last call."""
        return self._detector.backups.take()

    def take_hosts(self) -> list[Heard]:
        """What the practice exchanged with each host outside since the last call."""
        return self._detector.take_hosts()

    def done_right(self) -> Mapping[str, int]:
        """What was as it should be so far, by the rules' word for it."""
        return self._detector.figures().done_right

    def stats(self) -> Stats:
        """What was seen, lost and evicted so far; what it cost is the caller's to add."""
        counts, unreadable = self._kernel.tables.counts, self._kernel.tables.unreadable
        packets = int(counts[Count.PACKETS])
        path = self._source.path if self._source else Path.KERNEL
        figures = self._detector.figures()
        return Stats(
            packets=packets,
            bytes=int(counts[Count.BYTES]),
            first_packet=int(counts[Count.FIRST_TS]) if packets else None,
            last_packet=self._last_ts() if packets else None,
            kernel_drops=self._source.kernel_drops() if self._source else 0,
            shed=self._tracker.shed,
            flows=int(counts[Count.FLOWS]),
            tcp_gaps=int(counts[Count.TCP_GAPS]),
            tcp_conflicts=self._readers.conflicts,
            evictions={
                "flows": int(counts[Count.EVICTED_FLOWS]),
                **self._tracker.evictions(),
                **figures.evictions,
            },
            unreadable={
                reason.name.lower(): int(unreadable[reason])
                for reason in Unreadable
                if reason is not Unreadable.SIZE and unreadable[reason]
            },
            given_up=dict(self._readers.given_up),
            packets_by_path={way: packets if way == path else 0 for way in Path},
            packets_by_protocol={name: int(counts[column]) for name, column in _PROTOCOLS.items() if counts[column]},
            fragments={word: int(counts[column]) for word, column in _FRAGMENTS.items()},
            bad_checksums=int(counts[Count.BAD_CHECKSUM]),
            duplicates=int(counts[Count.DUPLICATES]),
            done_right=sum(figures.done_right.values()),
            alerts=len(self._alerts),
        )

    def _last_ts(self) -> int:
        return int(self._kernel.tables.counts[Count.LAST_TS])

    def _judge(self, observations: Iterable[Observation], now: int | None = None) -> tuple[Alert, ...]:
        grown: dict[str, Alert] = {}
        for observation in observations:
            if self._watcher is not None:
                self._watcher(observation)
            for alert in self._detector.observe(observation):
                grown[alert.id] = alert
                if self.judged is not None:
                    self.judged(observation, alert)
        if now is not None:
            for alert in self._detector.tick(now):
                grown[alert.id] = alert
        self._alerts.update(grown)
        return tuple(grown.values())


def _running(known: Iterable[Alert]) -> dict[str, Running]:
    """Sessions that an earlier run left open, by the Community ID of their flow."""
    running = {}
    for alert in known:
        if alert.category is Category.REMOTE and alert.nature is Nature.SESSION and not alert.ended:
            facts = dict(alert.evidence)
            if alert.community_id and alert.app in APPS and "direction" in facts:
                start_seen, direction = facts.get("start_seen", True) is True, Direction(str(facts["direction"]))
                running[alert.community_id] = Running(alert.app, alert.first_seen, start_seen, direction)
    return running


def _identify(policy: Policy) -> Identify:
    def identify(ip: str, mac: str | None, vlan: int | None) -> tuple[str | None, Group]:
        named = policy.device(ip, mac)
        return (named.name if named else None), policy.group(ip, mac, vlan)

    return identify


def _networks(policy: Policy) -> tuple[Network, ...]:
    """All that the practice calls its own, whoever uses it."""
    return (*policy.networks.local, *policy.networks.guest, *policy.networks.personal)
