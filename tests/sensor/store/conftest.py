import pytest

from sensor.detect.alert import Legal
from tests.made import MORNING, alert


@pytest.fixture
def sample():
    """With a value of each type in its evidence."""
    return alert(
        last_seen=MORNING + 5,
        evidence=(("attachments", 1), ("mime_types", "application/pdf"), ("share", 0.5), ("starttls", False)),
        legal=(Legal("RGPD 32", "sécurité", verified=False, source="EUR-Lex", date="2026-11-21"),),
    )
