"""Containers made here, by the format's own words, and what may be told of what is in them."""

import base64
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire.mime import MimeScanner
from sensor.wire.mime_tnef import FILES, TnefFiles
from sensor.wire.records import Attachment

BEGIN = (2, 0x00069002, b"\0" * 14)
BODY = (1, 0x00069003, b"\0" * 900)


def tnef(*attributes):
    """level, number with type, data."""
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(
        struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
        for level, number, data in attributes
    )


def title(name):
    return 2, 0x00018010, name + b"\0"


def data(size):
    return 2, 0x0006800F, b"\x07" * size


def text(number, value, kind=0x1E):
    value += b"\0\0" if kind == 0x1F else b"\0"
    return struct.pack("<HHII", kind, number, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def properties(*values):
    return 2, 0x00069005, struct.pack("<I", len(values)) + b"".join(values)


NAMED = struct.pack("<HH16sII", 3, 0x8001, b"\1" * 16, 1, 5) + b"a\0b\0\0" + b"\0" * 3 + struct.pack("<I", 7)
FIXED = (
    struct.pack("<HHI", 3, 0x3705, 1)
    + struct.pack("<HHq", 0x40, 0x3007, 9)
    + struct.pack("<HHIHHHH", 0x1002, 0x4001, 2, 1, 0, 2, 0)
)
OBJECT = struct.pack("<HHII", 0x0D, 0x3701, 1, 24) + b"\1" * 24
PDF = Attachment("application/octet-stream", "pdf", 3_000)

CONTAINERS = {
    "a file": ((BODY, BEGIN, title(b"canary.pdf"), data(3_000)), (PDF,)),
    "how the mail looks, and no more": ((BODY,), ()),
    "two, the second's name is longer than the first lets on": (
        (BEGIN, title(b"CANARY~1.PDF"), data(3_000), BEGIN, title(b"CANARY~1.DOC"), data(9), properties(FIXED, NAMED, text(0x3707, b"canary.docx"))),
        (PDF, Attachment("application/octet-stream", "docx", 9)),
    ),
    "its type": (
        (BEGIN, title(b"canary.pdf"), data(3_000), properties(text(0x370E, b"application/pdf"))),
        (Attachment("application/pdf", "pdf", 3_000),),
    ),
    "a name in wide letters": (
        (BEGIN, data(3_000), properties(text(0x3707, "canarý.pdf".encode("utf-16-le"), 0x1F))),
        (PDF,),
    ),
    "a mail within": ((BEGIN, title(b"canary"), properties(OBJECT)), (Attachment("application/vnd.ms-outlook", "msg", 24),)),
    "a picture of the page": (
        (BEGIN, title(b"image001.png"), data(900), properties(text(0x370E, b"image/png"), text(0x3712, b"image001.png@01D"))),
        (),
    ),
    "an empty file": ((BEGIN, title(b"canary.pdf"), data(0)), (Attachment("application/octet-stream", "pdf", 0),)),
}  # fmt: skip


def mail(container, encoding="base64"):
    body = base64.encodebytes(container).replace(b"\n", b"\r\n") if encoding == "base64" else container + b"\r\n"
    return (
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\ncanary\r\n"
        b'--B\r\nContent-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: %s\r\n\r\n'
        % encoding.encode()
        + body
        + b"--B--\r\n"
    )


def scan(text, size, *, complete=True):
    scanner = MimeScanner()
    for at in range(0, len(text), size):
        scanner.feed(text[at : at + size])
    return scanner.finish(complete=complete).attachments


@pytest.mark.parametrize("size", [1, 57, 1_460, 1 << 20])
@pytest.mark.parametrize("name", CONTAINERS)
def test_opened(name, size):
    attributes, expected = CONTAINERS[name]
    assert scan(mail(tnef(*attributes)), size) == expected
    assert "canar" not in repr(scan(mail(tnef(*attributes)), size))


def test_as_it_is():
    attributes, expected = CONTAINERS["a file"]
    assert scan(mail(tnef(*attributes), "binary"), 1_000) == expected


WINMAIL = ("application/ms-tnef", "dat")


@pytest.mark.parametrize(
    "container",
    [b"no such thing" * 9, tnef(BODY)[:200], tnef((7, 1, b"x"))],
    ids=["none at all", "cut off", "a level that is none"],
)
def test_what_cannot_be_read_is_a_file_itself(container):
    assert [(a.mime_type, a.extension) for a in scan(mail(container), 999)] == [WINMAIL]


def test_cut_off_in_its_second_file():
    first, second = scan(mail(tnef(BEGIN, title(b"a.pdf"), data(9), BEGIN, title(b"b.doc"), data(900))[:-600]), 999)
    assert ((first.extension, first.complete), (second.extension, second.complete)) == (("pdf", True), ("doc", False))


def test_a_gap_leaves_what_was_seen():
    text = mail(tnef(BEGIN, title(b"a.pdf"), data(9_000)))
    scanner = MimeScanner()
    scanner.feed(text[:1_000])
    scanner.gap(4_000)
    scanner.feed(text[5_000:])
    assert [(a.extension, a.complete) for a in scanner.finish(complete=True).attachments] == [("pdf", False)]


def test_files_are_bounded():
    assert len(scan(mail(tnef(*[BEGIN, title(b"a.pdf"), data(2)] * (FILES + 9))), 9_999)) == FILES


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(1, 40))
def test_anything_may_be_inside(data, size):
    for begin in (b"", tnef(), tnef(BEGIN) + b"\2\x05\x90\6\0"):
        files = TnefFiles("binary")
        whole = begin + data
        for at in range(0, len(whole), size):
            files.feed(whole, at, min(len(whole), at + size))
        files.found()
