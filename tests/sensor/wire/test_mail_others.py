"""Other people's servers, clients and look-alikes: recognised among all protocols by their bytes, as packets would bring them.

`said` plays a conversation through every probe and gives the services that were recognised and (service, transferred, extensions) of
the mails told.
"""

import pytest

from sensor.track.conversation import Readers, Segment, TcpConversation
from sensor.wire.readers import DATAGRAMS, STREAMS
from sensor.wire.records import Imap, Pop3, Smtp

LINE = b"SGVsbG8hAAECAwQF/v38+/r5+Pf29fTz8vHw7+7t7Ovq6ejn5uXk4+Lh4N/e3dzb2tnY19bV1NPS\r\n"
MAIL = (
    b"From: a@b.fr\r\nSubject: canary\r\nContent-Type: multipart/mixed; boundary=BB\r\n\r\n--BB\r\n\r\ncanary\r\n"
    b'--BB\r\nContent-Type: application/pdf; name="canary.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + LINE * 400
    + b"--BB--\r\n"
)
NEWS = b"Path: news.fr!canary\r\nNewsgroups: fr.bio\r\n" + MAIL
WEB = b"Date: Mon, 05 Jan 2026 08:00:00 GMT\r\nServer: x\r\nContent-Type: text/html\r\n\r\n<p>"
CALL = b"From: <sip:a@b.fr>;tag=1\r\nTo: <sip:c@d.fr>\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n"


def C(data):  # noqa: N802 - the client says
    return True, data


def S(data):  # noqa: N802 - the server says
    return False, data


def smtp(
    banner=b"220 srv01", hello=b"EHLO x", mail=b"MAIL FROM:<a@b.fr>", rcpt=b"RCPT TO:<c@d.fr>", eol=b"\r\n", then=()
):
    ok = S(b"250 ok" + eol)
    first = [S(banner + eol), C(hello + eol), ok, *then, C(mail + eol), ok, C(rcpt + eol), ok]
    return [
        *first,
        C(b"DATA" + eol),
        S(b"354 go" + eol),
        C(MAIL.replace(b"\r\n", eol) + b"." + eol),
        ok,
        C(b"QUIT" + eol),
        S(b"221 bye" + eol),
    ]


BODY = MAIL.index(LINE)
SECOND = smtp()[3:]
ONE, TWO = [("smtp", True, ("pdf",))], [("smtp", True, ("pdf",))] * 2


def said(steps, *, first=0, sides=(True, False)):
    """`first`: bytes of the first step that went by before the capture began. `sides`: who was captured."""
    talk = TcpConversation(Readers(STREAMS, DATAGRAMS))
    at, told = {True: 1_000, False: 9_000}, []
    if not first and steps[0][0] in sides:
        for side in sides:
            talk.start(at[side], from_orig=side)
    steps = [(steps[0][0], steps[0][1][first:]), *steps[1:]]
    for side, data in steps:
        for begin in range(0, len(data), 1_460):
            piece = data[begin : begin + 1_460]
            if side in sides:
                told += talk.segment(Segment(at[side], piece, at[not side]), from_orig=side)
            at[side] += len(piece)
    told += talk.finish()
    mails = [
        (record.service, record.transferred, tuple(found.extension for found in record.attachments))
        for record in told
        if isinstance(record, Smtp | Pop3 | Imap)
    ]
    return talk.services, mails


