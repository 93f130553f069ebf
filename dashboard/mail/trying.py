"""A test alert on its way: asked of `watch`, raised by it, sent by the relay, answered by the mail server. Read from the stores.

Called by the page and by `vigie setup mail --test`, which both show each step as it is reached.
"""

from dataclasses import dataclass
from pathlib import Path

from dashboard.mail.listing import State, outbox_of, state_of
from sensor.store.errors import StoreError
from sensor.store.mailing import Listed
from sensor.store.reader import read
from sensor.store.schema import WATCH


@dataclass(frozen=True, slots=True)
class Progress:
    """`raised`: when `watch` wrote the alert (nanoseconds since the epoch); `trouble`: why no mail leaves, if one cannot."""

    raised: int | None
    mails: tuple[Listed, ...]
    trouble: str = ""

    @property
    def sent(self) -> bool:
        return bool(self.mails) and all(state_of(one) is State.SENT for one in self.mails)

    @property
    def refused(self) -> bool:
        return any(state_of(one) is State.REFUSED for one in self.mails)

    @property
    def over(self) -> bool:
        """Whether there is nothing more to wait for."""
        return bool(self.mails) and all(one.ended is not None for one in self.mails)


def progress(state: Path, alert: str) -> Progress:
    """Errors: none; a store that cannot be read has nothing to tell yet."""
    sql = "SELECT first_seen FROM alert WHERE id = ?"
    try:
        found = read(WATCH.path(state), lambda db: db.execute(sql, (alert,)).fetchone())
    except StoreError:
        found = None
    try:
        outbox = outbox_of(state)
    except StoreError:
        return Progress(found[0] if found else None, ())
    mails = tuple(one for one in outbox.mails if one.about == alert)
    return Progress(found[0] if found else None, mails, outbox.answer)
