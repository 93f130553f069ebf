"""An alert for tests, as a rule makes it: `alert(id="a2", …)` changes what the test is about."""

from dataclasses import replace

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

MORNING = 1_795_161_600_000_000_000  # 2026-11-20 08:00 UTC

_PLAIN = Alert(
    id="a1",
    rule="mail-clear-attachment",
    category=Category.MAIL,
    app="smtp",
    nature=Nature.TRANSFER,
    severity=Severity.HIGH,
    confidence=Confidence.CERTAIN,
    first_seen=MORNING,
    last_seen=MORNING,
    count=1,
    device=AlertDevice("192.168.1.20", "aa:bb:cc:dd:ee:ff", "Scanner accueil", "Brother"),
    peer=AlertPeer("203.0.113.9", 25, "smtp.example.fr", "banner", Hds.NOT_LISTED, None),
    bytes_out=120_000,
    bytes_in=900,
    packets=140,
    community_id="1:abc=",
    evidence=(("attachments", 1),),
    legal=(),
    fr=Words("{device} a envoyé un courrier en clair", "Passez par MSSanté.", "Chiffré", "En clair"),
    en=Words("{device} sent clear mail", "Use MSSanté.", "Encrypted", "Clear"),
)


def alert(**changes: object) -> Alert:
    return replace(_PLAIN, **changes)  # type: ignore[arg-type]
