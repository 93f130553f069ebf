"""IMAP4 in clear, on any port (RFC 3501, RFC 9051, 7888, 4978, 3516). Called for streams that `probe` takes.

* The server greets `* OK`, `* PREAUTH` or `* BYE`; the client sends `TAG COMMAND …`, answered by `* …` lines and `TAG OK|NO|BAD`.
* A line that ends in `{n}` goes on after n bytes of literal. The client waits for `+` before its own, unless it wrote `{n+}`.
* A mail goes down as the literal of `* n FETCH (… BODY[section]<offset> {n}`, up as that of APPEND: `imap_literal`. A BODYSTRUCTURE
  alone moves nothing; it says what a part is that is fetched later: `imap_structure`.
* LOGIN and AUTHENTICATE are told by mechanism and outcome. STARTTLS leads to `Rest.HANDOVER`, COMPRESS to inflated bytes
  (`INFLATED`).

One `Imap` for each mail or part, one for a session without any. Buffer: `mailbox.Flow` a side, one content, `TAGS` and
`MESSAGES`. Bytes of literals are counted, so a gap within one does no harm.
"""

import re
import zlib
from collections import OrderedDict
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.imap_literal import Content, Fetched, OnePart, OwnHeader, Whole
from sensor.wire.imap_structure import structure
from sensor.wire.mailbox import Flow, Session
from sensor.wire.mime_fields import PartHeader
from sensor.wire.records import Imap
from sensor.wire.smtp_words import MASKED, server_name

FIRST_BYTES = 512
TAGS = 256
"""Commands that may be under way."""

MESSAGES = 64
"""Messages whose structure is remembered."""

INFLATED = (1 << 24, 100)
"""Inflated bytes: so many, and so many for each byte on the wire. More is a bomb: the session is read no further."""

SLICE = 16_384
STRANGE = 256

_VERBS = (
    b"CAPABILITY|NOOP|LOGOUT|STARTTLS|AUTHENTICATE|LOGIN|SELECT|EXAMINE|CREATE|DELETE|RENAME|SUBSCRIBE|UNSUBSCRIBE|LIST|LSUB|STATUS"
    b"|APPEND|CHECK|CLOSE|UNSELECT|EXPUNGE|SEARCH|FETCH|STORE|COPY|MOVE|UID|IDLE|ID|ENABLE|NAMESPACE|COMPRESS|GETQUOTA\\w*|XLIST|SORT|THREAD"
)
_COMMAND = re.compile(rb"([A-Za-z0-9.$_:/-]{1,64}) (?:UID )?(" + _VERBS + rb")(?=[ \r\n]|\Z)", re.IGNORECASE)
_TAGGED = re.compile(rb"([A-Za-z0-9.$_:/-]{1,64}) (OK|NO|BAD)(?=[ \r\n]|\Z)", re.IGNORECASE)
_UNTAGGED = re.compile(
    rb"\* (?:OK|PREAUTH|BYE|NO|BAD|CAPABILITY|FLAGS|LIST|LSUB|SEARCH|STATUS|ID|NAMESPACE|ENABLED|\d+ (?:EXISTS|RECENT|EXPUNGE|FETCH))(?=[ \r\n]|\Z)",
    re.IGNORECASE,
)
_FETCH = re.compile(rb"\* (\d{1,10}) FETCH \(", re.IGNORECASE)
_LITERAL = re.compile(rb"~?\{(\d{1,10})\+?\}\Z")
_SECTION = re.compile(
    rb"(BODY|BINARY|RFC822(?:\.TEXT|\.HEADER)?)(?:\[([^\]]{0,64})[^\]]*\])?(?:<(\d{1,10})>)? ~?\{\d+\+?\}\Z",
    re.IGNORECASE,
)
_PARTIAL = re.compile(rb"<\d{1,10}\.(\d{1,10})>")
_NUMBER = re.compile(r"[1-9][0-9.]*\Z")
_CAPABILITY = re.compile(rb"CAPABILITY ([^\]]*)", re.IGNORECASE)


class _Side:
    """One direction: its lines, its literal, its inflater."""

    __slots__ = ("content", "flow", "inflater", "left", "size_in", "size_out")

    def __init__(self) -> None:
        self.flow = Flow()
        self.left = 0  # bytes of the literal still to come
        self.content: Content | None = None  # what the literal is, if it is of interest
        self.inflater: zlib._Decompress | None = None
        self.size_in = self.size_out = 0

    def add(self, data: bytes) -> bool:
        """False: a bomb, or not deflate at all."""
        if self.inflater is None:
            self.flow.add(data)
            return True
        self.size_in += len(data)
        try:
            text = self.inflater.decompress(data, SLICE)
        except zlib.error:
            return False
        self.size_out += len(text)
        self.flow.add(text)
        return True


