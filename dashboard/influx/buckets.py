"""The three buckets and how long each keeps its points. Called by setup, check, relay and what reads."""

from sensor.detect.policy import Retention

DAY = 86_400


def days_of(months: int) -> int:
    """As many days as so many months can have."""
    return months * 61 // 2 + 1


def kept(keep: Retention) -> dict[str, int]:
    """Seconds, by what vigie.yml calls the bucket."""
    return {
        "detail": keep.detail_days * DAY,
        "figures": days_of(keep.alerts_months) * DAY,
        "totals": days_of(keep.totals_months) * DAY,
    }
