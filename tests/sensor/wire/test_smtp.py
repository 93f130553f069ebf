"""SMTP as tables of dialogues. `check` replays each whole, byte by byte and cut at every place.

Not here: single words (test_smtp_words), dot-stuffing (test_smtp_dots), the inside of mails (test_mime).
"""

import base64
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.records import Attachment, Smtp
from sensor.wire.records_dialogues import SmtpDialogue
from sensor.wire.smtp import SmtpReader, probe
from tests.sensor.wire import dialogue
from tests.sensor.wire.cost import check_cost
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check, play
from tests.sensor.wire.smtp_dialogues import (
    DATA,
    DIALOGUES,
    DOT,
    EHLO,
    ENVELOPE,
    FROM,
    GO,
    HELLO,
    MAIL,
    OFFER,
    OK,
    PDF,
    QUIT,
    RCPT,
    SENT,
    TEXT,
)
from tests.sensor.wire.smtp_partly import PARTLY_SEEN

ALL = DIALOGUES | PARTLY_SEEN


def records(make, steps):
    """The mails; dialogues are in test_smtp_asked."""
    return [record for record in dialogue.records(make, steps) if not isinstance(record, SmtpDialogue)]


@pytest.mark.parametrize("name", ALL)
def test_dialogue(name):
    check(SmtpReader, ALL[name], but=(SmtpDialogue,))


GAP = MAIL.index(b"SGVs")
GAPS = {
    "within the attachment": (
        [Orig(MAIL[: GAP + 2]), OrigGap(3), Orig(MAIL[GAP + 5 :] + DOT), OK],
        SENT(complete=False, attachments=(Attachment("application/pdf", "pdf", 3, complete=False),)),
    ),
    "over the end mark: the answer tells": (
        [Orig(MAIL), OrigGap(3), OK],
        SENT(complete=False, size=len(MAIL) + 3),
    ),
    "just before the end mark": (
        [Orig(MAIL[:-10]), OrigGap(10), DOT, OK],
        SENT(complete=False, attachments=(Attachment("application/pdf", "pdf", 5, complete=False),)),
    ),
    "over the part's first boundary": (
        [
            Orig(MAIL[: MAIL.index(b"--BB\r\nContent-Type: app")]),
            OrigGap(6),
            Orig(MAIL[MAIL.index(b"Content-Type: app") :] + DOT),
            OK,
        ],
        SENT(complete=False),
    ),
}


@pytest.mark.parametrize("name", GAPS)
def test_a_gap_in_the_body(name):
    steps, expected = GAPS[name]
    assert records(SmtpReader, [*HELLO, *ENVELOPE, *steps]) == [expected]


def test_a_gap_that_hides_the_multiparts_own_header():
    seen = MAIL.index(b"Content-Type: text/plain")
    told = records(SmtpReader, [*HELLO, *ENVELOPE, OrigGap(seen), Orig(MAIL[seen:] + DOT), OK])
    assert [(r.attachments, r.complete) for r in told] == [((PDF,), False)]


def test_a_gap_over_commands_then_a_body():
    told = records(SmtpReader, [*HELLO, FROM, OK, OrigGap(40), OK, GO, Orig(MAIL), DOT, OK])
    assert [(r.attachments, r.accepted, r.transferred) for r in told] == [((PDF,), True, True)]


def test_a_gap_over_the_end_of_one_mail_and_the_start_of_the_next_client_only():
    told = records(
        SmtpReader, [EHLO, FROM, RCPT, DATA, Orig(MAIL[:-9]), OrigGap(60), RCPT, DATA, Orig(MAIL), DOT, OrigEnd()]
    )
    assert [len(r.attachments) for r in told] == [1, 1]


def test_a_gap_in_a_chunk_is_counted_exactly():
    size = len(MAIL)
    steps = [FROM, OK, RCPT, OK, Orig(b"BDAT %d LAST\r\n" % size + MAIL[:200]), OrigGap(10), Orig(MAIL[210:]), OK]
    told = records(SmtpReader, [*HELLO, *steps, *ENVELOPE, Orig(TEXT), DOT, OK])
    assert [(r.size, r.complete, r.accepted) for r in told] == [(size, False, True), (len(TEXT), True, True)]


def test_before_anyone_is_known_a_gap_forgets_what_was_held():
    told = records(SmtpReader, [Orig(b"AAAA"), OrigGap(5), FROM, RCPT, DATA, Orig(MAIL), DOT, OrigEnd()])
    assert [r.rcptto_count for r in told] == [1]