class ImapReader:
    """See the module. Fed in both directions, or in one."""

    service: ClassVar[str] = "imap"

    def __init__(self) -> None:
        self._session = Session()
        self._sides = {True: _Side(), False: _Side()}
        self._heard = {True: False, False: False}
        self._ended = {True: False, False: False}
        self._client_is_orig: bool | None = None
        self._tags: OrderedDict[bytes, bytes] = OrderedDict()  # → verb
        self._structures: OrderedDict[int, dict[str, PartHeader]] = OrderedDict()
        self._verb: bytes | None = None  # of the client's line that goes on behind a literal
        self._message: int | None = None  # of the server's FETCH that does
        self._fetched: Fetched | None = None
        self._asked: int | None = None
        self._secret: bytes | None = None  # tag of the log-in under way
        self._greeted = self._tls_next = self._tls = self._over = self._compressed = False
        self._strange = 0
        self._told: list[Imap] = []
        self._told_any = False

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        for at in range(0, len(data), SLICE):
            self._slice(data[at : at + SLICE], self._sides[from_orig], from_orig)
            if self._over or self._tls:
                self._sides[from_orig].flow.add(data[at + SLICE :])
                break
        return self._outcome()

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        side = self._sides[from_orig]
        if side.inflater is not None:
            self._over = True  # nothing can be inflated behind it
            return self._outcome()
        hidden = min(missing, side.left)
        if hidden:
            side.left -= hidden
            if side.content is not None:
                side.content.gap(hidden)
            self._end_literal(side, from_orig)
        if missing > hidden:
            side.flow.gap()
            self._secret = None
            self._message = None if from_orig != self._client_is_orig else self._message
        return self._outcome()

    def end(self, *, from_orig: bool) -> Outcome:
        self._ended[from_orig] = True
        side = self._sides[from_orig]
        if side.content is not None and side.left:
            self._tell(side.content, from_orig, complete=False)
            side.content = None
        self._over = all(self._ended.values()) or not self._heard[not from_orig]
        return self._outcome()

    def _slice(self, data: bytes, side: _Side, from_orig: bool) -> None:
        while True:
            if not side.add(data):
                self._over = True
                return
            if self._client_is_orig is None and not self._sides_known(from_orig):
                return
            self._go_on()
            data = side.inflater.unconsumed_tail if side.inflater is not None else b""
            most, ratio = INFLATED
            self._over = self._over or side.size_out > most + ratio * side.size_in
            if not data or self._over:
                return

    def _sides_known(self, from_orig: bool) -> bool:
        data = self._sides[from_orig].flow.data
        if b"\n" not in data:
            return False
        if _UNTAGGED.match(data) or _TAGGED.match(data):
            self._client_is_orig = not from_orig
        else:
            self._client_is_orig = from_orig if _COMMAND.match(data) else not from_orig
        return True

    def _go_on(self) -> None:
        assert self._client_is_orig is not None
        for from_orig in (self._client_is_orig, not self._client_is_orig):
            side = self._sides[from_orig]
            while side.flow.data and not self._tls and self._step(side, from_orig):
                pass

    def _step(self, side: _Side, from_orig: bool) -> bool:
        if side.left:
            data = side.flow.take(side.left)
            side.left -= len(data)
            if side.content is not None:
                side.content.feed(data)
            self._end_literal(side, from_orig)
            return True
        if side.flow.data.startswith(b"\x16"):
            waiting = b"STARTTLS" in self._tags.values() and self._heard[not from_orig]
            self._tls = self._tls_next or not waiting
            return False
        line = side.flow.line()
        if line is None:
            return False
        if from_orig == self._client_is_orig:
            self._client(line, side)
        else:
            self._server(line, side)
        return True

    def _end_literal(self, side: _Side, from_orig: bool) -> None:
        if side.left == 0 and side.content is not None:
            content, side.content = side.content, None
            self._tell(content, from_orig, complete=True)

    # The client's lines

    def _client(self, line: bytes, side: _Side) -> None:
        verb, self._verb = self._verb, None
        if verb is None:
            found = _COMMAND.match(line)
            if found is None or (self._secret is not None and self._heard[not self._client_is_orig]):
                return  # DONE, or the log-in's own words
            self._secret = None
            verb = found[2].upper()
            self._command(found[1], verb, line)
        literal = _LITERAL.search(line)
        if literal:
            self._verb = verb
            side.left = int(literal[1])
            side.content = Whole() if verb == b"APPEND" and side.left else None

    def _command(self, tag: bytes, verb: bytes, line: bytes) -> None:
        if len(self._tags) >= TAGS:
            self._tags.popitem(last=False)
        self._tags[tag] = verb
        if verb == b"LOGIN":
            self._session.auth_mechanism, self._session.auth_success = "LOGIN", None
        elif verb == b"AUTHENTICATE":
            word = line.split(b" ")[2:3]
            if word and re.fullmatch(rb"[A-Za-z0-9_-]{1,24}", word[0]):
                self._session.auth_mechanism, self._session.auth_success = word[0].decode("ascii").upper(), None
            self._secret = tag
        elif verb == b"FETCH":
            found = _PARTIAL.search(line)
            self._asked = int(found[1]) if found else None

    # The server's lines

    def _server(self, line: bytes, side: _Side) -> None:
        literal = _LITERAL.search(line)
        if self._message is None:
            self._answer(line)
        elif not literal:
            self._message_line(line)
        if literal:
            self._begin_literal(line, int(literal[1]), side)
        else:
            self._message = None

    def _answer(self, line: bytes) -> None:
        """A line that does not go on behind a literal."""
        self._capabilities(line)
        if found := _FETCH.match(line):
            self._message = int(found[1])
            self._message_line(line)
        elif found := _TAGGED.match(line):
            self._result(found[1], good=found[2].upper() == b"OK", line=line)
        elif not self._greeted and line.startswith(b"* "):
            self._greet(line)
        elif not _UNTAGGED.match(line) and not line.startswith((b"+", b"* ")):
            self._strange += 1
            return
        self._strange = 0

    def _greet(self, line: bytes) -> None:
        self._greeted = True
        self._session.server_name = next(filter(None, map(server_name, line.split()[2:16])), None)
        if line.upper().startswith(b"* PREAUTH"):
            self._session.auth_mechanism, self._session.auth_success = "PREAUTH", True

    def _capabilities(self, line: bytes) -> None:
        found = _CAPABILITY.search(line) if self._session.tls == "none" else None
        if found:
            words = found[1].upper().split()
            if b"STARTTLS" in words:
                self._session.tls = "offered"
            elif any(MASKED.match(word) for word in words):
                self._session.tls = "stripped"

    def _result(self, tag: bytes, *, good: bool, line: bytes) -> None:
        verb = self._tags.pop(tag, None)
        if verb is None and not self._heard[bool(self._client_is_orig)]:
            word = re.search(rb"\b(LOGIN|AUTHENTICATE|STARTTLS)\b", line.upper())
            verb = word[1] if word else None
            if verb == b"LOGIN" and self._session.auth_mechanism is None:
                self._session.auth_mechanism = "LOGIN"
        client = self._sides[bool(self._client_is_orig)]
        if self._verb is not None and not good and client.left and verb == self._verb:
            client.left, client.content, self._verb = 0, None, None  # its literal was refused
        if verb in (b"LOGIN", b"AUTHENTICATE"):
            self._session.auth_success, self._secret = good, None
        elif verb == b"STARTTLS":
            self._tls_next = good
            self._session.tls = self._session.tls if good else "refused"
        elif verb == b"COMPRESS" and good:
            self._compress()
        elif verb == b"LOGOUT":
            self._over = True

    def _compress(self) -> None:
        self._compressed = True
        for side in self._sides.values():
            left = side.flow.take()
            side.inflater = zlib.decompressobj(-zlib.MAX_WBITS)
            self._over = self._over or not side.add(left)

    # Mails

    def _message_line(self, line: bytes) -> None:
        at = line.upper().find(b"BODYSTRUCTURE ")
        if at >= 0 and self._message is not None:
            known = self._structures.setdefault(self._message, {})
            known |= structure(line[at + 14 :])
            if len(self._structures) > MESSAGES:
                self._structures.popitem(last=False)

    def _begin_literal(self, line: bytes, size: int, side: _Side) -> None:
        side.left = size
        found = _SECTION.search(line) if self._message is not None else None
        if found is None or self._message is None:
            return
        item = found[1].upper().decode("ascii")
        section = (found[2] or b"").upper().decode("ascii", "ignore")
        section = item.removeprefix("RFC822").lstrip(".") if item.startswith("RFC822") else section
        offset = int(found[3]) if found[3] else None
        fetched = self._fetched
        if fetched is not None and (fetched.message, fetched.section, fetched.next) == (self._message, section, offset):
            side.content = fetched.content
        else:
            self._end_fetched(complete=False)
            side.content = self._content(section, decoded=item == "BINARY")
            if side.content is not None and offset is not None:
                self._fetched = Fetched(self._message, section, side.content, next=offset, asked=self._asked)
                if offset:
                    side.content.gap(offset)
        if self._fetched is not None and side.content is self._fetched.content:
            self._fetched.next += size
            if self._fetched.asked is not None and size < self._fetched.asked:
                self._fetched = None  # its last piece: told when the literal ends
        if size == 0:
            self._end_literal(side, not self._client_is_orig)

    def _content(self, section: str, *, decoded: bool) -> Content | None:
        if section in ("", "TEXT"):
            return Whole(midway=section == "TEXT")
        parts = self._structures.get(self._message or 0, {})
        if section.endswith(".MIME"):
            own = OwnHeader()
            if len(parts) < MESSAGES:
                self._structures.setdefault(self._message or 0, parts)[section.removesuffix(".MIME")] = own.part
            return own
        return OnePart(parts.get(section), decoded=decoded) if _NUMBER.match(section) else None

    def _tell(self, content: Content, from_orig: bool, *, complete: bool) -> None:
        if self._fetched is not None and content is self._fetched.content and complete:
            return  # more pieces of it are to come
        mail = content.finish(complete=complete)
        if mail is not None:
            upload = from_orig == self._client_is_orig
            command = "APPEND" if upload else "FETCH"
            told = self._session.told(mail)
            self._told.append(Imap(upload=upload, command=command, compressed=self._compressed, **told))

    def _end_fetched(self, *, complete: bool) -> None:
        """The pieces end here, though the last was not seen to be one."""
        fetched, self._fetched = self._fetched, None
        if fetched is not None:
            self._tell(fetched.content, not self._client_is_orig, complete=complete)

    # What is told

    def _outcome(self) -> Outcome:
        if self._tls:
            self._session.tls = "established"
            self._told.append(Imap(**self._session.told()))
            left = {side: self._sides[side].flow.data for side in (True, False)}
            return Events(self._take_told(), Rest.HANDOVER, left_orig=left[True], left_resp=left[False])
        if self._strange > STRANGE and not self._told_any:
            return GiveUp("no commands and no answers")
        if self._over:
            return self._finish()
        told = self._take_told()
        return Events(told) if told else MORE

    def _take_told(self) -> tuple[Imap, ...]:
        told, self._told = tuple(self._told), []
        self._told_any = self._told_any or bool(told)
        return told

    def _finish(self) -> Outcome:
        for from_orig, side in self._sides.items():
            if side.content is not None:
                content, side.content = side.content, None
                self._fetched = None
                self._tell(content, from_orig, complete=False)
        self._end_fetched(complete=False)
        if not self._told_any and not self._told:
            if not self._greeted and self._session.auth_mechanism is None and not self._tags:
                return GiveUp("ended before anything was said")
            self._told.append(Imap(compressed=self._compressed, **self._session.told()))
        return Events(self._take_told(), Rest.DONE)


