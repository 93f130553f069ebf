"""POP3 as tables of dialogues; `check` replays each whole, byte by byte and cut at every place."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.pop3 import COMMANDS, Pop3Reader, probe
from sensor.wire.records import Attachment, Pop3
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check, play, records

PDF = Attachment("application/pdf", "pdf", 5)
MAIL = (
    b"From: <canaryfrom@labo.fr>\r\nTo: canaryto@cabinet.fr\r\nSubject: canary\r\nContent-Type: multipart/mixed; boundary=BB\r\n\r\n"
    b"--BB\r\n\r\ncanary\r\n--BB\r\nContent-Type: application/pdf; name=canary.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"SGVsbG8=\r\n--BB--\r\n"
)
TEXT = b"Subject: canary\r\n\r\ncanary\r\n"
HELLO = Resp(b"+OK POP3 pop.labo.fr ready <1896.697170952@x>\r\n")
OK = Resp(b"+OK\r\n")
LOGIN = [HELLO, Orig(b"USER canary\r\n"), OK, Orig(b"PASS canary\r\n"), OK]
RETR = Orig(b"RETR 1\r\n")
GOT = Resp(b"+OK 300 octets\r\n" + MAIL + b".\r\n")
QUIT = [Orig(b"QUIT\r\n"), OK, Rest.DONE]

NAMED = partial(Pop3, server_name="pop.labo.fr")
SESSION = partial(NAMED, auth_mechanism="USER", auth_success=True)
FETCHED = partial(
    SESSION,
    transferred=True,
    command="RETR",
    mailfrom_domain="labo.fr",
    rcptto_domains=("cabinet.fr",),
    attachments=(PDF,),
    size=len(MAIL),
)
BARE = {"mailfrom_domain": None, "rcptto_domains": (), "attachments": (), "size": len(TEXT)}
UNKNOWN = {"auth_mechanism": None, "auth_success": None}

DIALOGUES = {
    "a mail is fetched": [*LOGIN, RETR, GOT, FETCHED(), *QUIT],
    "several, pipelined": [
        *LOGIN,
        Orig(b"RETR 1\r\nRETR 2\r\nDELE 1\r\nQUIT\r\n"),
        GOT,
        FETCHED(),
        GOT,
        FETCHED(),
        OK,
        OK,
        Rest.DONE,
    ],
    "lists are passed over": [
        *LOGIN,
        Orig(b"STAT\r\nLIST\r\nUIDL\r\nLIST 1\r\n"),
        Resp(b"+OK 2 300\r\n+OK\r\n1 300\r\n2 20\r\n.\r\n+OK\r\n1 xx\r\n.\r\n+OK 1 300\r\n"),
        RETR,
        GOT,
        FETCHED(),
        *QUIT,
    ],
    "a refusal, then a mail": [*LOGIN, Orig(b"RETR 9\r\n"), Resp(b"-ERR no such\r\n"), RETR, GOT, FETCHED(), *QUIT],
    "dot-stuffed": [
        *LOGIN,
        RETR,
        Resp(b"+OK\r\n" + TEXT + b"..\r\n.\r\n"),
        FETCHED(**{**BARE, "size": len(TEXT) + 3}),
        *QUIT,
    ],
    "TOP shows a file only as far as its body came": [
        *LOGIN,
        Orig(b"TOP 1 3\r\n"),
        Resp(b"+OK\r\n" + MAIL[: MAIL.index(b"SGVs")] + b".\r\n"),
        FETCHED(command="TOP", transferred=False, attachments=(), size=MAIL.index(b"SGVs"), complete=False),
        *QUIT,
    ],
    "TOP of the header only says nothing of attachments": [
        *LOGIN,
        Orig(b"TOP 1 0\r\n"),
        Resp(b"+OK\r\n" + MAIL[: MAIL.index(b"--BB")] + b".\r\n"),
        FETCHED(command="TOP", transferred=False, attachments=(), size=MAIL.index(b"--BB"), complete=False),
        *QUIT,
    ],
    "TOP of all lines is a mail": [
        *LOGIN,
        Orig(b"TOP 1 9999\r\n"),
        Resp(b"+OK\r\n" + TEXT + b".\r\n"),
        FETCHED(**{**BARE, "command": "TOP", "size": len(TEXT), "complete": False}),
        *QUIT,
    ],
    "log-in refused": [
        HELLO,
        Orig(b"USER canary\r\n"),
        OK,
        Orig(b"PASS canary\r\n"),
        Resp(b"-ERR canary\r\n"),
        Orig(b"QUIT\r\n"),
        OK,
        SESSION(auth_success=False),
        Rest.DONE,
    ],
    "APOP": [
        HELLO,
        Orig(b"APOP canary c4c9334bac560ecc979e58001b3e22fb\r\n"),
        OK,
        Orig(b"QUIT\r\n"),
        OK,
        SESSION(auth_mechanism="APOP"),
        Rest.DONE,
    ],
    "AUTH with challenges": [
        HELLO,
        Orig(b"AUTH LOGIN\r\n"),
        Resp(b"+ VXNlcm5hbWU6\r\n"),
        Orig(b"Y2FuYXJ5\r\n"),
        Resp(b"+ UGFzc3dvcmQ6\r\n"),
        Orig(b"QUIT\r\n"),
        OK,
        RETR,
        GOT,
        FETCHED(auth_mechanism="LOGIN"),
        *QUIT,
    ],
    "AUTH alone lists mechanisms": [
        HELLO,
        Orig(b"AUTH\r\n"),
        Resp(b"+OK\r\nPLAIN\r\n.\r\n"),
        *LOGIN[1:],
        RETR,
        GOT,
        FETCHED(),
        *QUIT,
    ],
    "STLS completed": [
        HELLO,
        Orig(b"CAPA\r\n"),
        Resp(b"+OK\r\nTOP\r\nSTLS\r\n.\r\n"),
        Orig(b"STLS\r\n"),
        OK,
        Orig(b"\x16\x03\x01"),
        NAMED(tls="established"),
        Handover(b"\x16\x03\x01"),
    ],
    "STLS offered and unused": [
        HELLO,
        Orig(b"CAPA\r\n"),
        Resp(b"+OK\r\nSTLS\r\n.\r\n"),
        *LOGIN[1:],
        RETR,
        GOT,
        FETCHED(tls="offered"),
        *QUIT,
    ],
    "STLS refused": [HELLO, Orig(b"STLS\r\n"), Resp(b"-ERR\r\n"), *LOGIN[1:], RETR, GOT, FETCHED(tls="refused"), *QUIT],
    "the server only": [
        HELLO,
        Resp(b"+OK\r\n+OK\r\n+OK 1 20\r\n+OK\r\n1 20\r\n.\r\n"),
        Resp(b"+OK 300 octets\r\n" + MAIL + b".\r\n"),
        FETCHED(command=None, **UNKNOWN),
        OK,
        RespEnd(),
        Rest.DONE,
    ],
    "the client only": [
        Orig(b"USER canary\r\n"),
        Orig(b"PASS canary\r\nRETR 1\r\n"),
        OrigEnd(),
        Pop3(auth_mechanism="USER"),
        Rest.DONE,
    ],
    "opened by the server's side": [
        Orig(HELLO),
        Resp(RETR),
        Orig(GOT),
        FETCHED(**UNKNOWN),
        Resp(b"QUIT\r\n"),
        Orig(OK),
        Rest.DONE,
    ],
    "from the middle of a dialogue": [RETR, GOT, FETCHED(server_name=None, **UNKNOWN), *QUIT],
    "cut off": [
        *LOGIN,
        RETR,
        Resp(GOT[:-20]),
        RespEnd(),
        FETCHED(
            size=len(MAIL) - 17, complete=False, attachments=(Attachment("application/pdf", "pdf", 0, complete=False),)
        ),
        OrigEnd(),
        Rest.DONE,
    ],
    "a greeting and no more": [HELLO, OrigEnd(), RespEnd(), NAMED(), Rest.DONE],
    "nothing at all": [OrigEnd(), GiveUp],
}


@pytest.mark.parametrize("name", DIALOGUES)
def test_dialogue(name):
    check(Pop3Reader, DIALOGUES[name])


def test_a_gap_within_the_attachment():
    cut = GOT.index(b"SGVs")
    told = records(Pop3Reader, [*LOGIN, RETR, Resp(GOT[: cut + 2]), RespGap(3), Resp(GOT[cut + 5 :]), RETR, GOT])
    assert [r.attachments[0].complete for r in told] == [False, True]


def test_a_gap_over_the_end_mark():
    told = records(Pop3Reader, [*LOGIN, RETR, Resp(GOT[:-3]), RespGap(3), RETR, GOT])
    assert [(len(r.attachments), r.complete) for r in told] == [(1, False), (1, True)]


@pytest.mark.parametrize("lost", [[OrigGap(9), OK], [RespGap(9), Resp(b"rest\r\n")]])
def test_a_gap_among_commands(lost):
    told = records(Pop3Reader, [*LOGIN, *lost, RETR, GOT, OrigEnd(), RespEnd()])
    assert [len(r.attachments) for r in told] == [1]


YES, MAYBE, NO = Likeness.YES, Likeness.MAYBE, Likeness.NO


@pytest.mark.parametrize(
    ("orig", "resp", "expected"),
    [
        (b"", b"+OK POP3 ready\r\n", YES),
        (b"", b"+OK ready\r\n", MAYBE),
        (b"USER x\r\n", b"+OK ready\r\n", YES),
        (b"+OK ready\r\n", b"CAPA\r\n", YES),
        (b"CAPA\r\n", b"", YES),
        (b"USER x\r\n", b"", MAYBE),
        (b"USER x\r\n", b"220 ftp\r\n", NO),
        (b"PING\r\n", b"+PONG\r\n", NO),
        (b"PING\r\n", b"+OK\r\n", NO),
        (b"GET / HTTP/1.1\r\n", b"", NO),
        (b"", b"+O", MAYBE),
        (b"", b"* OK IMAP\r\n", NO),
        (b"\x16\x03\x01", b"", NO),
    ],
)
def test_probe(orig, resp, expected):
    assert probe(orig, resp) is expected


@pytest.mark.parametrize("name", DIALOGUES)
def test_no_canary_in_any_record(name):
    steps = [s for s in DIALOGUES[name] if isinstance(s, Orig | Resp)]
    assert not [
        r for r in records(Pop3Reader, [*steps, OrigEnd(), RespEnd()]) if "canary" in repr(r) or "Y2Fu" in repr(r)
    ]


def test_commands_without_answers_are_bounded():
    reader = Pop3Reader()
    reader.data(bytes(HELLO), from_orig=False)
    for _ in range(100):
        reader.data(b"NOOP\r\n" * 1_000, from_orig=True)
    assert len(reader._due) <= COMMANDS


WORDS = st.sampled_from(
    [bytes(s) for s in (*LOGIN, RETR, GOT, OK)]
    + [b"CAPA\r\n", b"STLS\r\n", b".\r\n", b"+ \r\n", b"-ERR\r\n", b"\n.\n", b"\x16\x03"]
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
    for _ in play(Pop3Reader(), [*steps, OrigEnd(), RespEnd()]):
        pass
