"""SMTP as tables of dialogues. `check` replays each whole, byte by byte and cut at every place.

Not here: single words (test_smtp_words), dot-stuffing (test_smtp_dots), the inside of mails (test_mime).
"""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.records import Attachment, Smtp
from sensor.wire.smtp import SmtpReader, probe
from tests.sensor.wire.cost import check_cost
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check, play, records

PDF = Attachment("application/pdf", "pdf", 5)
MAIL = (
    b"From: canaryfrom@cabinet.fr\r\nSubject: canarysubject\r\nContent-Type: multipart/mixed; boundary=BB\r\n\r\n"
    b"--BB\r\nContent-Type: text/plain\r\n\r\ncanarybody\r\n"
    b'--BB\r\nContent-Type: application/pdf; name="canaryname.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    b"SGVsbG8=\r\n--BB--\r\n"
)
TEXT = b"Subject: canarysubject\r\n\r\ncanarybody\r\n"

BANNER = Resp(b"220 mx.labo.fr ESMTP ready\r\n")
EHLO = Orig(b"EHLO scanner\r\n")
OFFER = Resp(b"250-mx.labo.fr\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 8BITMIME\r\n")
PLAIN = Resp(b"250-mx.labo.fr\r\n250 PIPELINING\r\n")
FROM = Orig(b"MAIL FROM:<canaryfrom@cabinet.fr> SIZE=900\r\n")
RCPT = Orig(b"RCPT TO:<canaryto@Labo.FR>\r\n")
DATA = Orig(b"DATA\r\n")
OK = Resp(b"250 2.0.0 Ok\r\n")
GO = Resp(b"354 End data with <CR><LF>.<CR><LF>\r\n")
DOT = Orig(b".\r\n")
QUIT = [Orig(b"QUIT\r\n"), Resp(b"221 Bye\r\n"), Rest.DONE]
HELLO = [BANNER, EHLO, PLAIN]
ENVELOPE = [FROM, OK, RCPT, OK, DATA, GO]

SESSION = partial(Smtp, helo=True, last_reply_code=250, server_name="mx.labo.fr")
SENT = partial(
    SESSION,
    mailfrom_domain="cabinet.fr",
    rcptto_domains=("labo.fr",),
    rcptto_count=1,
    transferred=True,
    accepted=True,
    attachments=(PDF,),
    size=len(MAIL),
)
TEXT_SENT = partial(SENT, attachments=(), size=len(TEXT))

