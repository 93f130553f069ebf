"""Hostile mails by every way that mail is read: linear work, bounded memory, and an attachment seen before is still told.

SMTP's own tricks (commands, recipients, dots) are in `test_smtp`; a deflate bomb is in `test_imap`; shapes alone in `test_mime`.
"""

import pytest

from sensor.wire import Events
from sensor.wire.http import HttpReader
from sensor.wire.imap import ImapReader
from sensor.wire.pop3 import Pop3Reader
from sensor.wire.smtp import SmtpReader
from tests.sensor.wire.cost import check_cost

HUGE = 1 << 31
FILE = b'--B\r\nContent-Type: application/pdf; name="a.pdf"\r\n\r\nHello\r\n'
MIXED = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" + FILE + b"--B\r\n"

MORE = {
    "fields": lambda n: (b"X-%d: y\r\n" % i * 100 for i in range(n // 100)),
    "one endless field": lambda n: (b"Content-Type: " + b"a" * 1_000 for _ in range(n // 100)),
    "nested multiparts": lambda n: (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(n // 10)
    ),
    "boundaries of ten kilobytes": lambda n: (
        b"Content-Type: multipart/mixed; boundary=" + b"b" * 10_000 + b"\r\n\r\n--" + b"b" * 10_000 + b"\r\n"
        for _ in range(n // 1_000)
    ),
    "no end of line": lambda n: (b"A" * 1_000 for _ in range(n // 100)),
    "files": lambda n: (FILE * 10 for _ in range(n // 100)),
    "a container of crumbs": lambda n: (
        b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\0\0"
        if i == 0
        else b"\1\0\0\0\0\0\0\0\0\0\0" * 1_000
        for i in range(n // 100)
    ),
    "boundaries that never were": lambda n: (b"\r\n" if i == 0 else b"--x\r\n" * 100 for i in range(n // 100)),
}


def ready(reader, *said):
    """A reader to which this much was said: (by the client, bytes)."""
    for client, data in said:
        reader.data(data, from_orig=client)
    return reader


def smtp():
    return ready(
        SmtpReader(),
        (False, b"220 x ESMTP\r\n"),
        (True, b"EHLO x\r\n"),
        (False, b"250 x\r\n"),
        (True, b"MAIL FROM:<a@b.fr>\r\nRCPT TO:<a@b.fr>\r\nDATA\r\n"),
        (False, b"250 ok\r\n250 ok\r\n354 go\r\n"),
        (True, MIXED),
    )


def pop3():
    return ready(
        Pop3Reader(), (False, b"+OK POP3 ready\r\n"), (True, b"RETR 1\r\n"), (False, b"+OK 9 octets\r\n" + MIXED)
    )


def imap():
    return ready(
        ImapReader(),
        (False, b"* OK IMAP4rev1 ready\r\n"),
        (True, b"a FETCH 1 BODY[]\r\n"),
        (False, b"* 1 FETCH (BODY[] {%d}\r\n" % HUGE + MIXED),
    )


def http():
    head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: %d\r\n\r\n"
    form = FILE.replace(b"Content-Type", b'Content-Disposition: form-data; filename="a.pdf"\r\nContent-Type')
    return ready(HttpReader(), (True, head % HUGE + form + b"--B\r\n"))


WAYS = {"smtp": (smtp, True), "pop3": (pop3, False), "imap": (imap, False), "http": (http, True)}


@pytest.mark.parametrize("more", MORE.values(), ids=MORE)
@pytest.mark.parametrize(("make", "from_orig"), WAYS.values(), ids=WAYS)
def test_work_is_linear_and_memory_flat(make, from_orig, more):
    check_cost(make, more, from_orig=from_orig)


@pytest.mark.parametrize("more", MORE.values(), ids=MORE)
@pytest.mark.parametrize(("make", "from_orig"), WAYS.values(), ids=WAYS)
def test_what_was_seen_before_is_told(make, from_orig, more):
    reader = make()
    for piece in more(2_000):
        reader.data(piece, from_orig=from_orig)
    outcomes = [reader.end(from_orig=from_orig), reader.end(from_orig=not from_orig)]
    told = [record for outcome in outcomes if isinstance(outcome, Events) for record in outcome.records]
    first = next(record.attachments[0] for record in told if record.attachments)
    assert (first.mime_type, first.extension, first.size) == ("application/pdf", "pdf", 5)
