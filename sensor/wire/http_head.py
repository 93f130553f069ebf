"""The head of an HTTP/1 message and how long its body is (RFC 9112, RFC 9110). Only the fields named here are looked at.

request: METHOD SP target SP HTTP/1.x CRLF fields CRLF      response: HTTP/1.x SP status SP reason CRLF fields CRLF
body:    none | Content-Length bytes | chunks (hex length [;extension] CRLF bytes CRLF)* 0 CRLF trailers CRLF | until close
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sensor.wire import ParseError, media_types
from sensor.wire.mime_fields import PartHeader, extension, read_field
from sensor.wire.sides import Lines
from sensor.wire.text import host_of, printable

LONGEST_LINE = 16_384
MOST_LINES = 512

REQUEST_LINE = re.compile(rb"([A-Z][A-Z_-]{0,31}) +(\S+) +HTTP/(1\.[01])\s*\Z")
STATUS_LINE = re.compile(rb"HTTP/(1\.[01]) +([1-5][0-9]{2})(?: |\Z)")

KNOWN = frozenset(
    (
        b"content-disposition",
        b"content-length",
        b"content-type",
        b"host",
        b"transfer-encoding",
        b"upgrade",
        b"user-agent",
    ),
)

METHODS = frozenset(
    b"GET POST HEAD PUT CONNECT OPTIONS DELETE PATCH TRACE PROPFIND PROPPATCH MKCOL MOVE COPY LOCK UNLOCK REPORT SEARCH"
    b" RPC_IN_DATA RPC_OUT_DATA RDG_IN_DATA RDG_OUT_DATA".split()
)
RARER_METHODS = frozenset(
    b"ACL BASELINE-CONTROL BCOPY BDELETE BIND BITS_POST BMOVE BPROPFIND BPROPPATCH CCM_POST CHECKIN CHECKOUT DESCRIBE LABEL LINK"
    b" M-SEARCH MERGE MKACTIVITY MKCALENDAR MKREDIRECTREF MKWORKSPACE NOTIFY ORDERPATCH POLL PRI PURGE REBIND SMS_POST SOURCE SUBSCRIBE"
    b" TRACK UNBIND UNCHECKOUT UNLINK UNSUBSCRIBE UPDATE UPDATEREDIRECTREF VERSION-CONTROL X-MS-ENUMATTS".split()
)
TOLD_METHODS = METHODS | RARER_METHODS
OF_PAGES = frozenset(
    ("cab", "class", "css", "dll", "exe", "htm", "html", "jar", "js", "json", "msi", "php", "wasm", "xml")
)
"""Extensions of what sites and programs are made of: their names are nobody's."""

OTHER_METHOD = "OTHER"  # what is no method is not told as itself: a client may write anything there

UNTIL_CLOSE = -1
CHUNKED = -2


@dataclass(frozen=True, slots=True)
class Head:
    """A request's head (`method` set) or a response's (`status` set)."""

    version: str
    method: str | None = None
    target: bytes = b""
    status: int | None = None
    host: str | None = None
    user_agent: str | None = None
    mime_type: str | None = None
    upgrade: str | None = None
    length: int | None = None
    chunked: bool = False
    form: bytes | None = None  # the content type of multipart/form-data, whole
    file: PartHeader | None = None  # what a Content-Disposition says of the body

    @property
    def uri(self) -> str | None:
        """The target's path, without query and fragment; None where there is no path (CONNECT, *).

        Of a last step that is a document's name only the extension is told: it may name a patient.
        """
        path = self.target
        if not path.startswith(b"/"):
            scheme, found, rest = path.partition(b"://")
            if not found or len(scheme) > 8:
                return None
            path = b"/" + rest.partition(b"/")[2]
        folder, slash, last = re.split(rb"[?#;]", path, maxsplit=1)[0].rpartition(b"/")
        kind = extension(last)
        if kind is not None and kind not in OF_PAGES:
            last = b"*." + kind.encode()
        return printable(folder + slash + last)


