"""The labelled captures judged in this process: the same rules as the corpus' own score.py, a hundred times faster.

A capture's label says which tokens must be raised (`expect`) and which may be (`allow`). A token is an alert's category, for
messaging and remote control with its app. Raised and neither expected nor allowed: a false alarm, or a stray when every such
alert is informational.
"""

import csv
import time
from dataclasses import dataclass, field
from pathlib import Path

from sensor.capture import CaptureError
from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.detect.alert import Alert, Severity
from sensor.settings import Settings

WITH_APP = ("messaging", "remote")


@dataclass
class Score:
    captures: int = 0
    hits: list[tuple[str, str]] = field(default_factory=list)
    misses: list[tuple[str, str]] = field(default_factory=list)
    false_alarms: list[tuple[str, str]] = field(default_factory=list)
    strays: list[tuple[str, str]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")

    def line(self) -> str:
        expected = len(self.hits) + len(self.misses)
        return (
            f"{self.captures} captures, recall {len(self.hits)}/{expected}, false alarms {len(self.false_alarms)}, "
            f"strays {len(self.strays)}, refused {len(self.refused)}, slowest {self.slowest[0]:.1f} s ({self.slowest[1]})"
        )


def score(corpus: Path, settings: Settings, kinds: frozenset[str]) -> Score:
    """Judges every labelled capture; `kinds`: categories that count."""
    told = Score()
    with (corpus / "labels.tsv").open() as labels:
        for row in csv.DictReader(labels, delimiter="\t"):
            told.captures += 1
            start = time.perf_counter()
            try:
                alerts = judge(corpus / row["path"], settings)
            except CaptureError as error:
                told.refused[row["path"]] = str(error)
                alerts = []
            told.slowest = max(told.slowest, (time.perf_counter() - start, row["path"]))
            count(told, row, alerts, kinds)
    return told


def judge(path: Path, settings: Settings) -> list[Alert]:
    """The last state of each alert."""
    source = open_capture(path)
    try:
        latest = {alert.id: alert for batch in Chain(settings, seed=1).run(source) for alert in batch}
    finally:
        source.close()
    return list(latest.values())


def count(told: Score, row: dict[str, str], alerts: list[Alert], kinds: frozenset[str]) -> None:
    expect = {token for token in row["expect"].split(";") if token and kind(token) in kinds}
    fine = expect | {token for token in row["allow"].split(";") if token}
    wild = {kind(token) for token in fine if token.endswith(":*")}
    loud = {token_of(alert) for alert in alerts if alert.severity is not Severity.INFORMATIONAL}
    seen = {token_of(alert) for alert in alerts}
    for token in sorted(expect):
        met = token in seen or (token.endswith(":*") and any(kind(other) == kind(token) for other in seen))
        (told.hits if met else told.misses).append((row["path"], token))
    for token in sorted(seen):
        if kind(token) in kinds and token not in fine and kind(token) not in wild:
            (told.false_alarms if token in loud else told.strays).append((row["path"], token))


def kind(token: str) -> str:
    return token.split(":", maxsplit=1)[0]


def token_of(alert: Alert) -> str:
    return f"{alert.category}:{alert.app or '*'}" if alert.category in WITH_APP else str(alert.category)
