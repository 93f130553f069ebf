"""HTTP/1 over a stream: requests paired with the heads of their responses (RFC 9112); bodies are never kept.

Which side is the client is told by its first line. A record is told with its response's head; without it when a large body
goes up (whoever sums up bytes needs the host before the end), when the responses are not seen, and at the end.

Bodies that hold files (`sensor.wire.http_files`) are looked at while they pass; their record waits for their end.

After 101 (Upgrade) and after a 2xx to CONNECT another protocol begins: `Rest.HANDOVER`. A connection whose bodies are large
is not read to its end (`Rest.DONE`): more heads on it would tell little, and cost every packet.
"""

from collections import deque
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest
from sensor.wire.http_files import MOST_FORM, files_of
from sensor.wire.http_head import (
    CHUNKED,
    LONGEST_LINE,
    METHODS,
    REQUEST_LINE,
    STATUS_LINE,
    UNTIL_CLOSE,
    Chunks,
    Head,
    body_size,
)
from sensor.wire.http_side import Asked, Body, Side
from sensor.wire.records import Attachment, Http
from sensor.wire.sides import TwoSides, any_side, best, starts

LARGE = 131_072  # bytes of a request's body from which its record does not wait for the response
ENOUGH = 1_048_576  # bytes of bodies on one connection, after which it is counted only
MOST_PENDING = 32  # requests that wait for a response
MOST_PIPELINED = (
    4  # requests that wait for the first word of a server: after that it is in the direction that is not seen
)