MAILS = {
    "a banner without a word of mail": smtp(),
    "several lines of it": smtp(b"220-srv01\r\n220-no spam\r\n220 ."),
    "a firewall's stars over it": smtp(b"220 **********************0*2**0*"),
    "a host named after files": smtp(b"220 ftp.labo.fr ESMTP ready"),
    "Exchange": smtp(b"220 EX01.cabinet.local Microsoft ESMTP MAIL Service ready at Mon, 5 Jan 2026 08:00:00 +0100"),
    "Exim": smtp(b"220 mx.labo.fr ESMTP Exim 4.96 Mon, 05 Jan 2026 08:00:00 +0100"),
    "a delivery to a mailbox": smtp(hello=b"LHLO x"),
    "bare LF": smtp(eol=b"\n"),
    "CR CR LF": smtp(eol=b"\r\r\n"),
    "spaces where none belong": smtp(mail=b"MAIL FROM: <a@b.fr> ", rcpt=b"rcpt  to : c@d.fr"),
    "a tab": smtp(mail=b"MAIL\tFROM:<a@b.fr>"),
    "no greeting": [smtp()[0], *SECOND],
    "an empty line first": [C(b"\r\n"), *smtp()],
    "a terminal's negotiation first": [smtp()[0], C(b"\xff\xfd\x03"), *smtp()[1:]],
    "XCLIENT begins anew": smtp(
        then=[C(b"XCLIENT ADDR=192.0.2.1\r\n"), S(b"220 srv01\r\n"), C(b"EHLO x\r\n"), S(b"250 ok\r\n")]
    ),
    "XFORWARD": smtp(then=[C(b"XFORWARD NAME=x ADDR=192.0.2.1\r\n"), S(b"250 ok\r\n")]),
    "a proxy first": [C(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n"), *smtp()],
}


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_is_told(name):
    assert said(MAILS[name]) == (("smtp",), ONE)


def test_binary_in_a_chunk():
    data = MAIL.replace(b"base64", b"binary")
    steps = [
        *smtp()[:3],
        C(b"MAIL FROM:<a@b.fr> BODY=BINARYMIME\r\n"),
        S(b"250 ok\r\n"),
        C(b"RCPT TO:<c@d.fr>\r\n"),
        S(b"250 ok\r\n"),
    ]
    assert said([*steps, C(b"BDAT %d LAST\r\n" % len(data) + data), S(b"250 ok\r\n")]) == (("smtp",), ONE)


MIDWAY = {
    "at the envelope": (SECOND, 0, ONE),
    "at the server's word to go on": (smtp()[8:], 0, ONE),
    "at the mail's first field": (smtp()[9:], 0, ONE),
    "among its fields": (smtp()[9:], 14, ONE),
    "in the attachment: what it is was not seen, that it is one is plain": (
        smtp()[9:-2],
        BODY + 30,
        [("smtp", True, (None,))],
    ),
    "near its end: too little of it": (smtp()[9:-2], BODY + len(LINE) * 390, [("smtp", True, ())]),
    "in the attachment, then another mail": ([*smtp()[9:-2], *SECOND], BODY + 30, [("smtp", True, (None,)), *ONE]),
}


@pytest.mark.parametrize(("steps", "first", "expected"), MIDWAY.values(), ids=MIDWAY)
def test_the_capture_begins_midway(steps, first, expected):
    assert said(steps, first=first) == (("smtp",), expected)


@pytest.mark.parametrize(("sides", "expected"), [((True,), ONE), ((False,), [("smtp", True, ())])])
def test_one_direction_only(sides, expected):
    assert said(smtp(), sides=sides) == (("smtp",), expected)


OTHERS = {
    "news fetched": [
        S(b"200 news\r\n"),
        C(b"ARTICLE 1\r\n"),
        S(b"220 1 <a@b>\r\n" + NEWS + b".\r\n"),
        C(b"QUIT\r\n"),
        S(b"205 bye\r\n"),
    ],
    "news posted": [S(b"200 news\r\n"), C(b"POST\r\n"), S(b"340 go\r\n"), C(NEWS + b".\r\n"), S(b"240 ok\r\n")],
    "a filter is put away": [
        S(b'"IMPLEMENTATION" "Dovecot Pigeonhole"\r\n"SASL" "PLAIN"\r\nOK "ready"\r\n'),
        C(b'AUTHENTICATE "PLAIN" "AGNhbmFyeQBjYW5hcnk="\r\n'),
        S(b'OK "Logged in."\r\n'),
        C(b'PUTSCRIPT "x" {4+}\r\nkeep\r\n'),
        S(b"OK\r\n"),
    ],
    "a cache's log-in": [C(b"AUTH canary\r\n"), S(b"+OK\r\n"), C(b"QUIT\r\n"), S(b"+OK\r\n")],
    "a cache that knows no lists": [C(b"LIST x\r\n"), S(b"-ERR unknown command\r\n")],
}


@pytest.mark.parametrize("name", OTHERS)
def test_look_alikes_are_no_mail(name):
    assert said(OTHERS[name])[1] == []


@pytest.mark.parametrize(
    "steps",
    [[C(NEWS)], [C(NEWS), S(b"240 ok\r\n")], [S(WEB)], [C(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), S(WEB)], [C(CALL)]],
    ids=["news", "news, answered", "a page", "a page, asked for", "a call"],
)
def test_what_begins_midway_with_fields_of_others(steps):
    assert said(steps, sides=(True, False))[1] == []


def test_a_form_that_holds_a_dialogue():
    form = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(MAIL)
    assert said([C(form + MAIL), S(b"HTTP/1.1 200 OK\r\n\r\n")]) == (("http",), [])
