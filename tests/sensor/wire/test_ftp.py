"""FTP's control connection, whole, byte by byte and in every cut. Users, passwords and paths never come out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.ftp import STRANGE, FtpReader, probe
from sensor.wire.records import Ftp
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, check, records

BANNER = Resp(b"220-Welcome\r\n220 ftp.example.org FTP server ready\r\n")
NAME = "ftp.example.org"


def login(user=b"durand"):
    return [Orig(b"USER " + user + b"\r\n"), Resp(b"331 Password required\r\n"), Orig(b"PASS secret\r\n")]


def test_files_behind_a_password():
    check(
        FtpReader,
        [
            BANNER,
            *login(),
            Resp(b"230 Logged in\r\n"),
            Ftp(password=True, auth_success=True, server_name=NAME),
            Orig(b"CWD /patients\r\nSTOR scan.pdf\r\n"),
            Resp(b"250 ok\r\n150 go\r\n226 done\r\n"),
            Orig(b"retr list.txt\r\nQUIT\r\n"),
            OrigEnd(),
            RespEnd(),
            Ftp(password=True, auth_success=True, stored=1, retrieved=1, server_name=NAME),
            Rest.DONE,
        ],
    )


def test_a_visitor_has_no_password_of_his_own():
    check(
        FtpReader,
        [BANNER, *login(b"Anonymous"), Resp(b"230 ok\r\n"), Ftp(auth_success=True, server_name=NAME)],
    )


def test_refused_then_let_in():
    check(
        FtpReader,
        [
            *[Resp(b"220 hello\r\n"), *login()],
            Resp(b"530 Login incorrect\r\n"),
            Ftp(password=True, auth_success=False),
            *login(),
            Resp(b"230 ok\r\n"),
            Ftp(password=True, auth_success=True),
        ],
    )


def test_tls_takes_over_or_is_refused():
    tls = b"\x16\x03\x01\0\5"
    check(
        FtpReader,
        [
            BANNER,
            Orig(b"AUTH TLS\r\n"),
            Resp(b"234 go\r\n"),
            Ftp(tls="established", server_name=NAME),
            Handover(tls, b""),
            Orig(tls),
        ],
    )
    refused = [
        BANNER,
        Orig(b"AUTH TLS\r\n"),
        Resp(b"502 no\r\n"),
        OrigEnd(),
        RespEnd(),
        Ftp(tls="refused", server_name=NAME),
    ]
    check(FtpReader, [*refused, Rest.DONE])


def test_one_side_alone_and_gaps():
    check(FtpReader, [Orig(b"USER durand\r\nPASS x\r\n"), OrigEnd(), Ftp(password=True), Rest.DONE])
    check(FtpReader, [Orig(b"USER durand\r\nPASS x\r\n"), OrigGap(9), OrigEnd(), Ftp(password=True), Rest.DONE])
    check(FtpReader, [Orig(b"hello there\r\n" * (STRANGE + 1)), GiveUp], splits=False)
    check(FtpReader, [Orig(b"hello\r\n"), OrigEnd(), GiveUp])
    assert records(FtpReader, [Orig(b"USER a\r\n" + b"x" * 9_000)]) == [Ftp()]


@pytest.mark.parametrize(
    ("orig", "resp"),
    [
        (b"", bytes(BANNER)),
        (b"", b"220 (vsFTPd 3.0.3)\r\n"),
        (b"USER durand\r\n", b"220 box\r\n"),
        (b"AUTH TLS\r\n", b"220 box\r\n"),
    ],
)
def test_probe(orig, resp):
    assert probe(orig, resp) is Likeness.YES
    for size in range(1, len(resp)):
        assert probe(b"", resp[:size]) is not Likeness.NO
    for size in range(1, len(orig)):
        assert probe(orig[:size], resp) is not Likeness.NO


@pytest.mark.parametrize(
    ("orig", "resp"),
    [
        (b"EHLO pc\r\n", b"220 mail.example.org ESMTP\r\n"),
        (b"USER durand\r\n", b"+OK\r\n"),
        (b"NICK a\r\n", b""),
        (b"USERS", b"HTTP/1.1 200"),
        (b"", b"SSH-2.0-x\r\n"),
        (b"", b"2200 rows\r\n"),
        (b"HOST", b"\x16\x03"),
    ],
)
def test_look_alikes(orig, resp):
    assert probe(orig, resp) is Likeness.NO


def test_a_mail_server_named_ftp_is_no_ftp():
    assert probe(b"", b"220 ftp.example.org ESMTP Postfix\r\n") is Likeness.MAYBE


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from([bytes(BANNER), *map(bytes, login())]) | st.binary(max_size=30), st.booleans()))
)
def test_no_bytes_raise_anything(steps):
    told = records(FtpReader, [Orig(data) if orig else Resp(data) for data, orig in steps])
    assert "durand" not in repr(told)
    assert "secret" not in repr(told)