class HeadReader:
    """Puts one head together, line by line."""

    __slots__ = ("_fields", "_first", "_lines")

    def __init__(self) -> None:
        self._first = b""
        self._fields: dict[bytes, bytes] = {}
        self._lines = 0

    @property
    def begun(self) -> bool:
        return bool(self._first)

    def read(self, lines: Lines) -> Head | None:
        """The head, once its empty line has come. `ParseError` if it is none, or too long."""
        while (line := lines.next()) is not None:
            self._lines += 1
            if self._lines > MOST_LINES:
                raise ParseError(f"a head of more than {MOST_LINES} lines")
            if not self._first:
                self._begin(line)
            elif not line:
                return self._head()
            else:
                self._field(line)
        return None

    def partial(self) -> Head | None:
        """What a head that was cut tells."""
        return self._head() if self._first else None

    def _begin(self, line: bytes) -> None:
        if not line:
            return  # RFC 9112, 2.2: an empty line before a request is to be ignored
        if not REQUEST_LINE.match(line) and not STATUS_LINE.match(line):
            raise ParseError("neither a request nor a status line")
        self._first = line

    def _field(self, line: bytes) -> None:
        name, colon, value = line.partition(b":")
        name = name.lower()
        if colon and name in KNOWN:
            self._fields.setdefault(name, value.strip())

    def _head(self) -> Head:
        fields, first = self._fields, self._first
        length = fields.get(b"content-length", b"")
        size = int(length) if length.isdigit() and len(length) < 19 else None
        chunked = fields.get(b"transfer-encoding", b"").lower().endswith(b"chunked")
        mime_type = _media_type(fields.get(b"content-type", b""))
        form, file = _body_of(fields)
        self._fields, self._first, self._lines = {}, b"", 0
        if request := REQUEST_LINE.match(first):
            method, target, version = request.groups()
            return Head(
                version=version.decode(),
                method=method.decode() if method in TOLD_METHODS else OTHER_METHOD,
                target=target,
                host=host_of(fields.get(b"host") or _authority(method, target)),
                user_agent=_text(fields.get(b"user-agent")),
                mime_type=mime_type,
                length=size,
                chunked=chunked,
                form=form,
                file=file,
            )
        status = STATUS_LINE.match(first)
        if not status:
            raise ParseError("neither a request nor a status line")
        return Head(
            version=status[1].decode(),
            status=int(status[2]),
            mime_type=mime_type,
            upgrade=_text(fields.get(b"upgrade", b"").partition(b",")[0].strip().lower()),
            length=size,
            chunked=chunked,
            file=file,
        )


def _body_of(fields: dict[bytes, bytes]) -> tuple[bytes | None, PartHeader | None]:
    """(content type of a form that may hold files, what the disposition says): a file's name ends here."""
    content_type, disposition = fields.get(b"content-type", b""), fields.get(b"content-disposition")
    form = content_type if content_type[:19].lower() == b"multipart/form-data" else None
    if disposition is None or form is not None:
        return form, None
    header = PartHeader(mime_type="application/octet-stream")
    read_field(header, b"content-type:" + content_type)
    read_field(header, b"content-disposition:" + disposition)
    header.named = header.named and header.disposition != "form-data"
    return None, header


def _authority(method: bytes, target: bytes) -> bytes:
    """The host in a target that has one: CONNECT's, and the absolute form (RFC 9112, 3.2)."""
    if method == b"CONNECT":
        return target
    return re.split(rb"[/?#]", target.partition(b"://")[2], maxsplit=1)[0]


def _media_type(field: bytes) -> str | None:
    """Browsers and servers write it badly, and then it may be anything: told as far as it is one."""
    written = field.partition(b";")[0].partition(b",")[0].strip().lower()
    return media_types.told(written.decode("ascii", "replace")) if written else None


def _text(value: bytes | None) -> str | None:
    return printable(value) if value else None


def body_size(head: Head, request: Head | None = None) -> int:
    """Bytes of body behind `head`, or CHUNKED, or UNTIL_CLOSE (RFC 9112, 6.3). `request`: what a response answers."""
    if head.status is not None:
        bare = head.status < 200 or head.status in (204, 304)
        if bare or (request and request.method == "HEAD"):
            return 0
    if head.chunked:
        return CHUNKED
    if head.length is not None:
        return head.length
    return 0 if head.status is None else UNTIL_CLOSE


def passed(lines: Lines, size: int, sink: Callable[[bytes], None] | None) -> int:
    """Up to `size` bytes of a body, shown to `sink` if there is one; how many they were."""
    if sink is None:
        return lines.drop(size)
    data = lines.take(size)
    if data:
        sink(data)
    return len(data)


class Chunks:
    """Passes over a chunked body in the lines of its direction; counts its bytes in `size`. `sink` is shown them."""

    __slots__ = ("_sink", "_trailers", "left", "size")

    def __init__(self, sink: Callable[[bytes], None] | None = None) -> None:
        self._sink = sink
        self.left = 0  # bytes of the chunk still to come
        self._trailers = False
        self.size = 0

    def skip(self, lines: Lines) -> bool:
        """True once the body has ended."""
        while True:
            if self.left:
                self.left -= passed(lines, self.left, self._sink)
                if self.left:
                    return False
            line = lines.next()
            if line is None:
                return False
            if self._trailers:
                if not line:
                    return True
            elif line:
                self._chunk(line)

    def _chunk(self, line: bytes) -> None:
        digits = line.partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", digits):
            raise ParseError("not a chunk's length")
        size = int(digits, 16)
        self.left = size
        self.size += size
        self._trailers = size == 0