# One direction that begins in an attachment

BASE64 = base64.encodebytes(random.Random(1).randbytes(30_000)).replace(b"\n", b"\r\n")
MIDDLE = [Orig(BASE64), Orig(b"--BB--\r\n.\r\n")]


def guessed(steps):
    return [[a.guessed for a in r.attachments] for r in records(SmtpReader, steps)]


def test_a_command_behind_it_says_that_it_was_a_mail():
    assert guessed([*MIDDLE, Orig(b"QUIT\r\n"), OrigEnd()]) == [[True]]
    assert guessed([*MIDDLE, FROM, RCPT, DATA, Orig(MAIL), DOT, OrigEnd()]) == [[True], [False]]


@pytest.mark.parametrize("after", [[], [Orig(b"+OK\r\n")], [Orig(b"a3 LOGOUT\r\n")]])
def test_without_one_it_may_have_been_anything(after):
    assert guessed([*MIDDLE, *after, OrigEnd()]) == []


def test_the_other_side_may_say_it_too():
    assert guessed([*MIDDLE, OK, OrigEnd(), RespEnd()]) == [[True]]
    for other in (b"+OK 1\r\n", b"a3 OK done\r\n", b"HTTP/1.1 200 OK\r\n"):
        assert guessed([MIDDLE[0], Resp(other), MIDDLE[1], Orig(b"QUIT\r\n"), OrigEnd(), RespEnd()]) == []


# Recognition

YES, MAYBE, NO = Likeness.YES, Likeness.MAYBE, Likeness.NO
PROBES = [
    (b"", b"220 mx ESMTP\r\n", YES),
    (b"", b"220-mx\r\n220 Postfix\r\n", MAYBE),
    (b"", b"220 mx\r\n", MAYBE),
    (b"EHLO x\r\n", b"220 mx\r\n", YES),
    (b"HELO x\r\n", b"", YES),
    (b"USER anna\r\n", b"220 mx\r\n", NO),
    (b"", b"220 ProFTPD Server\r\n", NO),
    (b"", b"220 Welcome to mail.example FTP service\r\n", NO),
    (b"AUTH TLS\r\n", b"220 (vsFTPd 3.0.3)\r\n", NO),
    (b"", b"250-PIPELINING\r\n250 SIZE 100\r\n", YES),
    (b"MAIL FROM:<a@b.fr>\r\n", b"", YES),
    (b"220 mx ESMTP\r\n", b"EHLO x\r\n", YES),
    (b"BDAT 100 LAST\r\n", b"", YES),
    (b"Received: from x by y with ESMTP\r\n", b"", YES),
    (b"GET / HTTP/1.1\r\n", b"", NO),
    (b"a001 LOGIN x y\r\n", b"* OK ready\r\n", NO),
    (b"\x16\x03\x01\x02", b"", NO),
    (b"\x16\x03\x01\x02", b"220 mx ESMTP\r\n", NO),
    (b"", b"+OK ready\r\n", NO),
    (b"", b"2", MAYBE),
    (b"E", b"", MAYBE),
    (b"SSH-2.0-x\r\n", b"SSH-2.0-y\r\n", NO),
    (b"QUIT\r\n", b"", MAYBE),
    (BASE64[:4_000], b"", MAYBE),
    (BASE64[:4_096], b"", YES),
    (BASE64[:4_096], b"250 ok\r\n", YES),
    (BASE64[:4_096], b"+OK\r\n", NO),
    (b"\r\n\r\n\x00\r\nQUIT\n\x21\x11", b"", MAYBE),
]


@pytest.mark.parametrize(("orig", "resp", "expected"), PROBES)
def test_probe(orig, resp, expected):
    assert probe(orig, resp) is expected


def test_an_answer_that_names_no_mail_server_is_not_waited_for_forever():
    assert probe(b"", b"220 " + b"x" * 600) is NO


# Privacy

CANARIES = ("canary", "Y2FuYXJ5", "AGNhbm")


@pytest.mark.parametrize("name", ALL)
def test_no_canary_in_any_record(name):
    steps = [s for s in ALL[name] if not isinstance(s, Smtp | Rest | Handover) and s is not GiveUp]
    for cut in (1, 7, 10_000):
        pieces = [type(s)(s[i : i + cut]) for s in steps if isinstance(s, Orig | Resp) for i in range(0, len(s), cut)]
        for record in dialogue.records(SmtpReader, [*pieces, OrigEnd(), RespEnd()]):
            assert not any(canary in repr(record) for canary in CANARIES)