class HttpReader(TwoSides):
    """Buffer: one line of 16 KiB in each direction, and the heads of 32 requests that wait for their responses."""

    service: ClassVar[str] = "http"

    def __init__(self) -> None:
        super().__init__()
        self._sides = (Side(), Side())
        self._pending: deque[Asked] = deque()
        self._records: list[Http] = []
        self._any = False
        self._bodies = 0
        self._forms = 0  # bytes of bodies that were read for their files
        self._switch = False

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        if self._lost[from_orig]:
            return MORE
        side = self._sides[from_orig]
        side.lines.feed(data)
        try:
            self._read(side, other_heard=self._heard[not from_orig])
        except ParseError:
            if not self._any:
                raise
            return self._finish()
        if self._switch:
            left = {True: b"", False: b""}
            for direction in left:
                left[direction] = bytes(self._sides[direction].lines.data)
            return Events(self._take(), Rest.HANDOVER, left_orig=left[True], left_resp=left[False])
        if self._enough():
            return self._finish()
        records = self._take()
        return Events(records) if records else MORE

    def gap(self, missing: int, *, from_orig: bool) -> Outcome:
        """Bytes missing inside a body do not matter; elsewhere the direction is lost."""
        side = self._sides[from_orig]
        if side.passes_over(missing):
            if side.left == 0 and not side.chunks:
                self._body_over(side, complete=True)
            records = self._take()
            return Events(records) if records else MORE
        return super().gap(missing, from_orig=from_orig)

    def _lost_side(self, *, from_orig: bool) -> Outcome:
        self._salvage(self._sides[from_orig])
        records = self._take()
        return Events(records) if records else MORE

    def _finish(self) -> Outcome:
        for side in self._sides:
            self._salvage(side)
        for asked in self._pending:
            self._tell_early(asked)
        return Events(self._take(), Rest.DONE) if self._any else GiveUp("no head")

    def _take(self) -> tuple[Http, ...]:
        records = tuple(self._records)
        self._records.clear()
        return records

    def _enough(self) -> bool:
        return self._bodies > ENOUGH or self._forms > MOST_FORM

    def _salvage(self, side: Side) -> None:
        self._body_over(side, complete=side.left == UNTIL_CLOSE)
        head = side.head.partial()
        if head is not None:
            self._headed(side, head, other_heard=True)
            self._body_over(side, complete=False)
            side.left = UNTIL_CLOSE
            side.chunks = None

    def _read(self, side: Side, *, other_heard: bool) -> None:
        while not self._switch and not self._enough():
            if side.left == UNTIL_CLOSE:
                self._bodies += side.passing(len(side.lines.data))
                return
            if side.left:
                went = side.passing(side.left)
                side.left -= went
                self._went(side, went)
                if side.left:
                    return
                self._body_over(side, complete=True)
            if side.chunks and not self._skip_chunks(side, side.chunks):
                return
            head = side.head.read(side.lines)
            if head is None:
                return
            self._headed(side, head, other_heard=other_heard)

    def _went(self, side: Side, size: int) -> None:
        """So many bytes of a body. What a request sends as a file is read longer than the rest."""
        if side.body and side.body.response is None:
            self._forms += size
        else:
            self._bodies += size

    def _skip_chunks(self, side: Side, chunks: Chunks) -> bool:
        before = chunks.size
        ended = chunks.skip(side.lines)
        self._went(side, chunks.size - before)
        if ended:
            side.chunks = None
            self._body_over(side, complete=True)
        return ended

    def _headed(self, side: Side, head: Head, *, other_heard: bool) -> None:
        self._any = True
        asked = None if head.method else self._answered(head)
        size = body_size(head, asked.head if asked else None)
        if head.method:
            asked = self._asked(head, large=size > LARGE, other_heard=other_heard)
        files = files_of(head) if size else None
        side.body = Body(files, asked, None if head.method else head) if files else None
        side.chunks = Chunks(files.feed if files else None) if size == CHUNKED else None
        side.left = 0 if size == CHUNKED else size
        final = head.status is not None and (head.status >= 200 or head.status == 101)
        if final and not side.body and not (asked and asked.told):
            self._tell(asked, head)
        if size > ENOUGH and not side.body:
            self._bodies += size

    def _body_over(self, side: Side, *, complete: bool) -> None:
        """What a body held is told: of a request with its response, unless that request was told already."""
        body, side.body = side.body, None
        if body is None:
            return
        files = body.files.finish(complete=complete)
        if body.response is not None:
            self._tell(body.asked, body.response, files)
        elif body.asked is not None:
            body.asked.files = files
            if body.asked.told and files:
                self._tell(body.asked)

    def _asked(self, head: Head, *, large: bool, other_heard: bool) -> Asked:
        if not other_heard and len(self._pending) >= MOST_PIPELINED:
            self._tell_early(self._pending[-MOST_PIPELINED])
        if len(self._pending) >= MOST_PENDING:
            self._tell_early(self._pending.popleft())
        asked = Asked(head)
        self._pending.append(asked)
        if large:
            self._tell_early(asked)
        return asked

    def _tell_early(self, asked: Asked) -> None:
        if not asked.told:
            self._tell(asked)

    def _answered(self, head: Head) -> Asked | None:
        """The request that `head` answers."""
        assert head.status is not None
        if head.status < 200 and head.status != 101:
            return None  # 100 Continue and the like announce the answer (RFC 9110, 15.2)
        asked = self._pending.popleft() if self._pending else None
        self._switch = head.status == 101 or (
            asked is not None and asked.head.method == "CONNECT" and 200 <= head.status < 300
        )
        return asked

    def _tell(self, asked: Asked | None, response: Head | None = None, down: tuple[Attachment, ...] = ()) -> None:
        """`down`: files in the response's body."""
        request, again = (asked.head, asked.told) if asked else (None, False)
        files = down + (asked.files if asked else ())
        uri = request.uri if request else None
        if asked:
            asked.told = True
        self._records.append(
            Http(
                method=request.method if request else None,
                host=request.host if request else None,
                uri=uri.rpartition("/")[0] + "/" if uri and files else uri,  # a file's own name may be its last step
                version=request.version if request else response.version if response else None,
                user_agent=request.user_agent if request else None,
                status_code=response.status if response else None,
                request_mime_type=request.mime_type if request else None,
                resp_mime_type=response.mime_type if response else None,
                request_body_len=request.length if request else None,
                response_body_len=response.length if response else None,
                upgrade=response.upgrade if response and response.status == 101 else None,
                attachments=files,
                upload=bool(files) and not down,
                again=again,
            )
        )


def probe(orig: bytes, resp: bytes) -> Likeness:
    return any_side(_first_line, orig, resp)


def _first_line(data: bytes) -> Likeness:
    """A whole first line of HTTP/1, or as much of one as has come: a known method and what may follow it."""
    data = data.lstrip(b"\r\n")
    line, ended, _ = data.partition(b"\n")
    if ended:
        return Likeness.YES if REQUEST_LINE.match(line) or STATUS_LINE.match(line) else Likeness.NO
    if data.startswith(b"HTTP/1."):
        return Likeness.YES
    method, space, target = data.partition(b" ")
    if not space:
        fits = b"HTTP/1.".startswith(data) or any(known.startswith(data) for known in METHODS)
        return Likeness.MAYBE if fits else Likeness.NO
    if method not in METHODS:
        return Likeness.NO
    if method == b"CONNECT":
        return Likeness.MAYBE if len(data) < LONGEST_LINE else Likeness.NO
    return best(starts(target, word) for word in (b"/", b"http://", b"https://", b"* HTTP/1."))
