"""Which answer belongs to which command, when a client does not wait (RFC 2920), and when some of either was not seen.

Answers come in the order of the commands, one each; 354 answers DATA only and 334 AUTH only, so that a lost count is found
again. Nothing else is assumed: an answer to nothing is left alone.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum

from sensor.wire.smtp_mail import Transaction

MOST_DUE = 256
"""Commands that may wait for an answer; equal ones in a row count once. Past it the count is given up."""


class Want(Enum):
    """What an answer is due to."""

    DATA = "data"
    BODY = "body"
    AUTH = "auth"
    STARTTLS = "starttls"
    QUIT = "quit"
    OTHER = "other"  # EHLO, MAIL, RCPT and all that only have to be counted


@dataclass(slots=True)
class Due:
    """`count` answers to the same."""

    want: Want
    transaction: Transaction | None = None
    count: int = 1


class DueReplies:
    """The answers that are due, in order. Bounded by `MOST_DUE`."""

    def __init__(self) -> None:
        self._due: deque[Due] = deque()

    def add(self, want: Want, transaction: Transaction | None = None, count: int = 1) -> list[Transaction]:
        """One more is due; the transactions whose answer is no longer awaited."""
        last = self._due[-1] if self._due else None
        if last and last.want is want and want is not Want.BODY:
            last.count += count
            return []
        forgotten = self.clear() if len(self._due) >= MOST_DUE else []
        self._due.append(Due(want, transaction, count))
        return forgotten

    def clear(self) -> list[Transaction]:
        waiting = [due.transaction for due in self._due if due.transaction is not None]
        self._due.clear()
        return waiting

    def has(self, want: Want) -> bool:
        return any(due.want is want for due in self._due)

    def forget(self, transaction: Transaction) -> bool:
        """No answer is due to its body after all; whether one was."""
        before = len(self._due)
        self._due = deque(due for due in self._due if due.transaction is not transaction)
        return len(self._due) < before

    def take(self, code: int) -> tuple[Due | None, list[Transaction]]:
        """What `code` answers, and the transactions it passes over."""
        passed: list[Transaction] = []
        only = {354: Want.DATA, 334: Want.AUTH}.get(code)
        if only is not None:
            if not self.has(only):
                return None, passed
            while self._due[0].want is not only:
                transaction = self._due.popleft().transaction
                if transaction is not None:
                    passed.append(transaction)
        if not self._due:
            return None, passed
        due = self._due[0]
        due.count -= 1
        if due.count <= 0:
            self._due.popleft()
        return due, passed
