"""What a scenario is: a file of `scenarios/` with these names, and a function `act(lab)` that does it with real programs.

* `TOLD`: what must be told. Everything else told is wrong, but what `MAY` allows.
* `SEEN`: the traffic that must be in the recording, so that silence is never taken for success.
* `DONE_RIGHT`: what must be counted as done right, by word; nothing else may be. None: any.
* `NEEDS`: what Vigie must have for the scenario to be judged: `waiting.NEEDS` says which issue brings it. Until then the
  scenario waits.
* `CONFIG`: the practice's vigie.yml, if it needs one.
* `START`: "late" when the box is plugged in only once `act` calls `lab.plug_in()`.
* `LIVE`: judged by `vigie watch` on the mirror whatever the option says: what is tried has no meaning in a recording.
* `ROOTS`: the servers' own systems that it needs (see `roots`).
* `CELLS`: cells of the mail table (see `table`), instead of all the others: each is a scenario by itself, judged by itself.

Scenarios that differ by a parameter only are rows of one file: it has `SCENARIOS`, each with its name, instead of these.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.lab.frames import Way, bytes_by_way
from tests.lab.practice import BY_NAME, owner

Alert = dict[str, Any]
FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True, slots=True)
class Told:
    """An alert, by what the scenario knows of it; None where any will do. `device` and `peer` are hosts of the practice.

    `called` is how the device calls itself, `system` what it says that it runs (it begins so); `evidence` must be among the alert's facts; `out` is the least `bytes_out`; `host` the peer's name as told.
    """

    category: str
    app: str | None = None
    nature: str | None = None
    device: str | None = None
    peer: str | None = None
    port: int | None = None
    host: str | None = None
    severity: tuple[str, ...] = ()
    hds: str | None = None
    out: int = 0
    evidence: tuple[tuple[str, object], ...] = ()
    confidence: str | None = None
    called: str | None = None
    system: str | None = None
    lasts: int = 0  # seconds from first to last seen, at least

    def fits(self, alert: Alert) -> bool:
        device, peer = alert.get("device") or {}, alert.get("peer") or {}
        facts = (alert.get("evidence") or {}).get("facts", {})
        return (
            alert["category"] == self.category
            and self.app in (None, alert.get("app"))
            and self.nature in (None, alert.get("nature"))
            and self.device in (None, owner(device.get("ip") or ""))
            and self.peer in (None, owner(peer.get("ip") or ""))
            and self.called in (None, device.get("hostname"))
            and (self.system is None or (device.get("vendor_class") or "").startswith(self.system))
            and self.port in (None, peer.get("port"))
            and self.host in (None, peer.get("host"))
            and self.hds in (None, peer.get("hds"))
            and self.confidence in (None, alert.get("confidence"))
            and (not self.severity or alert.get("severity") in self.severity)
            and (alert.get("bytes_out") or 0) >= self.out
            and (not self.lasts or _seconds(alert) >= self.lasts)
            and all(facts.get(key) == value for key, value in self.evidence)
        )


def _seconds(alert: Alert) -> float:
    first, last = (datetime.fromisoformat(alert[key]) for key in ("first_seen", "last_seen"))
    return (last - first).total_seconds()


@dataclass(frozen=True, slots=True)
class Seen:
    """A flow of the recording: `client` opened it to `server`'s `port`; at least so much transport payload each way."""

    proto: str
    port: int
    client: str
    server: str
    out: int = 0
    into: int = 0

    def missing(self, counted: dict[Way, int]) -> str | None:
        """What the recording lacks of it, as a sentence; None when all is there."""
        ways = [
            way
            for way in counted
            if way.proto == self.proto
            and way.target_port == self.port
            and owner(way.source) == self.client
            and owner(way.target) == self.server
        ]
        out, into = sum(counted[way] for way in ways), sum(counted.get(way.back, 0) for way in ways)
        flow = f"{self.proto} {self.client} → {self.server}:{self.port}"
        if not ways:
            return f"not seen: {flow}"
        if out < self.out or into < self.into:
            return f"not seen: {flow} carried {out} out and {into} in, not {self.out} and {self.into}"
        return None


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    text: str
    act: Callable[[Any], None]
    told: tuple[Told, ...] = ()
    may: tuple[Told, ...] = ()
    seen: tuple[Seen, ...] = ()
    good: tuple[tuple[str, int], ...] | None = None
    needs: tuple[str, ...] = ()
    config: str | None = None
    start: str = "first"
    live: bool = False
    roots: tuple[str, ...] = ()
    cells: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        if not self.text or not (self.seen or self.cells):
            raise ValueError(f"scenario {self.name} says nothing of itself, or of what must be seen")
        for word in (*self.told, *self.may):
            for host in (word.device, word.peer):
                if host is not None and host not in BY_NAME:
                    raise ValueError(f"scenario {self.name} names an unknown host: {host}")


