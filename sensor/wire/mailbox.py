"""What the readers of mailboxes (POP3, IMAP) share: lines off a direction, and what holds for a whole session.

A line is handed out whole up to `LINE_LIMIT`; of a longer one the beginning and the last `LINE_END` bytes, where IMAP says how
many bytes of literal follow. No line is an error: whoever sends them is not obliged to be sane.
"""

from dataclasses import dataclass
from typing import TypedDict

from sensor.wire.mime_mail import Mail
from sensor.wire.records import Attachment, Tls

LINE_LIMIT = 8_192
LINE_END = 64


class Flow:
    """The bytes of one direction that were not taken yet: at most `LINE_LIMIT`, and what one call adds."""

    __slots__ = ("_scanned", "_torn", "data")

    def __init__(self) -> None:
        self.data = b""
        self._scanned = 0
        self._torn = False  # what comes next is the rest of a line whose beginning a gap hides

    def add(self, data: bytes) -> None:
        self.data += data

    def line(self) -> bytes | None:
        """The next line without its end, or None while it has not come."""
        while True:
            end = self.data.find(b"\n", self._scanned)
            if end < 0:
                if len(self.data) > LINE_LIMIT:
                    self.data = self.data[: LINE_LIMIT - LINE_END] + self.data[-LINE_END:]
                self._scanned = len(self.data)
                return None
            line, self.data = self.data[:end].removesuffix(b"\r"), self.data[end + 1 :]
            self._scanned = 0
            if not self._torn:
                return line if len(line) <= LINE_LIMIT else line[: LINE_LIMIT - LINE_END] + line[-LINE_END:]
            self._torn = False

    def take(self, size: int | None = None) -> bytes:
        """Up to `size` bytes, or all, that are no line."""
        taken, self.data = (self.data, b"") if size is None else (self.data[:size], self.data[size:])
        self._scanned = 0
        return taken

    def give_back(self, data: bytes) -> None:
        self.data = data + self.data
        self._scanned = 0

    def gap(self) -> None:
        self.take()
        self._torn = True


class Told(TypedDict, total=False):
    """The fields that `Pop3` and `Imap` have in common, of one mail."""

    transferred: bool
    mailfrom_domain: str | None
    rcptto_domains: tuple[str, ...]
    tls: Tls
    auth_mechanism: str | None
    auth_success: bool | None
    attachments: tuple[Attachment, ...]
    inline_images: int
    protection: str | None
    size: int
    complete: bool
    server_name: str | None


@dataclass(slots=True)
class Session:
    """What holds for every mail of a connection."""

    tls: Tls = "none"
    auth_mechanism: str | None = None
    auth_success: bool | None = None
    server_name: str | None = None

    def told(self, mail: Mail | None = None, *, preview: bool = False) -> Told:
        """`preview`: only the beginning was asked for: a part's fields may have come without its body, and where it stops
        before any attachment nothing is known of them, so that it is no transfer.
        """
        told: Told = {
            "tls": self.tls,
            "auth_mechanism": self.auth_mechanism,
            "auth_success": self.auth_success,
            "server_name": self.server_name,
        }
        if mail is not None:
            attachments = tuple(found for found in mail.attachments if found.size or not preview)
            told |= {
                "transferred": mail.size > 0 and not (preview and mail.open_end and not attachments),
                "mailfrom_domain": mail.from_domain,
                "rcptto_domains": mail.to_domains,
                "attachments": attachments,
                "inline_images": mail.inline_images,
                "protection": mail.protection,
                "size": mail.size,
                "complete": mail.complete,
            }
        return told
