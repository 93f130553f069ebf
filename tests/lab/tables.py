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


UPLOADS = (
    "upload_transfer", "upload_to_cloud", "upload_to_assistant", "upload_to_translation", "upload_to_webmail", "upload_to_backup",
    "upload_to_capable", "upload_to_secure", "upload_to_state", "upload_to_own", "upload_unknown", "upload_hds",
)  # fmt: skip
LIKE_UPLOADS = (
    "like_upload_call", "like_upload_printing", "telemetry", "download_transfer", "like_upload_imap_sync", "update_download",
    "like_upload_nas", "like_upload_backup_hds", "like_upload_form", "like_upload_photos", "like_upload_dns", "like_upload_game",
)  # fmt: skip
LIKE_MESSENGERS = (
    "dns_messenger", "messenger_preview", "like_messenger_share_button", "like_messenger_meta", "like_messenger_cdn",
    "like_messenger_push", "guest_messenger", "professional_teams", "professional_slack", "professional_zoom", "professional_meet",
    "professional_olvid",
)  # fmt: skip


def _right(results: Results) -> str:
    right = [word for word, _ in results.values()].count("right")
    return f"{right}/{len(results)} right"


TABLES = {
    "remote": Table(_remote, _remote_text),
    "uploads": Table(lambda: [*UPLOADS, *LIKE_UPLOADS], _right),
    "lookalikes": Table(lambda: list(LIKE_MESSENGERS), _right),
}
