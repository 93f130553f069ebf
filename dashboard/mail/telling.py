"""Each alert once to each recipient: looks at what is new in the stores and puts into the outbox what is to be told of it.

| the alert | the mail |
| --- | --- |
| new, at or above `at_once` | now; those of one cause that come together in one mail |
| the same cause again within ten minutes, not critical | held back until those are over, then together, in the same thread |
| new, below | in the next digest |
| told, and more serious now, at or above `at_once` | now, in its thread |
| a session told in a mail of its own, over | "terminé", in its thread |
| in quiet hours, not critical | when they end |
| the day's cap is reached (three quarters of it, if not critical) | in one digest the next day, which says so |

All that a page of news leads to, with the cursor behind it, is one commit: whoever is killed looks again and tells nothing twice.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from dashboard.mail.digests import Digest
from dashboard.mail.outbox import queue
from dashboard.mail.post import Post, key_of
from dashboard.mail.submission import Human
from dashboard.mail.trouble import RULES
from dashboard.mail.turn import Turn
from dashboard.mail.weekly import mails_of, roots, week_letter, week_of
from dashboard.mail.when import When
from dashboard.mail.writing import Writer
from sensor.detect.alert import Alert
from sensor.detect.policy_mail import Recipient
from sensor.store import roots as journal_roots
from sensor.store.codec import decode
from sensor.store.errors import Reason, StoreError
from sensor.store.mailing import Pending
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.schema import LAYOUTS, RELAY, WATCH

PAGE = 400
_DAY = 86_400_000_000_000
_SINCE, _WEEK = "mail since", "mail week"
_NEWS = "SELECT change, id, body FROM alert WHERE change >= ? AND (change, id) > (?, ?) ORDER BY change, id LIMIT ?"
_COUNTER = "SELECT value FROM meta WHERE key = 'change'"


@dataclass(frozen=True, slots=True)
class _News:
    """A page of what changed in one store, and the cursor behind it."""

    alerts: tuple[Alert, ...]
    cursor: str


class Telling:
    """Fills the outbox. Errors of its calls: Human (a certificate that cannot encrypt), StoreError."""

    def __init__(self, post: Post, store: RelayStore, clock: Callable[[], int]) -> None:
        self._post = post
        self._store = store
        self._clock = clock
        self._when = When(post.mail, post.policy.practice.timezone, post.policy.quiet_hours)
        self._watch = WATCH.path(post.state)

    def round(self) -> None:
        """All that there is to tell now. A recipient whose certificate cannot encrypt waits alone, and is told of at the end."""
        wrong: Human | None = None
        for to in self._post.mail.recipients:
            try:
                self._round(to)
            except Human as error:
                wrong = error
        if wrong is not None:
            raise wrong

    def _round(self, to: Recipient) -> None:
        since = self._begun(to)
        for layout in LAYOUTS:
            path, name = layout.path(self._post.state), f"mail {layout.name} {key_of(to)}"
            while (news := self._news(path, self._store.cursor(name))) is not None:
                self._tell(to, news, name, since)
        self._tell_pending(to)
        self._tell_week(to)

    def _begun(self, to: Recipient) -> int:
        """Alerts that ended their growth a day before a recipient was first named are history: nobody wants them now."""
        name = f"{_SINCE} {key_of(to)}"
        known = self._store.cursor(name)
        if known is None:
            now = self._clock()
            known = str(now - _DAY)
            self._store.move({name: known, f"{_WEEK} {key_of(to)}": self._when.week(now)[0].isoformat()})
        return int(known)

    def _news(self, path: Path, cursor: str | None) -> _News | None:
        """None if there is none. A number that is smaller than the cursor's is another store's: all of it is looked at again."""

        def ask(db: sqlite3.Connection) -> list[tuple[int, str, bytes]]:
            change, after = (cursor or "0 ").split(" ", 1)
            (known,) = db.execute(_COUNTER).fetchone()
            if int(change) > known:
                change, after = "0", ""
            return db.execute(_NEWS, (int(change), int(change), after, PAGE)).fetchall()

        try:
            found = read(path, ask)
        except StoreError as error:
            if error.reason is Reason.ABSENT:
                return None
            raise
        if not found:
            return None
        return _News(tuple(decode(body) for _, _, body in found), f"{found[-1][0]} {found[-1][1]}")

    def _tell(self, to: Recipient, news: _News, name: str, since: int) -> None:
        fresh = [one for one in news.alerts if one.last_seen >= since and one.rule not in RULES]
        roots_now = self._roots(1)
        with self._store.mailing() as mailing:
            Turn(self._post, self._when, mailing, Writer(self._post, to, mailing.now, roots_now)).tell(fresh)
            mailing.move(name, news.cursor)

    def _tell_pending(self, to: Recipient) -> None:
        with self._store.mailing() as mailing:
            due = mailing.pending(key_of(to))
        if due:
            self._tell_due(to, due)

    def _tell_due(self, to: Recipient, due: Sequence[Pending]) -> None:
        """What was held back goes out by its cause; all the rest is one digest."""
        held = [one.alert for one in due if one.way == "held"]
        rest = [one.alert for one in due if one.way != "held"]
        over = sum(one.way == "over" for one in due)
        digest, alone = Digest(), None
        for alert in self._alerts(rest):
            digest.add(alert)
            alone = alert
        held_alerts = list(self._alerts(held[:PAGE]))
        roots_now = self._roots(1)
        with self._store.mailing() as mailing:
            writer = Writer(self._post, to, mailing.now, roots_now)
            turn = Turn(self._post, self._when, mailing, writer)
            mailing.drop(key_of(to), [*held[:PAGE], *rest])
            turn.send(held_alerts)
            if digest.count == 1 and alone is not None and due[-1].way == "quiet":
                turn.send([alone])
            elif digest.count and (over or turn.room(critical=False) > 0):
                turn.put(digest.letter(writer, str(mailing.now), over=over))
            else:
                turn.over(rest)

    def _tell_week(self, to: Recipient) -> None:
        now, name = self._clock(), f"{_WEEK} {key_of(to)}"
        day, due = self._when.week(now)
        if self._store.cursor(name) == day.isoformat() or self._when.quiet_until(now) is not None:
            return
        zone = self._post.policy.practice.timezone
        first = day - timedelta(days=7)
        try:
            week = read(self._watch, lambda db: week_of(db, first, zone))
        except StoreError as error:
            if error.reason is not Reason.ABSENT:
                raise
            return  # nothing ever watched here
        sent, waiting, refused = read(RELAY.path(self._post.state), lambda db: mails_of(db, due - 7 * _DAY))
        week = replace(week, sent=sent, waiting=waiting, refused=refused)
        roots_told = self._roots(7)
        with self._store.mailing() as mailing:
            queue(mailing, self._post, week_letter(Writer(self._post, to, mailing.now, roots_told), week), to)
            mailing.move(name, day.isoformat())

    def _roots(self, count: int) -> tuple[str, ...]:
        """The last that were told daily; before the first, the root of now."""
        try:
            found = read(self._watch, lambda db: roots(db, count))
        except StoreError:
            found = ()
        if not found:
            now = journal_roots.of_now(self._post.state)
            found = (str(now),) if now else ()
        return found

    def _alerts(self, ids: Sequence[str]) -> Iterable[Alert]:
        """As they are now; those that retention took are left out."""
        for layout in LAYOUTS:
            path = layout.path(self._post.state)
            for at in range(0, len(ids), PAGE):
                some = ids[at : at + PAGE]
                sql = f"SELECT body FROM alert WHERE id IN ({', '.join('?' * len(some))})"  # noqa: S608  (only places)
                try:
                    bodies = read(path, lambda db, sql=sql, some=some: db.execute(sql, some).fetchall())  # type: ignore[misc]
                except StoreError as error:
                    if error.reason is not Reason.ABSENT:
                        raise
                    break
                yield from (decode(body) for (body,) in bodies)
