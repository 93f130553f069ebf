import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire.mime_inline import FILES, InlineFiles
from sensor.wire.records import Attachment

KIND = "application/octet-stream"


def found(text: bytes, lines: int = 1_000) -> list[Attachment]:
    inline = InlineFiles()
    pieces = text.splitlines(keepends=True)
    for at in range(0, len(pieces), lines):
        block = b"".join(pieces[at : at + lines])
        inline.feed(b"x\n" + block, 2, 2 + len(block))
    inline.finish()
    return inline.files


def uu(data: bytes, name: bytes = b"canary.doc", end: bytes = b"\r\n") -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]).rstrip(b"\n") for at in range(0, len(data), 45)]
    return end.join([b"begin 644 " + name, *lines, b"`", b"end", b""])


@given(st.binary(min_size=1, max_size=300), st.sampled_from([b"\r\n", b"\n"]), st.integers(1, 9))
def test_uuencode(data, end, lines):
    text = b"hello" + end + uu(data, end=end) + b"bye" + end
    assert found(text, lines) == [Attachment(KIND, "doc", len(data))]


def test_several():
    assert [f.size for f in found(uu(b"one") + uu(b"three"))] == [3, 5]


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 times over\r\nand then again, words\r\n",
        b"we begin 644 x.doc\r\n#AAAA\r\n",
        b"begin 9 x.doc\r\n#AAAA\r\n",
        b"begin\r\n",
        b"begin 644 x.doc\r\n",
        b"=ybegin of a story\r\nname=x\r\n",
    ],
)
def test_prose_is_no_file(text):
    assert found(text) == []


def test_prose_that_looks_like_a_mark_hides_no_file():
    assert [f.size for f in found(b"begin 644 x\r\n" + uu(b"one"))] == [3]


@pytest.mark.parametrize("text", [uu(b"x" * 90)[:-5], uu(b"x" * 90)[:-8] + b"words\r\n"])
def test_cut_off(text):
    assert found(text) == [Attachment(KIND, "doc", 90, complete=False)]


def test_base64_in_the_old_way():
    assert found(b"begin-base64 644 canary.pdf\r\nSGVsbG8=\r\n====\r\n") == [Attachment(KIND, "pdf", 5)]


@pytest.mark.parametrize("lines", [1, 2, 100])
def test_yenc(lines):
    text = b"=ybegin part=1 line=128 size=9 name=canary.zip\r\n=ypart begin=1 end=9\r\nabcd=}ef\r\ngh\r\n=yend size=9\r\nwords\r\n"
    assert found(text, lines) == [Attachment(KIND, "zip", 9)]


def test_yenc_cut_off():
    assert found(b"=ybegin line=128 size=9 name=canary.zip\r\nabcd\r\n") == [Attachment(KIND, "zip", 4, complete=False)]


def test_a_gap_ends_the_file():
    inline = InlineFiles()
    text = uu(b"x" * 90)[:-8]
    inline.feed(text, 0, len(text))
    inline.broken()
    inline.broken()
    assert inline.files == [Attachment(KIND, "doc", 90, complete=False)]


@pytest.mark.parametrize(
    ("begin", "size"),
    [(b"=ybegin line=9000 size=9 name=canary.doc\r\n", 4), (uu(b"x" * 90)[:-8], 90)],
    ids=["yEnc", "uuencode"],
)
def test_a_line_too_long_to_hold(begin, size):
    inline = InlineFiles()
    inline.feed(begin, 0, len(begin))
    inline.fragment(b"abc=d\r\n")
    inline.finish()
    assert inline.files == [Attachment(KIND, "doc", size, complete=False)]


def test_files_are_bounded():
    assert len(found(uu(b"one") * (FILES + 9))) == FILES
