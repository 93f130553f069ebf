"""IRC whole, byte by byte and in every cut. Nicks, channels and texts never come out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.irc import FIRST_BYTES, STRANGE, IrcReader, probe
from sensor.wire.records import Irc
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check, records

HELLO = Orig(b"CAP LS 302\r\nNICK durand\r\nUSER durand 0 * :Dr Durand\r\n")
WELCOME = Resp(
    b":irc.example.org NOTICE * :*** Looking up your hostname...\r\n:irc.example.org 001 durand :Welcome\r\n"
)
OFFER = b"PRIVMSG anne :\x01DCC SEND scan.pdf 3232235777 5000 90000\x01\r\n"


def test_a_chat():
    check(
        IrcReader,
        [
            HELLO,
            WELCOME,
            Irc(registered=True),
            Orig(b"JOIN #cabinet\r\nPRIVMSG #cabinet :bonjour\r\n"),
            Resp(b"@time=2026 :anne!a@b PRIVMSG #cabinet :bonsoir\r\nPING :x\r\n"),
            Orig(b"PONG :x\r\n" + OFFER),
            Irc(registered=True, messages=2, dcc=1),
            Orig(OFFER),
            OrigEnd(),
            RespEnd(),
            Irc(registered=True, messages=2, dcc=2),
            Rest.DONE,
        ],
    )


def test_tls_takes_over():
    tls = b"\x16\x03\x01\0\5"
    check(
        IrcReader,
        [
            Orig(b"NICK a\r\nSTARTTLS\r\n"),
            Resp(b":irc.example.org 670 a :STARTTLS successful\r\n"),
            Irc(tls="established"),
            Handover(tls, b""),
            Orig(tls),
        ],
    )


def test_a_client_that_is_turned_away_and_one_side_alone():
    check(IrcReader, [Orig(b"NICK a\n"), OrigEnd(), Irc(), Rest.DONE])
    check(IrcReader, [WELCOME, Irc(registered=True), RespEnd(), Irc(registered=True), Rest.DONE])
    check(IrcReader, [Orig(b"NICK a\r\n"), OrigGap(9), Resp(b"x\r\n"), RespGap(1), Irc(), Rest.DONE])


def test_what_is_no_irc():
    check(IrcReader, [Orig(b"\x01\x02 x\r\n" * (STRANGE + 1)), GiveUp], splits=False)
    assert records(IrcReader, [Orig(b"NICK a\r\n" + b"x" * 20_000)]) == [Irc()]  # a line without an end


@pytest.mark.parametrize(
    ("orig", "resp"),
    [
        (b"NICK durand\r\n", b""),
        (b"USER foo\nNICK foo\n", b""),
        (b"USER xx +iw xx :Xx Xx\r\n", b""),
        (b"PASS oauth:x\r\nNICK a\r\n", b""),
        (b"CAP REQ :twitch.tv/tags\r\n", b""),
        (b"", b":a.example.net NOTICE * :*** Checking Ident\r\n"),
        (b"", b"NOTICE AUTH :*** Looking up\r\n"),
        (b"", b":irc.example.org 001 a :Welcome\r\n"),
        (b"", b":anne!a@host.example.org PRIVMSG #salle :bonjour\r\n"),
        (b"", b"@time=2026-11-22T10:00:00Z :anne!a@host JOIN #salle\r\n"),
        (b"", b":irc.example.org 353 a = #salle :anne paul\r\n"),
        (b"PRIVMSG #salle :bonjour\r\n", b""),
    ],
)
def test_probe(orig, resp):
    assert probe(orig, resp) is Likeness.YES
    for size in range(max(len(orig), len(resp))):
        assert probe(orig[:size], resp[:size]) is not Likeness.NO


@pytest.mark.parametrize(
    ("orig", "resp"),
    [
        (b"USER durand\r\nPASS x\r\nSYST\r\n", b"220 ftp\r\n331 x\r\n230 y\r\n"),  # FTP
        (b"USER durand\r\nPASS x\r\nSTAT\r\n", b"+OK\r\n+OK\r\n+OK\r\n"),  # POP3
        (b"GET / HTTP/1.1\r\n\r\n", b""),
        (b"CAPABILITY\r\n", b""),
        (b"NICKEL", b""),
        (b"NOTICE: it is late\r\nfor\r\nthis\r\n", b""),
        (b":" + b"x" * FIRST_BYTES, b""),
        (b":anne PRIVMSG\r\nx\r\ny\r\n", b""),
        (b"", b":host 353 a\r\nx\r\ny\r\n"),
        (b"PRIVMSG anne bonjour\r\nx\r\ny\r\n", b""),
    ],
)
def test_look_alikes(orig, resp):
    assert probe(orig, resp) is Likeness.NO


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from([bytes(HELLO), bytes(WELCOME), OFFER]) | st.binary(max_size=30), st.booleans()))
)
def test_no_bytes_raise_anything(steps):
    told = records(IrcReader, [Orig(data) if orig else Resp(data) for data, orig in steps])
    assert all(isinstance(record, Irc) for record in told)
    assert "durand" not in repr(told)
