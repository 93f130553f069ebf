"""IMAP as tables of dialogues; `check` replays each whole, byte by byte and cut at every place."""

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import Likeness, Rest
from sensor.wire.imap import TAGS, ImapReader, probe
from tests.sensor.wire.dialogue import Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check, play, records
from tests.sensor.wire.imap_dialogues import (
    APPENDED,
    DIALOGUES,
    FETCH,
    FETCHED,
    HELLO,
    LOGIN,
    MAIL,
    PDF,
    SIZE,
    STRUCTURE,
    got,
)


@pytest.mark.parametrize("name", DIALOGUES)
def test_dialogue(name):
    check(ImapReader, DIALOGUES[name])


# COMPRESS


def squeezed(*texts: bytes) -> list[bytes]:
    packer = zlib.compressobj(wbits=-15)
    return [packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH) for text in texts]


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_compressed_both_ways(size):
    up = squeezed(bytes(FETCH), b"a3 APPEND Sent {%d+}\r\n" % SIZE + MAIL + b"\r\n")
    down = squeezed(bytes(got()), b"a3 OK\r\n")
    steps = [
        *LOGIN,
        Orig(b"a8 COMPRESS DEFLATE\r\n"),
        Resp(b"a8 OK\r\n"),
        Orig(up[0]),
        Resp(down[0]),
        Orig(up[1]),
        Resp(down[1]),
    ]
    pieces = [type(s)(s[at : at + size]) for s in steps for at in range(0, len(s), size)]
    told = records(ImapReader, pieces)
    assert told == [FETCHED(compressed=True), APPENDED(compressed=True)]


def test_a_deflate_bomb_ends_the_reading():
    bomb = squeezed(b"* OK x\r\n" * 40_000_000)[0]
    reader = ImapReader()
    for step in (*LOGIN, Orig(b"a8 COMPRESS DEFLATE\r\n"), Resp(b"a8 OK\r\n")):
        reader.data(bytes(step), from_orig=isinstance(step, Orig))
    reader.data(bomb, from_orig=False)
    assert reader._sides[False].size_out < 100_000_000 < 40_000_000 * 8
    assert reader._over


def test_what_is_no_deflate_ends_the_reading():
    steps = [*LOGIN, Orig(b"a8 COMPRESS DEFLATE\r\n"), Resp(b"a8 OK\r\n"), Resp(b"\xff\xff\xff\xff")]
    assert list(play(ImapReader(), steps))[-1][1] is Rest.DONE


# Gaps


def test_a_gap_in_a_literal_is_counted_exactly():
    data = got()
    cut = data.index(b"SGVs")
    told = records(ImapReader, [*LOGIN, FETCH, Resp(data[: cut + 2]), RespGap(4), Resp(data[cut + 6 :]), FETCH, got()])
    assert [(r.complete, len(r.attachments)) for r in told] == [(False, 1), (True, 1)]


def test_a_gap_over_the_end_of_a_literal():
    data = got()
    told = records(ImapReader, [*LOGIN, FETCH, Resp(data[:-30]), RespGap(20), Resp(data[-10:]), FETCH, got()])
    assert [r.complete for r in told] == [False, True]


def test_a_piece_that_is_missing():
    asked = Orig(b"a2 FETCH 1 BODY.PEEK[]<90.9999>\r\n")
    told = records(ImapReader, [*LOGIN, asked, got(MAIL[90:], b"BODY[]<90>"), OrigEnd(), RespEnd()])
    assert [(r.complete, r.size) for r in told] == [(False, SIZE)]


SCAN = (
    b'Content-Type: multipart/mixed; boundary=BB\r\n\r\n--BB\r\nContent-Type: application/pdf; name="canary.pdf"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n" + b"SGVsbG8h\r\n" * 100 + b"--BB--\r\n"
)