# Hostile


HOSTILE = {
    "headers": lambda n: (b"X-%d: y\r\n" % i * 100 for i in range(n // 100)),
    "one endless header": lambda n: (b"Content-Type: " + b"a" * 1_000 for _ in range(n // 100)),
    "folds of one header": lambda n: (b"Subject: x\r\n" if i == 0 else b" y\r\n" * 100 for i in range(n // 100)),
    "no end of line": lambda n: (b"A" * 1_000 for _ in range(n // 100)),
    "lines that may be boundaries": lambda n: (b"\r\n" if i == 0 else b"--x\r\n" * 100 for i in range(n // 100)),
    "dots": lambda n: (b"\r\n" if i == 0 else b"..\r\n" * 100 for i in range(n // 100)),
    "doubtful ends": lambda n: (b"a: b\r\n\r\n" if i == 0 else b"\n.\nx\r\n" * 100 for i in range(n // 100)),
    "nested multiparts": lambda n: (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(n // 10)
    ),
    "commands": lambda n: (b".\r\n" if i == 0 else b"RCPT TO:<a@b.fr>\r\n" * 100 for i in range(n // 100)),
    "tiny mails": lambda n: ((b".\r\n" if i == 0 else b"") + b"DATA\r\nx\r\n.\r\n" * 100 for i in range(n // 1_000)),
    "unknown commands": lambda n: (b".\r\n" if i == 0 else b"FOO\r\nNOOP\r\n" * 100 for i in range(n // 100)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_work_is_linear_and_memory_flat(name):
    def reader():
        made = SmtpReader()
        for step in (*HELLO, *ENVELOPE):
            made.data(bytes(step), from_orig=isinstance(step, Orig))
        return made

    check_cost(reader, HOSTILE[name])


def test_a_million_recipients_are_counted_and_not_kept():
    reader = SmtpReader()
    for step in HELLO:
        reader.data(bytes(step), from_orig=isinstance(step, Orig))
    for i in range(1_000):
        reader.data(b"".join(b"RCPT TO:<a@d%d.fr>\r\n" % j for j in range(i, i + 100)), from_orig=True)
    transaction = reader._client.transaction
    assert transaction.rcpt_count == 100_000
    assert len(transaction.rcpt_domains) == 32


# Fuzz

WORDS = st.sampled_from(
    [bytes(s) for s in (*HELLO, *ENVELOPE, OFFER, DOT, QUIT[0], QUIT[1])]
    + [
        MAIL,
        b"STARTTLS\r\n",
        b"454 no\r\n",
        b"BDAT 3 LAST\r\n",
        b"AUTH LOGIN\r\n",
        b"334 x\r\n",
        b"\x16\x03",
        b"\n.\n",
        b"--BB\r\n",
    ]
)
STEPS = st.one_of(
    st.builds(Orig, WORDS | st.binary(min_size=1, max_size=40)),
    st.builds(Resp, WORDS | st.binary(min_size=1, max_size=40)),
    st.builds(OrigGap, st.integers(1, 5_000)),
    st.builds(RespGap, st.integers(1, 5_000)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_anything_may_be_said(steps):
    for _ in play(SmtpReader(), [*steps, OrigEnd(), RespEnd()]):
        pass


@settings(max_examples=80, deadline=None)
@given(st.lists(st.builds(Orig, WORDS) | st.builds(Resp, WORDS), max_size=20), st.integers(1, 9))
@example([Resp(b"\x16\x03"), Orig(b"EHLO scanner\r\n")], 1)
@example([Orig(b".\r\n"), Orig(b"\x16\x03"), Resp(b"220 mx.labo.fr ESMTP ready\r\n")], 1)
@example([Orig(b".\r\n"), Orig(b"221 Bye\r\n"), Resp(b"EHLO scanner\r\n")], 1)
@example([Orig(b".\r\n"), Resp(b"221 Bye\r\n"), Orig(b"EHLO scanner\r\n")], 1)
def test_cuts_change_nothing(steps, size):
    whole = dialogue.records(SmtpReader, [*steps, OrigEnd(), RespEnd()])
    pieces = [type(s)(s[i : i + size]) for s in steps for i in range(0, len(s), size)]
    assert dialogue.records(SmtpReader, [*pieces, OrigEnd(), RespEnd()]) == whole
