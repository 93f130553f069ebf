"""IMAP as tables of dialogues; `check` replays each whole, byte by byte and cut at every place."""

import zlib
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import Likeness, Rest
from sensor.wire.imap import TAGS, ImapReader, probe
from sensor.wire.records import Attachment, Imap
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check, play, records

PDF = Attachment("application/pdf", "pdf", 5)
MAIL = (
    b"From: <canaryfrom@labo.fr>\r\nTo: canaryto@cabinet.fr\r\nSubject: canary\r\nContent-Type: multipart/mixed; boundary=BB\r\n\r\n"
    b"--BB\r\n\r\ncanary\r\n--BB\r\nContent-Type: application/pdf; name=canary.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"SGVsbG8=\r\n--BB--\r\n"
)
SIZE = len(MAIL)
STRUCTURE = (
    b'(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 8 1 NIL NIL NIL NIL)'
    b'("application" "pdf" ("name" "canary.pdf") NIL NIL "base64" 10 NIL ("attachment" ("filename" "canary.pdf")) NIL NIL)'
    b' "mixed" ("boundary" "BB") NIL NIL NIL)'
)
HELLO = Resp(b"* OK [CAPABILITY IMAP4rev1] imap.labo.fr ready\r\n")
LOGIN = [HELLO, Orig(b"a1 LOGIN canary canary\r\n"), Resp(b"a1 OK done\r\n")]
FETCH = Orig(b"a2 UID FETCH 7 (UID BODY.PEEK[])\r\n")
LOGOUT = [Orig(b"a9 LOGOUT\r\n"), Resp(b"* BYE\r\na9 OK\r\n"), Rest.DONE]


def got(content: bytes = MAIL, item: bytes = b"BODY[]", more: bytes = b"") -> Resp:
    return Resp(
        b"* 1 FETCH (UID 7 " + item + b" {%d}\r\n" % len(content) + content + more + b" FLAGS (\\Seen))\r\na2 OK\r\n"
    )


NAMED = partial(Imap, server_name="imap.labo.fr")
SESSION = partial(NAMED, auth_mechanism="LOGIN", auth_success=True)
FETCHED = partial(
    SESSION,
    transferred=True,
    command="FETCH",
    mailfrom_domain="labo.fr",
    rcptto_domains=("cabinet.fr",),
    attachments=(PDF,),
    size=SIZE,
)
PART = partial(SESSION, transferred=True, command="FETCH", size=10)
APPENDED = partial(FETCHED, upload=True, command="APPEND")
UNKNOWN = {"auth_mechanism": None, "auth_success": None}