@pytest.mark.parametrize("up", [False, True])
def test_a_literal_whose_own_line_is_lost(up):
    """How long it is nobody knows then: it goes on to the dialogue's next line."""
    gap, mail, side = (OrigGap(60), Orig, "APPEND") if up else (RespGap(60), Resp, "FETCH")
    after = [Orig(b"\r\na3 NOOP\r\n")] if up else [Resp(b")\r\na2 OK done\r\n")]
    told = records(ImapReader, [*LOGIN, FETCH, gap, mail(b"lost\r\n" + SCAN), *after, OrigEnd(), RespEnd()])
    assert [(r.command, r.upload, [(a.mime_type, a.extension) for a in r.attachments], r.complete) for r in told] == [
        (side, up, [("application/pdf", "pdf")], False)
    ]


def test_what_strays_without_a_file_is_nothing():
    steps = [*LOGIN, FETCH, RespGap(60), Resp(b"st\r\nBonjour,\r\n* 8 EXISTS\r\n"), FETCH, got(), OrigEnd(), RespEnd()]
    assert [r.attachments for r in records(ImapReader, steps)] == [(PDF,)]


def test_gaps_among_commands():
    told = records(ImapReader, [*LOGIN, OrigGap(20), RespGap(20), Orig(b"x\r\n"), Resp(b"x\r\n"), FETCH, got()])
    assert [len(r.attachments) for r in told] == [1]


YES, MAYBE, NO = Likeness.YES, Likeness.MAYBE, Likeness.NO


@pytest.mark.parametrize(
    ("orig", "resp", "expected"),
    [
        (b"", b"* OK IMAP4rev1 ready\r\n", YES),
        (b"", b"* OK ready\r\n", MAYBE),
        (b"", b"* PREAUTH ready\r\n", YES),
        (b"a1 LOGIN x y\r\n", b"* OK ready\r\n", YES),
        (b"a1 LOGIN x y\r\n", b"", YES),
        (b"* OK ready\r\n", b"a1 CAPABILITY\r\n", YES),
        (b"", b"* 3 FETCH (BODY[] {3}\r\n", YES),
        (b"a1 FOO\r\n", b"", NO),
        (b"GET / HTTP/1.1\r\n", b"", NO),
        (b"USER x\r\n", b"+OK\r\n", NO),
        (b"", b"*1\r\n$4\r\nPING\r\n", NO),
        (b"", b"* O", MAYBE),
    ],
)
def test_probe(orig, resp, expected):
    assert probe(orig, resp) is expected


@pytest.mark.parametrize("name", DIALOGUES)
def test_no_canary_in_any_record(name):
    steps = [s for s in DIALOGUES[name] if isinstance(s, Orig | Resp)]
    assert not [
        r for r in records(ImapReader, [*steps, OrigEnd(), RespEnd()]) if "canary" in repr(r) or "Y2Fu" in repr(r)
    ]


def test_commands_under_way_are_bounded():
    reader = ImapReader()
    reader.data(bytes(HELLO), from_orig=False)
    reader.data(b"".join(b"a%d NOOP\r\n" % n for n in range(5_000)), from_orig=True)
    assert len(reader._tags) == TAGS


WORDS = st.sampled_from(
    [bytes(s) for s in (*LOGIN, FETCH, got(), got(item=b"BODY[]<0>"), got(item=b"BODY[2]"))]
    + [
        b"a3 APPEND x {9+}\r\n",
        b"a3 STARTTLS\r\n",
        b"a3 OK\r\n",
        b"+ \r\n",
        b"* 1 FETCH (BODYSTRUCTURE " + STRUCTURE + b")\r\n",
        b"\x16\x03",
    ]
)
STEPS = st.one_of(
    st.builds(Orig, WORDS | st.binary(min_size=1, max_size=30)),
    st.builds(Resp, WORDS | st.binary(min_size=1, max_size=30)),
    st.builds(RespGap, st.integers(1, 900)),
    st.builds(OrigGap, st.integers(1, 900)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_anything_may_be_said(steps):
    for _ in play(ImapReader(), [*steps, OrigEnd(), RespEnd()]):
        pass
