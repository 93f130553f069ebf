from pathlib import Path

import pytest

from sensor.detect.alert import (
    Alert,
    AlertDevice,
    AlertPeer,
    Category,
    Confidence,
    Hds,
    Legal,
    Nature,
    Severity,
    Words,
)
from sensor.store import WatchStore

MORNING = 1_795_161_600_000_000_000  # 2026-11-20 08:00 UTC


@pytest.fixture
def sample():
    return Alert(
        id="a1",
        rule="mail-clear-attachment",
        category=Category.MAIL,
        app="smtp",
        nature=Nature.TRANSFER,
        severity=Severity.HIGH,
        confidence=Confidence.CERTAIN,
        first_seen=MORNING,
        last_seen=MORNING + 5,
        count=1,
        device=AlertDevice("192.168.1.20", "aa:bb:cc:dd:ee:ff", "Scanner accueil", "Brother"),
        peer=AlertPeer("203.0.113.9", 25, "smtp.example.fr", "banner", Hds.NOT_LISTED, None),
        bytes_out=120_000,
        bytes_in=900,
        packets=140,
        community_id="1:abc=",
        evidence=(("attachments", 1), ("mime_types", "application/pdf"), ("share", 0.5), ("starttls", False)),
        legal=(Legal("RGPD 32", "sécurité", verified=False, source="EUR-Lex", date="2026-11-21"),),
        fr=Words("{device} a envoyé un courrier en clair", "Passez par MSSanté.", "Chiffré", "En clair"),
        en=Words("{device} sent clear mail", "Use MSSanté.", "Encrypted", "Clear"),
    )


@pytest.fixture
def store(tmp_path: Path):
    with WatchStore(tmp_path) as opened:
        yield opened
