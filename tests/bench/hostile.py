"""Hostile dialogues at full size: `python -m tests.bench.hostile`. The suite has them in short forms (test_mail_hostile, test_smtp, test_imap).

Each is a mail that begins with an attachment and goes on with something without end. One line each: megabytes fed, CPU-seconds for them
and for half of them (linear: about twice), growth of the process' anonymous memory, and whether the attachment is still told.
"""

import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from sensor.wire import Events
from sensor.wire.imap import ImapReader
from tests.sensor.wire.test_mail_hostile import FILE, MIXED, ready, smtp

MB = 1_000_000
PIECE = 60_000


def pieces(text: Callable[[int], bytes], count: int) -> Iterator[bytes]:
    """`text(0)` … `text(count - 1)`, some at a time."""
    held = b""
    for number in range(count):
        held += text(number)
        if len(held) >= PIECE:
            yield held
            held = b""
    yield held


def compressed() -> ImapReader:
    said = (
        (False, b"* OK IMAP4rev1 ready\r\n"),
        (True, b"a COMPRESS DEFLATE\r\n"),
        (False, b"a OK\r\n"),
    )
    return ready(ImapReader(), *said)


def deflated(count: int) -> Iterator[bytes]:
    """A mail, then `count` MB of one letter, a thousandth of that on the wire."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    mail = MIXED + b"--B--\r\n"
    fetched = b"* 1 FETCH (BODY[] {%d}\r\n" % len(mail) + mail + b")\r\n"
    yield squeeze.compress(fetched) + squeeze.flush(zlib.Z_SYNC_FLUSH)
    for _ in range(count):
        yield squeeze.compress(b"A" * MB) + squeeze.flush(zlib.Z_SYNC_FLUSH)


LONG = b"b" * 10_000
HOSTILE = {
    "10^6 header fields": (smtp, lambda n: pieces(lambda i: b"X-%d: y\r\n" % i, n), 1_000_000, True),
    "a header field of 100 MB": (smtp, lambda n: pieces(lambda i: b"Content-Type: x" if i == 0 else b"a" * 1_000, n), 100_000, True),
    "10^5 nested multiparts": (
        smtp,
        lambda n: pieces(lambda i: b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i), n),
        100_000,
        True,
    ),
    "10^6 recipients": (smtp, lambda n: pieces(lambda i: b"\r\n--B--\r\n.\r\nRSET\r\n" if i == 0 else b"RCPT TO:<a@b%d.fr>\r\n" % i, n), 1_000_000, True),
    "boundaries of 10 kB": (
        smtp,
        lambda n: pieces(lambda _: b"Content-Type: multipart/mixed; boundary=" + LONG + b"\r\n\r\n--" + LONG + b"\r\n", n),
        5_000,
        True,
    ),
    "100 MB without an end of line": (smtp, lambda n: pieces(lambda _: b"A" * 1_000, n), 100_000, True),
    "10^5 files": (smtp, lambda n: pieces(lambda _: FILE, n), 100_000, True),
    "a deflate bomb": (compressed, deflated, 4_000, False),
}  # fmt: skip


def anonymous() -> int:
    """kB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1])
    return 0


def play(make, fed, *, from_orig):
    """(CPU-seconds, bytes, files told)."""
    reader, told, size, spent = make(), [], 0, 0.0
    going = True
    for piece in fed:
        size += len(piece)
        begin = time.process_time()
        outcome = reader.data(piece, from_orig=from_orig) if going else None
        spent += time.process_time() - begin
        if isinstance(outcome, Events):
            told += outcome.records
            going = outcome.rest.name == "MORE"
    for side in (from_orig, not from_orig):
        outcome = reader.end(from_orig=side) if going else None
        if isinstance(outcome, Events):
            told += outcome.records
            going = outcome.rest.name == "MORE"
    return spent, size, sum(len(record.attachments) for record in told)


def main() -> None:
    for name, (make, fed, count, from_orig) in HOSTILE.items():
        half, _, _ = play(make, fed(count // 2), from_orig=from_orig)
        before = anonymous()
        spent, size, files = play(make, fed(count), from_orig=from_orig)
        grown = (anonymous() - before) / 1024
        print(f"{name:32} {size / MB:7.1f} MB {half:6.2f} s, then {spent:6.2f} s, {grown:+5.1f} MB held, files told {files}", flush=True)  # fmt: skip


main()