DIALOGUES = {
    "a mail with an attachment": [*HELLO, *ENVELOPE, Orig(MAIL), DOT, OK, SENT(), *QUIT],
    "the old greeting": [BANNER, Orig(b"helo x\r\n"), OK, *ENVELOPE, Orig(MAIL), DOT, OK, SENT(), *QUIT],
    "two mails in one connection": [
        *HELLO,
        *ENVELOPE,
        Orig(TEXT),
        DOT,
        OK,
        TEXT_SENT(),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "pipelined commands": [
        *HELLO,
        Orig(FROM + RCPT + DATA),
        Resp(OK + OK + GO),
        Orig(MAIL + DOT + b"QUIT\r\n"),
        Resp(OK + b"221 bye\r\n"),
        SENT(),
        Rest.DONE,
    ],
    "a body sent before the answer to DATA": [
        *HELLO,
        Orig(FROM + RCPT + DATA + MAIL + DOT),
        Resp(OK + OK + GO + OK),
        SENT(),
        *QUIT,
    ],
    "RSET forgets the envelope": [
        *HELLO,
        FROM,
        OK,
        Orig(b"RCPT TO:<a@other.fr>\r\nRSET\r\n"),
        Resp(OK + OK),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "a second EHLO forgets the envelope": [
        *HELLO,
        FROM,
        OK,
        EHLO,
        PLAIN,
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "dot-stuffed": [*HELLO, *ENVELOPE, Orig(b"\r\n..\r\n...x\r\n" + DOT), OK, TEXT_SENT(size=10), *QUIT],
    "BDAT in chunks": [
        *HELLO,
        FROM,
        OK,
        RCPT,
        OK,
        Orig(b"BDAT 100\r\n" + MAIL[:100]),
        OK,
        Orig(b"BDAT %d LAST\r\n" % (len(MAIL) - 100) + MAIL[100:]),
        OK,
        SENT(),
        *QUIT,
    ],
    "BDAT 0 LAST": [
        *HELLO,
        Orig(FROM + RCPT + b"BDAT %d\r\n" % len(MAIL) + MAIL + b"BDAT 0 LAST\r\n"),
        Resp(OK + OK + OK + OK),
        SENT(),
        *QUIT,
    ],
    "a chunk whose size is no number": [
        *HELLO,
        FROM,
        OK,
        RCPT,
        OK,
        Orig(b"BDAT 5 X\r\n"),
        Resp(b"501 no\r\n"),
        DATA,
        GO,
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "refused after it was sent": [
        *HELLO,
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        Resp(b"554 5.7.1 no\r\n"),
        SENT(accepted=False, last_reply_code=554),
        *QUIT,
    ],
    "DATA refused": [
        *HELLO,
        FROM,
        OK,
        RCPT,
        OK,
        DATA,
        Resp(b"521 no\r\n"),
        Orig(b"QUIT\r\n"),
        Resp(b"221 bye\r\n"),
        SESSION(last_reply_code=221),
        Rest.DONE,
    ],
    "bare LF throughout": [
        Resp(BANNER.replace(b"\r", b"")),
        Orig(EHLO.replace(b"\r", b"")),
        Resp(PLAIN.replace(b"\r", b"")),
        Orig((FROM + RCPT + DATA).replace(b"\r", b"")),
        Resp((OK + OK + GO).replace(b"\r", b"")),
        Orig(MAIL.replace(b"\r", b"") + b".\n"),
        OK,
        SENT(size=len(MAIL) - MAIL.count(b"\r")),
        *QUIT,
    ],
    "a lone dot line in LF within a CRLF mail is text": [
        *HELLO,
        *ENVELOPE,
        Orig(TEXT + b"\n.\nMAILING more\r\n" + DOT),
        OK,
        TEXT_SENT(size=len(TEXT) + 17),
        *QUIT,
    ],
    "or its end, when a command follows": [
        *HELLO,
        *ENVELOPE,
        Orig(TEXT + b"\n.\nRSET\r\n"),
        OK,
        TEXT_SENT(size=len(TEXT) + 1),
        OK,
        *QUIT,
    ],
    "LMTP answers for each recipient": [
        Resp(b"220 mx.labo.fr LMTP\r\n"),
        Orig(b"LHLO x\r\n"),
        PLAIN,
        Orig(FROM + RCPT + RCPT + DATA),
        Resp(OK + OK + OK + GO),
        Orig(MAIL + DOT),
        Resp(b"550 full\r\n" + OK),
        SENT(rcptto_count=2),
        *QUIT,
    ],
    "STARTTLS completed": [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"STARTTLS\r\n"),
        Resp(b"220 go\r\n"),
        Orig(b"\x16\x03\x01\x00"),
        SESSION(tls="established", last_reply_code=220),
        Handover(b"\x16\x03\x01\x00"),
    ],
    "STARTTLS agreed, yet it goes on in clear": [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"STARTTLS\r\n"),
        Resp(b"220 go\r\n"),
        EHLO,
        PLAIN,
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(tls="offered"),
        *QUIT,
    ],
    "offered and unused": [BANNER, EHLO, OFFER, *ENVELOPE, Orig(MAIL), DOT, OK, SENT(tls="offered"), *QUIT],
    "refused": [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"STARTTLS\r\n"),
        Resp(b"502 no\r\n"),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(tls="refused"),
        *QUIT,
    ],
    "stripped: a 454 on the way": [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"STARTTLS\r\n"),
        Resp(b"454 TLS not available\r\n"),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(tls="stripped"),
        *QUIT,
    ],
    "stripped: the offer overwritten": [
        BANNER,
        EHLO,
        Resp(OFFER.replace(b"STARTTLS", b"XXXXXXXX")),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(tls="stripped"),
        *QUIT,
    ],
    "stripped: the command overwritten": [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"XXXXXXXX\r\n"),
        Resp(b"500 what\r\n"),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(tls="stripped"),
        *QUIT,
    ],
    "TLS spoken to a server that never offered it": [
        BANNER,
        Orig(b"\x16\x03\x01"),
        Smtp(last_reply_code=220, server_name="mx.labo.fr"),
        Handover(b"\x16\x03\x01"),
    ],
    "AUTH PLAIN": [
        *HELLO,
        Orig(b"AUTH PLAIN AGNhbmFyeXVzZXIAY2FuYXJ5cGFzcw==\r\n"),
        Resp(b"235 2.7.0 ok\r\n"),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(auth_mechanism="PLAIN", auth_success=True),
        *QUIT,
    ],
    "AUTH LOGIN, with a password that looks like a command": [
        *HELLO,
        Orig(b"AUTH LOGIN\r\n"),
        Resp(b"334 VXNlcm5hbWU6\r\n"),
        Orig(b"Y2FuYXJ5dXNlcg==\r\n"),
        Resp(b"334 UGFzc3dvcmQ6\r\n"),
        Orig(b"QUIT\r\n"),
        Resp(b"535 5.7.8 no\r\n"),
        Orig(b"QUIT\r\n"),
        Resp(b"221 bye\r\n"),
        SESSION(auth_mechanism="LOGIN", auth_success=False, last_reply_code=221),
        Rest.DONE,
    ],
    "behind a proxy": [
        Orig(b"PROXY TCP4 10.0.0.1 10.0.0.2 1 25\r\n"),
        BANNER,
        EHLO,
        PLAIN,
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "behind a proxy, binary": [
        Orig(b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes(12)),
        BANNER,
        EHLO,
        PLAIN,
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "the client only": [
        EHLO,
        FROM,
        RCPT,
        DATA,
        Orig(MAIL),
        DOT,
        SENT(accepted=None, last_reply_code=None, server_name=None),
        Orig(b"QUIT\r\n"),
        OrigEnd(),
        Rest.DONE,
    ],
    "the client only, its DATA refused": [
        EHLO,
        FROM,
        RCPT,
        DATA,
        FROM,
        RCPT,
        DATA,
        Orig(MAIL),
        DOT,
        SENT(accepted=None, last_reply_code=None, server_name=None),
        OrigEnd(),
        Rest.DONE,
    ],
    "the client only, to TLS": [
        EHLO,
        Orig(b"STARTTLS\r\n"),
        Orig(b"\x16\x03\x01"),
        Smtp(helo=True, tls="established"),
        Handover(b"\x16\x03\x01"),
    ],
    "the server only": [
        BANNER,
        OFFER,
        OK,
        OK,
        GO,
        OK,
        Smtp(
            transferred=True,
            accepted=True,
            last_reply_code=250,
            tls="offered",
            complete=False,
            server_name="mx.labo.fr",
        ),
        RespEnd(),
        Rest.DONE,
    ],
    "the server only, to TLS": [
        BANNER,
        OFFER,
        Resp(b"220 go\r\n"),
        Resp(b"\x16\x03\x03"),
        Smtp(last_reply_code=220, tls="established", server_name="mx.labo.fr"),
        Handover(b"", b"\x16\x03\x03"),
    ],
    "opened by the server's side": [
        Orig(BANNER),
        Resp(EHLO),
        Orig(PLAIN),
        Resp(FROM + RCPT + DATA),
        Orig(OK + OK + GO),
        Resp(MAIL + DOT),
        Orig(OK),
        SENT(),
        Resp(b"QUIT\r\n"),
        Orig(b"221 bye\r\n"),
        Rest.DONE,
    ],
    "from the middle: an envelope": [
        RCPT,
        OK,
        DATA,
        GO,
        Orig(MAIL),
        DOT,
        OK,
        SENT(helo=False, mailfrom_domain=None, server_name=None, complete=False),
        *QUIT,
    ],
    "from the middle: a mail's first field": [
        Orig(MAIL + DOT),
        SENT(
            helo=False,
            mailfrom_domain=None,
            rcptto_domains=(),
            rcptto_count=0,
            accepted=None,
            last_reply_code=None,
            server_name=None,
            complete=False,
        ),
        OrigEnd(),
        Rest.DONE,
    ],
    "cut off in the body": [
        *HELLO,
        *ENVELOPE,
        Orig(MAIL[:-11]),
        OrigEnd(),
        RespEnd(),
        SENT(
            accepted=None,
            last_reply_code=354,
            complete=False,
            size=len(MAIL) - 11,
            attachments=(Attachment("application/pdf", "pdf", 5, complete=False),),
        ),
        Rest.DONE,
    ],
    "no answer to the body": [
        *HELLO,
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OrigEnd(),
        RespEnd(),
        SENT(accepted=None, last_reply_code=354),
        Rest.DONE,
    ],
    "answers lost": [
        *HELLO,
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        RespGap(30),
        SENT(accepted=None, last_reply_code=354),
        Orig(FROM + RCPT + DATA),
        Resp(b"50 Ok\r\n" + OK + GO),
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "a greeting and no more": [*HELLO, OrigEnd(), RespEnd(), SESSION(), Rest.DONE],
    "a banner and no more": [
        BANNER,
        OrigEnd(),
        RespEnd(),
        Smtp(last_reply_code=220, server_name="mx.labo.fr"),
        Rest.DONE,
    ],
    "many answers to nothing": [BANNER, Resp(b"hm\r\n" * 300), GiveUp],
}


@pytest.mark.parametrize("name", DIALOGUES)
def test_dialogue(name):
    check(SmtpReader, DIALOGUES[name])


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
    (b"\r\n\r\n\x00\r\nQUIT\n\x21\x11", b"", MAYBE),
]


@pytest.mark.parametrize(("orig", "resp", "expected"), PROBES)
def test_probe(orig, resp, expected):
    assert probe(orig, resp) is expected


def test_an_answer_that_names_no_mail_server_is_not_waited_for_forever():
    assert probe(b"", b"220 " + b"x" * 600) is NO


# Privacy

CANARIES = ("canary", "Y2FuYXJ5", "AGNhbm")


@pytest.mark.parametrize("name", DIALOGUES)
def test_no_canary_in_any_record(name):
    steps = [s for s in DIALOGUES[name] if not isinstance(s, Smtp | Rest | Handover) and s is not GiveUp]
    for cut in (1, 7, 10_000):
        pieces = [type(s)(s[i : i + cut]) for s in steps if isinstance(s, Orig | Resp) for i in range(0, len(s), cut)]
        for record in records(SmtpReader, [*pieces, OrigEnd(), RespEnd()]):
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
def test_cuts_change_nothing(steps, size):
    whole = records(SmtpReader, [*steps, OrigEnd(), RespEnd()])
    pieces = [type(s)(s[i : i + size]) for s in steps for i in range(0, len(s), size)]
    assert records(SmtpReader, [*pieces, OrigEnd(), RespEnd()]) == whole
