"""The outbox for people: each mail with its state, tries and the server's last answer. Read by the page and `vigie relay --outbox`."""

import json
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dashboard.mail.outbox import ANSWER, TROUBLE
from sensor.store.errors import Reason, StoreError
from sensor.store.mailing import Listed, cursor_of, listed
from sensor.store.reader import read
from sensor.store.schema import RELAY


class State(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    RETRYING = "retrying"  # was tried, and will be again
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outbox:
    """`trouble`: the rule of what needs a person, if anything; `answer`: why all wait, if they do."""

    mails: tuple[Listed, ...] = ()
    trouble: str = ""
    answer: str = ""

    @property
    def waiting(self) -> int:
        return sum(one.ended is None for one in self.mails)


def state_of(mail: Listed) -> State:
    if mail.ended is None:
        return State.RETRYING if mail.tries else State.WAITING
    return State.SENT if mail.outcome == "sent" else State.REFUSED


def outbox_of(state: Path, count: int = 100) -> Outbox:
    """Empty before the relay's first start. Errors: StoreError."""

    def ask(db: sqlite3.Connection) -> Outbox:
        trouble, answer = (json.loads(cursor_of(db, name) or "{}") for name in (TROUBLE, ANSWER))
        return Outbox(tuple(listed(db, count)), trouble.get("need", ""), answer.get("text", ""))

    try:
        return read(RELAY.path(state), ask)
    except StoreError as error:
        if error.reason is Reason.ABSENT:
            return Outbox()
        raise