def probe(orig: bytes, resp: bytes) -> Likeness:
    """Is this an IMAP dialogue, whichever side opened it?"""
    said = (_sides(orig, resp), _sides(resp, orig))
    for likeness in (Likeness.YES, Likeness.MAYBE):
        if likeness in said:
            return likeness
    return Likeness.NO


def _sides(client: bytes, server: bytes) -> Likeness:
    if server and b"\n" in server and not (_UNTAGGED.match(server) or _TAGGED.match(server)):
        return Likeness.NO
    if client and b"\n" in client and not _COMMAND.match(client):
        return Likeness.NO
    greeting = server.partition(b"\n")[0].upper()
    if (
        server
        and b"\n" in server
        and (b"IMAP" in greeting or b"[CAPABILITY" in greeting or greeting.startswith((b"* PREAUTH", b"* CAPABILITY")))
    ):
        return Likeness.YES
    both = bool(_COMMAND.match(client)) + bool(_UNTAGGED.match(server) or _TAGGED.match(server))
    sure = re.match(rb"\* \d+ (?:EXISTS|RECENT|FETCH)", server) or re.match(
        rb"\S{1,64} (?:CAPABILITY\r?\n|LOGIN \S+ |AUTHENTICATE |SELECT |UID FETCH |FETCH \d|APPEND )", client
    )
    if sure or both == 2:
        return Likeness.YES
    plausible = both or (client + server)[:1] == b"*" or max(len(client), len(server)) < 80
    return Likeness.MAYBE if plausible and max(len(client), len(server)) < FIRST_BYTES else Likeness.NO
