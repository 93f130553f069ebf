"""A relay that a trial kills: `python -m tests.trials.mailed FOLDER STEP NOW` sends what waits, and ends by SIGKILL once it has come to STEP.

FOLDER is a box's (`tests.mailserver.fixtures.Box`); NOW its clock, in nanoseconds. `watched` calls back after each step of the dialogue, for
the trials that kill the server instead.
"""

import os
import signal
import smtplib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from sensor.store.relay import RelayStore
from tests.mailserver.fixtures import Box

STEPS = (
    "connected", "EHLO", "STARTTLS", "EHLO again", "AUTH", "MAIL", "RCPT", "DATA", "message", "final dot", "answer", "answer kept", "QUIT",
)  # fmt: skip
DOUBLED = ("final dot", "answer")
"""Steps after which the server has the message and the outbox does not know it: RFC 1047."""


@contextmanager
def watched(reached: Callable[[str], None]) -> Iterator[None]:
    said = ["connected"]
    ehlos = [0]
    putcmd, getreply, send, ended = smtplib.SMTP.putcmd, smtplib.SMTP.getreply, smtplib.SMTP.send, RelayStore.ended

    def put(smtp: smtplib.SMTP, cmd: str, args: str = "") -> None:
        said[0] = cmd.split(maxsplit=1)[0].upper()
        if said[0] == "EHLO":
            ehlos[0] += 1
            said[0] = "EHLO" if ehlos[0] == 1 else "EHLO again"
        putcmd(smtp, cmd, args)

    def reply(smtp: smtplib.SMTP) -> tuple[int, bytes]:
        found = getreply(smtp)
        reached(said[0])
        return found

    def sent(smtp: smtplib.SMTP, data: bytes | str) -> None:
        send(smtp, data)
        if data == b".\r\n":
            said[0] = "answer"
            reached("final dot")
        elif len(data) > 1_000:
            reached("message")

    def kept(*given: object) -> None:
        ended(*given)  # type: ignore[arg-type]
        reached("answer kept")

    with (
        patch.object(smtplib.SMTP, "putcmd", put),
        patch.object(smtplib.SMTP, "getreply", reply),
        patch.object(smtplib.SMTP, "send", sent),
        patch.object(RelayStore, "ended", kept),
    ):
        yield


def main(folder: Path, step: str, now: int) -> None:
    def reached(name: str) -> None:
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    with watched(reached):
        Box(folder / "state", folder / "vigie.yml", [now]).work()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
