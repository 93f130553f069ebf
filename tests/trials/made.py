"""What the trials write, and an old store for the writer to migrate."""

import sqlite3
from pathlib import Path

from sensor.detect.alert import (
    Alert,
    AlertDevice,
    AlertPeer,
    Category,
    Confidence,
    Hds,
    Nature,
    Severity,
    Words,
)
from sensor.store import schema
from sensor.store.upkeep import Terms
from sensor.store.watch import database

SECOND = 1_000_000_000
SET = Terms(trusted=lambda: True)  # a clock that is set, whatever the machine's is
NOW = 1_795_161_600 * SECOND  # 2026-11-20 08:00 UTC


def alert(name: str, seen: int = NOW) -> Alert:
    words = Words("Un courrier est parti en clair", "Passez par MSSanté.", "Chiffré", "En clair")
    return Alert(
        id=name,
        rule="mail-clear-attachment",
        category=Category.MAIL,
        app="smtp",
        nature=Nature.TRANSFER,
        severity=Severity.HIGH,
        confidence=Confidence.CERTAIN,
        first_seen=seen,
        last_seen=seen,
        count=1,
        device=AlertDevice("192.168.1.20", "aa:bb:cc:dd:ee:ff", "Scanner", "Brother"),
        peer=AlertPeer("203.0.113.9", 25, "smtp.example.fr", "banner", Hds.NOT_LISTED, None),
        bytes_out=120_000,
        bytes_in=900,
        packets=140,
        community_id=None,
        evidence=(("attachments", 1),),
        legal=(),
        fr=words,
        en=words,
    )


def old_store(state: Path, rows: int) -> None:
    """Of the second schema, with traffic to bring over."""
    path = database(state)
    path.parent.mkdir(parents=True)
    db = sqlite3.connect(path, isolation_level=None)
    schema.migrate(db, path, schema.WATCH, upto=2)
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO series VALUES (?, ?, 'ssl', '', NULL, 1, 2, 1, 1, 1)",
        ((NOW // (60 * SECOND) - n // 20 - 1, f"10.0.0.{n % 20}") for n in range(rows)),
    )
    db.execute("COMMIT")
    db.close()
