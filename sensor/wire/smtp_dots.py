"""Dot-stuffed text, as SMTP's DATA and POP3's multi-line answers carry a mail (RFC 5321 4.5.2, RFC 1939 3).

* A line that is "." alone ends it; a dot at the start of any other line is not part of it.
* Lines end in CRLF. Careless programs send LF alone: a dot line with a bare LF at either side ends a text that is written so
  throughout. In any other it is an end only if what follows says so (the next command, or the other side's answer): some
  servers take it for an end and some for text.
"""

from collections.abc import Callable

from sensor.wire import Likeness
from sensor.wire.mime import MimeScanner


class DotText:
    """Hands the text to `mail` and finds its end. Holds a doubtful end mark and the few bytes that leave it in doubt."""

    __slots__ = ("_carry", "_crlf", "_last", "_line_start", "_next", "after", "gapped", "mail", "maybe")

    def __init__(self, mail: MimeScanner, begins_next: Callable[[bytes], Likeness]) -> None:
        self.mail = mail
        self.maybe = b""  # a doubtful end mark
        self.after = b""  # what came after it, too little to tell
        self.gapped = False
        self._next = begins_next
        self._carry = b""
        self._line_start = True
        self._last = b"\r\n"  # the last two bytes handed on
        self._crlf: bool | None = None  # how the first line of the text ended

    def feed(self, data: bytes) -> bytes | None:
        """Take `data`; what follows the end, or None while the text goes on."""
        if self.maybe:
            likely = self._next(data := self.after + data)
            self.after = data if likely is Likeness.MAYBE else b""
            if likely is not Likeness.NO:
                return data if likely is Likeness.YES else None
            self._hand(self.maybe)
            self.maybe = b""
        return self._text(data)

    def _text(self, data: bytes) -> bytes | None:
        if self._carry:
            data = self._carry + data
            self._carry = b""
        if b"." not in data:
            self._hand(data)
            return None
        pos = 0
        while pos < len(data):
            if self._line_start and data.startswith(b".", pos):
                if data[pos : pos + 3] in (b".", b".\r"):
                    self._carry = data[pos:]
                    return None
                mark = b".\r\n" if data.startswith(b".\r\n", pos) else b".\n" if data.startswith(b".\n", pos) else b""
                if mark:
                    rest = data[pos + len(mark) :]
                    if self._ends(mark, rest):
                        return rest
                    if self.maybe:
                        return None
                pos += 0 if mark else 1  # unstuffed
            dot = data.find(b"\n.", pos) + 1 or len(data)
            self._hand(data[pos:dot])
            pos = dot
        return None

    def gap(self, missing: int) -> None:
        """Bytes are missing: the end is looked for at the next line, or at once if a dot line is what comes next."""
        self.mail.gap(missing)
        self.gapped = True
        self.maybe = self.after = self._carry = b""
        self._line_start = False
        self._last = b""

    def after_gap(self, data: bytes) -> None:
        self._line_start = self._line_start or data.startswith(b".\r\n")
        self._last = self._last or b"\r\n"

    def _hand(self, text: bytes) -> None:
        if not text:
            return
        if self._crlf is None and (end := text.find(b"\n")) >= 0:
            self._crlf = (self._last[-1:] + text)[end : end + 1] == b"\r"
        self._last = (self._last + text)[-2:]
        self._line_start = text.endswith(b"\n")
        self.mail.feed(text)

    def _ends(self, mark: bytes, rest: bytes) -> bool:
        strict = self._last == b"\r\n" and mark == b".\r\n"
        if strict or self._crlf is False:
            return True
        likely = self._next(rest)
        if likely is Likeness.MAYBE:
            self.maybe = mark
            self.after = rest
        return likely is Likeness.YES
