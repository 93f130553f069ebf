"""What comes behind a gap that hid the line of its literal, and with it how long it is. Made by `sensor.wire.imap`, fed lines.

Until a line is one of the dialogue's again, lines are a mail's whose beginning was not seen. Told only where a file shows in it.
"""

from collections.abc import Container

from sensor.wire.imap_words import COMMAND, TAGGED, UNTAGGED
from sensor.wire.mime import MimeScanner
from sensor.wire.mime_mail import Mail


class Strayed:
    """Of one direction. Holds what `MimeScanner` states."""

    def __init__(self) -> None:
        self._scanner = MimeScanner(midway=True)

    def takes(self, line: bytes, tags: Container[bytes] | None) -> bool:
        """Whether `line` is a mail's. `tags`: of the commands that the server may answer; None: it is the client's line."""
        if tags is None:
            over = COMMAND.match(line) is not None
        else:
            answer = TAGGED.match(line)
            over = bool(UNTAGGED.match(line)) or line.startswith(b"+ ") or (answer is not None and answer[1] in tags)
        if not over:
            self._scanner.feed(line + b"\r\n")
        return not over

    def finish(self) -> Mail | None:
        mail = self._scanner.finish(complete=False)
        return mail if mail.attachments else None
