"""Tables of scenarios: what many of them say together, printed by `tests/lab/run TABLE`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.lab import scenario as scenarios
from tests.lab.practice import owner
from tests.lab.scenario import Alert

Results = Mapping[str, tuple[str, tuple[Alert, ...]]]  # scenario → right, wrong…, and what Vigie told


@dataclass(frozen=True, slots=True)
class Table:
    names: Callable[[], list[str]]
    text: Callable[[Results], str]


def _remote() -> list[str]:
    return [name for name in scenarios.names() if name.startswith("remote_")]


def _sessions(alerts: tuple[Alert, ...], peer: str | None) -> list[Alert]:
    """Sessions and transfers by one host outside; None: by none of the lab's."""
    kept = [alert for alert in alerts if alert["category"] == "remote" and alert["nature"] != "event"]
    return [alert for alert in kept if _peer(alert) == peer]


def _peer(alert: Alert) -> str | None:
    name = owner((alert.get("peer") or {}).get("ip") or "")
    return name if name in ("support", "call", "stranger") else None


def _remote_text(results: Results) -> str:
    rows = [("scenario", "used", "idle", "refused", "scanned", "")]
    for name, (word, alerts) in results.items():
        used = ", ".join(f"1 {alert['nature']}" for alert in _sessions(alerts, "support")) or "0"
        others = [str(len(_sessions(alerts, peer))) for peer in (None, "call", "stranger")]
        rows.append((name, used, *others, word))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


TABLES = {"remote": Table(_remote, _remote_text)}
