"""The table `alert`: each alert as it is now, in columns to search by and in `body` whole. Called within transactions."""

import sqlite3

from sensor.detect.alert import Alert, Severity
from sensor.store.codec import clean, encode

SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}

_UPSERT = """
INSERT INTO alert (id, change, first_seen, last_seen, category, severity, app, rule, device_ip, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET change=excluded.change, first_seen=excluded.first_seen, last_seen=excluded.last_seen,
    category=excluded.category, severity=excluded.severity, app=excluded.app, rule=excluded.rule,
    device_ip=excluded.device_ip, body=excluded.body
"""


def write(db: sqlite3.Connection, alert: Alert, change: int) -> None:
    """`change`: the number of the commit."""
    row = (
        clean(alert.id),
        change,
        alert.first_seen,
        alert.last_seen,
        alert.category.value,
        SEVERITY_RANK[alert.severity],
        None if alert.app is None else clean(alert.app),
        clean(alert.rule),
        clean(alert.device.ip),
        encode(alert),
    )
    db.execute(_UPSERT, row)


def counted(db: sqlite3.Connection, key: str) -> int:
    """The next number of a counter in `meta`."""
    row = db.execute("UPDATE meta SET value = value + 1 WHERE key = ? RETURNING value", (key,)).fetchone()
    return int(row[0])
