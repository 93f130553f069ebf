"""The journal (alerts: durable) and the series (traffic over time): SQLite, one file per writing process."""

from sensor.store.series import SeriesRow
from sensor.store.watch import WatchStore

__all__ = ["SeriesRow", "WatchStore"]
