"""What `serve` asks of `watch`: entries of its journal, read by `watch` with read permission, as decisions are. So far: a test alert.

The alert is a real one, written by `watch` like any other, and takes the whole way to the DPO: what arrives of it says that others
will. A request holds for ten minutes: a box that was off does not test last week's mail.
"""

from hashlib import sha256
from pathlib import Path

from sensor.detect.alert import Alert, AlertDevice, AlertPeer, Category, Confidence, Nature, Severity, Words
from sensor.store.errors import StoreError
from sensor.store.journal import Kind
from sensor.store.reader import read
from sensor.store.schema import SERVE
from sensor.store.serve import ServeStore, current

MAIL_TEST = "mail-test"
"""The request's subject, and the alert's rule."""
HOLDS = 600 * 1_000_000_000


def ask_test(store: ServeStore, now: int) -> str:
    """Journals the request. The id that the alert will have."""
    store.record(Kind.REQUEST, MAIL_TEST, {"asked": str(now)})
    return _id(now)


class Requests:
    """Looks for what was asked since the last look: a stat each time, a query when the file has changed."""

    def __init__(self, state: Path) -> None:
        self._path = SERVE.path(state)
        self._seen: tuple[tuple[int, int], ...] = ()
        self._done = 0

    def new(self, now: int) -> list[Alert]:
        """The alerts that were asked for. A store that cannot be read has asked nothing."""
        seen = tuple(_changed(self._path.with_name(self._path.name + more)) for more in ("", "-wal"))
        if seen == self._seen:
            return []
        try:
            found = read(self._path, lambda db: current(db, Kind.REQUEST)).get(MAIL_TEST)
        except StoreError:
            return []
        self._seen = seen
        asked = int((found or {}).get("asked", 0))
        if asked <= self._done or not 0 <= now - asked < HOLDS:
            return []
        self._done = asked
        return [_test(asked, now)]


def _changed(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _id(asked: int) -> str:
    return sha256(f"{MAIL_TEST}\x1f{asked}".encode()).hexdigest()[:20]


def _test(asked: int, now: int) -> Alert:
    return Alert(
        id=_id(asked),
        rule=MAIL_TEST,
        category=Category.HEALTH,
        app=None,
        nature=Nature.EVENT,
        severity=Severity.INFORMATIONAL,
        confidence=Confidence.CERTAIN,
        first_seen=now,
        last_seen=now,
        count=1,
        device=AlertDevice("", name="Vigie"),
        peer=AlertPeer(None),
        bytes_out=0,
        bytes_in=0,
        packets=0,
        community_id=None,
        evidence=(),
        legal=(),
        fr=Words(
            "Essai : une alerte de Vigie vous parvient",
            "Rien à faire. Si vous avez demandé cet essai et que ce message est arrivé, les alertes arriveront aussi.",
            "Un message reçu quelques secondes après la demande",
            "Un essai demandé depuis le tableau de bord ou par « vigie setup mail --test »",
        ),
        en=Words(
            "Test: an alert of Vigie's reaches you",
            "Nothing to do. If you asked for this test and this mail came, alerts will come too.",
            "A mail that arrives some seconds after it was asked for",
            "A test asked for on the dashboard or by “vigie setup mail --test”",
        ),
    )
