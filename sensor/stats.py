"""What was seen, lost, evicted and spent: the JSON that `--stats FILE` writes, with `inspect` and with `watch`.

The chain counts (`Chain.stats`), the command that runs it measures what the process spent (`Meter`) and joins the two:
`chain.stats().with_spent(meter.spent())`. Keys of the JSON are the field names; times are RFC 3339, null before the first
packet.
"""

import json
import os
import resource
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from sensor.detect.alert import rfc3339

STATUS = Path("/proc/self/status")
SAMPLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Spent:
    """What the process used so far, its ended children's processor time too."""

    cpu_seconds: float
    max_rss_kib: int
    rss_anon_kib: int  # highest of the samples: memory that is ours, without mapped captures


@dataclass(frozen=True, slots=True)
class Stats:
    """One run's figures. `first_packet` and `last_packet` are nanoseconds since the epoch."""

    packets: int = 0
    bytes: int = 0  # of frames, on the wire
    first_packet: int | None = None
    last_packet: int | None = None
    kernel_drops: int = 0  # the operating system dropped them before we saw them
    shed: int = 0  # segments that we did not read, to keep up
    flows: int = 0
    tcp_gaps: int = 0
    tcp_conflicts: int = 0  # segments sent again with other content: the first is believed
    evictions: Mapping[str, int] = field(default_factory=dict)  # by table
    unreadable: Mapping[str, int] = field(default_factory=dict)  # packets by reason
    given_up: Mapping[str, int] = field(
        default_factory=dict
    )  # conversations or datagrams not read further, by reader and reason
    packets_by_path: Mapping[str, int] = field(default_factory=dict)  # ring, kernel, scapy
    packets_by_protocol: Mapping[str, int] = field(default_factory=dict)  # innermost
    fragments: Mapping[str, int] = field(
        default_factory=dict
    )  # datagrams: complete; incomplete, of those overlapping, evicted
    bad_checksums: int = 0  # of packets whose payload was read
    duplicates: int = 0  # packets seen twice, by two mirrored ports: counted by protocol, in no flow
    done_right: int = 0  # what was seen and was as it should be
    alerts: int = 0
    cpu_seconds: float = 0.0
    max_rss_kib: int = 0
    rss_anon_kib: int = 0
    version: str = field(default_factory=lambda: version("vigie"))

    def with_spent(self, spent: Spent) -> Self:
        return replace(
            self,
            cpu_seconds=spent.cpu_seconds,
            max_rss_kib=spent.max_rss_kib,
            rss_anon_kib=spent.rss_anon_kib,
        )

    def to_json(self) -> dict[str, object]:
        told = asdict(self)
        for key in ("first_packet", "last_packet"):
            told[key] = None if told[key] is None else rfc3339(told[key])
        return told

    def write(self, path: Path) -> None:
        """Writes the JSON, one key a line; raises OSError. Replaces the file at once where it is a plain one."""
        text = json.dumps(self.to_json(), indent=2) + "\n"
        if path.is_symlink() or (path.exists() and not path.is_file()):  # /dev/stdout, a pipe: written through
            path.write_text(text)
            return
        half = path.with_name(f".{path.name}.{os.getpid()}")
        half.write_text(text)
        half.replace(path)


class Meter:
    """Measures the process while it is entered: anonymous memory is sampled each second, in a thread of its own, since
    the chain may stay in compiled code for longer than that.
    """

    def __init__(self) -> None:
        self._highest = 0
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="meter", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()
        self._thread.join()

    def spent(self) -> Spent:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        memory = memory_kib()
        self._highest = max(self._highest, memory["RssAnon"])
        return Spent(
            cpu_seconds=round(sum(use.ru_utime + use.ru_stime for use in used), 3),
            max_rss_kib=memory["VmHWM"],  # not ru_maxrss, which remembers the process that started this one
            rss_anon_kib=self._highest,
        )

    def _watch(self) -> None:
        while True:
            self._highest = max(self._highest, memory_kib()["RssAnon"])
            if self._left.wait(SAMPLE_SECONDS):
                return


def memory_kib() -> dict[str, int]:
    """VmHWM and RssAnon as proc(5) gives them; zeros where there is no such file."""
    found = {"VmHWM": 0, "RssAnon": 0}
    if STATUS.exists():
        for line in STATUS.read_text().splitlines():
            key, _, value = line.partition(":")
            if key in found:
                found[key] = int(value.split()[0])
    return found
