"""What `serve` asks of `watch`: entries of its journal, read by `watch` with read permission, as decisions are. So far: a test alert.

The alert is a real one, written by `watch` like any other, and takes the whole way to the DPO: what arrives of it says that others
will. A request holds for ten minutes: a box that was off does not test last week's mail.
"""

from pathlib import Path

from sensor.detect.alert import Alert, Severity, Words
from sensor.store.errors import StoreError
from sensor.store.health import Spoken, id_of, of_the_box
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
    return id_of(_name(now))


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


def _name(asked: int) -> str:
    return f"{MAIL_TEST}\x1f{asked}"


def _test(asked: int, now: int) -> Alert:
    return of_the_box(_name(asked), MAIL_TEST, now, _SPOKEN, {})


_SPOKEN = Spoken(
    Severity.INFORMATIONAL,
    Words(
        "Essai : une alerte de Vigie vous parvient",
        "Rien à faire. Si vous avez demandé cet essai et que ce message est arrivé, les alertes arriveront aussi.",
        "Un message reçu quelques secondes après la demande",
        "Un essai demandé depuis le tableau de bord ou par « vigie setup mail --test »",
    ),
    Words(
        "Test: an alert of Vigie's reaches you",
        "Nothing to do. If you asked for this test and this mail came, alerts will come too.",
        "A mail that arrives some seconds after it was asked for",
        "A test asked for on the dashboard or by “vigie setup mail --test”",
    ),
)