@cache
def _every() -> dict[str, Scenario]:
    """All scenarios, those of tables too, but those for the lab's own test."""
    found = [scenario for file in FOLDER.glob("[a-z]*.py") for scenario in _of(file.stem)]
    every = {scenario.name: scenario for scenario in found}
    if len(every) != len(found):
        raise ValueError("two scenarios have one name")
    return every


def names() -> list[str]:
    return sorted(_every())


def load(name: str) -> Scenario:
    if name.startswith("_"):
        (scenario,) = _of(name)
        return scenario
    return _every()[name]


def _of(stem: str) -> tuple[Scenario, ...]:
    """What one file holds: a table, or one scenario."""
    module = importlib.import_module(f"tests.lab.scenarios.{stem}")
    if hasattr(module, "SCENARIOS"):
        return tuple(module.SCENARIOS)
    name = stem
    scenario = Scenario(
        name=name,
        text=(module.__doc__ or "").strip(),
        act=module.act,
        told=tuple(getattr(module, "TOLD", ())),
        may=tuple(getattr(module, "MAY", ())),
        seen=tuple(getattr(module, "SEEN", ())),
        good=getattr(module, "DONE_RIGHT", None),
        needs=tuple(getattr(module, "NEEDS", ())),
        config=getattr(module, "CONFIG", None),
        start=getattr(module, "START", "first"),
        live=getattr(module, "LIVE", False),
        roots=tuple(getattr(module, "ROOTS", ())),
        cells=tuple(getattr(module, "CELLS", ())),
    )
    return (scenario,)


def judge(scenario: Scenario, alerts: list[Alert]) -> list[str]:
    """What was told and should not have been, what was not told and should: sentences, none when all is right."""
    wrong = []
    left = list(alerts)
    for told in scenario.told:
        match = next((alert for alert in left if told.fits(alert)), None)
        if match is None:
            wrong.append(f"not told: {_words(told)}")
        else:
            left.remove(match)
    wrong += [
        f"told, and should not be: {brief(alert)}" for alert in left if not any(may.fits(alert) for may in scenario.may)
    ]
    return wrong


def unseen(scenario: Scenario, recording: bytes) -> list[str]:
    counted = bytes_by_way(recording)
    return [text for seen in scenario.seen if (text := seen.missing(counted))]


def brief(alert: Alert) -> str:
    device, peer = alert.get("device") or {}, alert.get("peer") or {}
    words = [alert.get(key) for key in ("rule", "category", "app", "nature", "severity", "confidence")]
    ends = f"{owner(device.get('ip') or '') or device.get('ip')} → {owner(peer.get('ip') or '') or peer.get('ip')}:{peer.get('port')}"
    size = f"host={peer.get('host')} hds={peer.get('hds')} out={alert.get('bytes_out')} in={alert.get('bytes_in')}"
    return f"{' '.join(map(str, words))} {ends} {size} {alert.get('evidence')}"


def _words(told: Told) -> str:
    parts = [(name, getattr(told, name)) for name in Told.__slots__]
    return " ".join(f"{name}={value}" for name, value in parts if value not in (None, (), 0))
