"""The outbox: `queue` puts a letter there, durably and once; `Sender` hands what waits to the mail server. Called by the relay.

A letter is composed when it is queued and sent as it is, at each try the same bytes with the same Message-ID. It leaves the outbox
once the server has answered the final dot with 250. Whoever is killed between that answer and its commit sends it again: the one
copy too many that RFC 1047 tells of, which mail programs know by its Message-ID.
"""

import json
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.mail.message import Letter, compose, message_id
from dashboard.mail.post import Post, key_of
from dashboard.mail.submission import Delayed, Human, Later, Refused, Submission, submission
from dashboard.mail.trouble import Need, health
from sensor.detect.policy_mail import Recipient
from sensor.store.mailing import MAIL, Mailing, NewMail
from sensor.store.relay import RelayStore, Waiting

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
_AT_ONCE = 50  # mails of one connection
_CERTIFICATE = "mail certificate"
TROUBLE, ANSWER = "mail trouble", "mail answer"
"""Cursors: the episode that needs a person, and what keeps all mails waiting for the moment."""
_WAITS = (30, 60, 120, 300, 600, 900, 1800, 3600)
"""Seconds before a message is tried again, the last for as long as it takes (RFC 5321, 4.5.4.1: at least for days)."""
_LONGEST = 900.0
_log = logging.getLogger(__name__)


def queue(mailing: Mailing, post: Post, letter: Letter, to: Recipient) -> str:
    """Puts a letter into the outbox, within the commit of `RelayStore.mailing`. Its Message-ID. Errors: Human (S/MIME)."""
    envelope = post.envelope(to, mailing.now)
    name = f"{letter.kind}:{letter.name}:{key_of(to)}"
    identity = message_id(letter, envelope)
    mailing.put(
        NewMail(
            name=name,
            body=compose(letter, envelope),
            kind=letter.kind,
            about=letter.about,
            recipient=key_of(to),
            domain=to.mail.rpartition("@")[2],
            message=identity,
        )
    )
    return identity


def queue_for_all(store: RelayStore, post: Post, letters: Callable[[Recipient], Letter]) -> None:
    """One letter to each recipient, in one durable step. Errors: Human, StoreError."""
    with store.mailing() as mailing:
        for to in post.mail.recipients:
            queue(mailing, post, letters(to), to)


@dataclass(slots=True)
class Sender:
    """Sends what waits. `clock`: nanoseconds since the epoch."""

    store: RelayStore
    post: Post
    clock: Callable[[], int]
    failures: int = 0
    not_before: int = 0

    def round(self) -> int:
        """Hand over what may be tried now. How many were taken. Errors: StoreError."""
        now = self.clock()
        if 0 < self.not_before - now <= int(_LONGEST * _SECOND):  # more: the clock was set back
            return 0
        items = self.store.waiting(MAIL, now, _AT_ONCE)
        if not items:
            return 0
        try:
            with submission(self.post.account()) as session:
                sent = sum([self._one(session, item) for item in items])
        except Later as error:
            self._wait(backoff(self.failures), str(error))
            return 0
        except Human as error:
            self.needs(error)
            return 0
        self._well()
        return sent

    def hurry(self) -> None:
        """Something was changed that may help: try at once."""
        self.not_before = 0

    def needs(self, error: Human) -> None:
        """One alert an episode, also when the relay is started again in its midst."""
        known = json.loads(self.store.cursor(TROUBLE) or "{}")
        if known.get("need") != error.need:
            now = self.clock()
            _log.error("mails need a person: %s", error)
            self.store.upsert([health(error.need, now, str(error))])
            self.store.move({TROUBLE: json.dumps({"need": error.need, "since": now})})
        self._wait(60.0, str(error), log=False)

    def sealed_wrong(self, error: Human) -> None:
        """A certificate that cannot encrypt: an alert a day. The other recipients' mails go on."""
        now = self.clock()
        today = str(now - now % _DAY)
        if self.store.cursor(_CERTIFICATE) != today:
            _log.error("a recipient's mails wait: %s", error)
            self.store.upsert([health(Need.CERTIFICATE, int(today), str(error))])
            self.store.move({_CERTIFICATE: today})

    def _one(self, session: Submission, item: Waiting) -> bool:
        try:
            answer = session.send(item.body)
        except Delayed as error:
            self._delayed(item, str(error))
            if error.doubt:
                raise Later(str(error)) from None
            return False
        except Refused as error:
            self._refused(item, str(error))
            return False
        self.store.ended(item, "sent", {"answer": answer[:3]}, answer)
        return True

    def _delayed(self, item: Waiting, answer: str) -> None:
        now = self.clock()
        wait = _WAITS[min(item.tries, len(_WAITS) - 1)] * random.uniform(0.8, 1.0)  # noqa: S311 - not a secret
        self.store.failed(item, answer, now + int(wait * _SECOND))
        if now - item.made > _DAY:
            self.store.upsert([health(Need.LONG, now - now % _DAY, answer)])

    def _refused(self, item: Waiting, answer: str) -> None:
        now = self.clock()
        _log.error("a mail was refused: %s", answer)
        self.store.upsert([health(Need.REFUSED, now - now % _DAY, answer, subject=item.name.rpartition(":")[2])])
        self.store.ended(item, "aside", {"answer": answer[:3]}, answer)

    def _wait(self, seconds: float, text: str, *, log: bool = True) -> None:
        now = self.clock()
        if log and not self.failures:
            _log.warning("mails wait, and are tried again: %s", text)
        self.failures += 1
        self.not_before = now + int(seconds * _SECOND)
        self.store.move({ANSWER: json.dumps({"at": now, "text": text, "next": self.not_before})})
        oldest = self.store.waiting(MAIL, now, 1)
        if oldest and now - oldest[0].made > _DAY:
            self.store.upsert([health(Need.LONG, now - now % _DAY, text)])

    def _well(self) -> None:
        self.failures, self.not_before = 0, 0
        if self.store.cursor(ANSWER) or self.store.cursor(TROUBLE):
            self.store.move({ANSWER: "", TROUBLE: ""})
            _log.warning("mails leave again")


def backoff(failures: int) -> float:
    """Seconds after so many failures in a row and one more: 5, 10, 20… up to a quarter of an hour, shortened by chance."""
    return float(min(5.0 * 2.0 ** min(failures, 16), _LONGEST)) * random.uniform(0.6, 1.0)  # noqa: S311 - not a secret