DIALOGUES = {
    "a mail is fetched": [*LOGIN, FETCH, got(), FETCHED(), *LOGOUT],
    "the old word for it": [*LOGIN, FETCH, got(item=b"RFC822"), FETCHED(), *LOGOUT],
    "two in one answer": [*LOGIN, FETCH, Resp(got() + got()), FETCHED(), FETCHED(), *LOGOUT],
    "its header alone moves nothing": [
        *LOGIN,
        FETCH,
        got(b"Subject: canary\r\n\r\n", b"BODY[HEADER.FIELDS (SUBJECT)]"),
        Orig(b"a9 LOGOUT\r\n"),
        Resp(b"a9 OK\r\n"),
        SESSION(),
        Rest.DONE,
    ],
    "its text, whose boundaries are learnt": [
        *LOGIN,
        FETCH,
        got(MAIL[MAIL.index(b"--BB") :], b"BODY[TEXT]"),
        FETCHED(mailfrom_domain=None, rcptto_domains=(), size=SIZE - MAIL.index(b"--BB"), complete=False),
        *LOGOUT,
    ],
    "a structure alone moves nothing": [
        *LOGIN,
        Orig(b"a2 FETCH 1 BODYSTRUCTURE\r\n"),
        Resp(b"* 1 FETCH (BODYSTRUCTURE " + STRUCTURE + b")\r\na2 OK\r\n"),
        Orig(b"a9 LOGOUT\r\n"),
        Resp(b"a9 OK\r\n"),
        SESSION(),
        Rest.DONE,
    ],
    "the part it told of": [
        *LOGIN,
        Orig(b"a2 FETCH 1 BODYSTRUCTURE\r\n"),
        Resp(b"* 1 FETCH (BODYSTRUCTURE " + STRUCTURE + b")\r\na2 OK\r\n"),
        FETCH,
        got(b"SGVsbG8=\r\n", b"BODY[2]"),
        PART(attachments=(PDF,)),
        FETCH,
        got(b"canary\r\n..", b"BODY[1]"),
        PART(),
        *LOGOUT,
    ],
    "the part, decoded": [
        *LOGIN,
        Resp(b"* 1 FETCH (BODYSTRUCTURE " + STRUCTURE + b")\r\n"),
        FETCH,
        got(b"Hello\r\n\r\n.", b"BINARY[2]"),
        PART(attachments=(Attachment("application/pdf", "pdf", 10),)),
        *LOGOUT,
    ],
    "a part and its own header": [
        *LOGIN,
        FETCH,
        got(
            b"Content-Type: application/pdf;\r\n name=canary.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            b"BODY[2.MIME]",
            b" BODY[2] {10}\r\nSGVsbG8=\r\n",
        ),
        PART(attachments=(PDF,)),
        *LOGOUT,
    ],
    "a part that nothing told of, but begins like a file": [
        *LOGIN,
        FETCH,
        got(b"JVBERi0x\r\n", b"BODY[2]"),
        PART(attachments=(Attachment("application/octet-stream", None, 6),)),
        FETCH,
        got(b"canary\r\n..", b"BODY[3]"),
        PART(),
        *LOGOUT,
    ],
    "in pieces": [
        *LOGIN,
        Orig(b"a2 FETCH 1 BODY.PEEK[]<0.200>\r\n"),
        got(MAIL[:200], b"BODY[]<0>"),
        Orig(b"a2 FETCH 1 BODY.PEEK[]<200.200>\r\n"),
        got(MAIL[200:], b"BODY[]<200>"),
        FETCHED(),
        *LOGOUT,
    ],
    "a first piece that ends before the attachment says nothing of it": [
        *LOGIN,
        Orig(b"a2 FETCH 1 BODY.PEEK[]<0.150>\r\n"),
        got(MAIL[:150], b"BODY[]<0>"),
        Orig(b"a9 LOGOUT\r\n"),
        Resp(b"a9 OK\r\n"),
        FETCHED(transferred=False, attachments=(), size=150, complete=False),
        Rest.DONE,
    ],
    "put away": [
        *LOGIN,
        Orig(b'a2 APPEND "Sent" (\\Seen) {%d}\r\n' % SIZE),
        Resp(b"+ go\r\n"),
        Orig(MAIL),
        APPENDED(),
        Orig(b"\r\n"),
        Resp(b"a2 OK\r\n"),
        *LOGOUT,
    ],
    "put away without waiting, two at once": [
        *LOGIN,
        Orig(b"a2 APPEND Sent {%d+}\r\n" % SIZE + MAIL + b" (\\Seen) {%d+}\r\n" % SIZE + MAIL + b"\r\n"),
        APPENDED(),
        APPENDED(),
        Resp(b"a2 OK\r\n"),
        *LOGOUT,
    ],
    "not let put away": [
        *LOGIN,
        Orig(b"a2 APPEND Sent {99999}\r\n"),
        Resp(b"a2 NO quota\r\n"),
        FETCH,
        got(),
        FETCHED(),
        *LOGOUT,
    ],
    "log-in by literals": [
        HELLO,
        Orig(b"a1 LOGIN {6}\r\n"),
        Resp(b"+ \r\n"),
        Orig(b"canary {6}\r\n"),
        Resp(b"+ \r\n"),
        Orig(b"canary\r\n"),
        Resp(b"a1 NO\r\n"),
        Orig(b"a9 LOGOUT\r\n"),
        Resp(b"a9 OK\r\n"),
        SESSION(auth_success=False),
        Rest.DONE,
    ],
    "AUTHENTICATE, with a password that looks like a command": [
        HELLO,
        Orig(b"a1 authenticate login\r\n"),
        Resp(b"+ VXNlcm5hbWU6\r\n"),
        Orig(b"Y2FuYXJ5\r\n"),
        Resp(b"+ UGFzc3dvcmQ6\r\n"),
        Orig(b"a9 LOGOUT\r\n"),
        Resp(b"a1 OK\r\n"),
        FETCH,
        got(),
        FETCHED(),
        *LOGOUT,
    ],
    "PREAUTH": [Resp(b"* PREAUTH imap.labo.fr\r\n"), FETCH, got(), FETCHED(auth_mechanism="PREAUTH"), *LOGOUT],
    "IDLE": [
        *LOGIN,
        Orig(b"a3 IDLE\r\n"),
        Resp(b"+ idling\r\n* 2 EXISTS\r\n"),
        Orig(b"DONE\r\n"),
        Resp(b"a3 OK\r\n"),
        FETCH,
        got(),
        FETCHED(),
        *LOGOUT,
    ],
    "STARTTLS completed": [
        Resp(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] imap.labo.fr\r\n"),
        Orig(b"a1 STARTTLS\r\n"),
        Resp(b"a1 OK\r\n"),
        Orig(b"\x16\x03\x01"),
        NAMED(tls="established"),
        Handover(b"\x16\x03\x01"),
    ],
    "STARTTLS offered and unused": [
        Resp(HELLO.replace(b"]", b" STARTTLS]")),
        *LOGIN[1:],
        FETCH,
        got(),
        FETCHED(tls="offered"),
        *LOGOUT,
    ],
    "STARTTLS refused": [
        HELLO,
        Orig(b"a0 STARTTLS\r\n"),
        Resp(b"a0 NO\r\n"),
        *LOGIN[1:],
        FETCH,
        got(),
        FETCHED(tls="refused"),
        *LOGOUT,
    ],
    "STARTTLS overwritten": [
        Resp(HELLO.replace(b"]", b" XXXXXXXX]")),
        *LOGIN[1:],
        FETCH,
        got(),
        FETCHED(tls="stripped"),
        *LOGOUT,
    ],
    "the server only": [HELLO, Resp(b"c1 OK LOGIN completed\r\n"), got(), FETCHED(), RespEnd(), Rest.DONE],
    "the client only": [
        LOGIN[1],
        Orig(b"a2 APPEND Sent {%d}\r\n" % SIZE + MAIL + b"\r\n"),
        APPENDED(server_name=None, auth_success=None),
        OrigEnd(),
        Rest.DONE,
    ],
    "from the middle": [got(), FETCHED(server_name=None, **UNKNOWN), RespEnd(), Rest.DONE],
    "cut off": [
        *LOGIN,
        FETCH,
        Resp(b"* 1 FETCH (BODY[] {%d}\r\n" % SIZE + MAIL[:-19]),
        RespEnd(),
        FETCHED(size=SIZE - 19, complete=False, attachments=(Attachment("application/pdf", "pdf", 0, complete=False),)),
        OrigEnd(),
        Rest.DONE,
    ],
}


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
