"""First bytes that are a program's own: whole, byte by byte and in every cut; and their look-alikes."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.fingerprint import SIGNS, FingerprintReader, probe
from sensor.wire.records import Fingerprint
from tests.sensor.wire.dialogue import Orig, OrigEnd, Resp, check, play

KEY = bytes(range(1, 9))
X11 = b"l\0\x0b\0\0\0\x12\0\x10\0\0\0MIT-MAGIC-COOKIE-1"

SIGNS_ALONE = [
    ("whatsapp", [Orig(b"WA\x06\x03\0\0")]),
    ("whatsapp", [Orig(b"ED\0\1\0\0\x04\x08")]),
    ("msn", [Orig(b"VER 1 MSNP8 CVR0\r\n")]),
    ("msn", [Orig(b"MSG 77 U 89\r\nMIME-Version: 1.0\r\n")]),
    ("msn", [Resp(b"MSG anne@example.org Anne%20D 133\r\nMIME-Version: 1.0\r\n")]),
    ("telegram", [Orig(b"\xef\x0a" + bytes(40)), Resp(b"\x15" + bytes(84))]),
    ("telegram", [Orig(b"\xef\x7f\0\2\0" + KEY), Resp(b"\x15" + KEY)]),
    ("telegram", [Orig(b"\xee" * 4 + b"\x28\0\0\0" + KEY), Resp(b"\x54\0\0\0" + KEY)]),
    ("telegram", [Orig(b"\xdd" * 4 + b"\x2b\0\0\x80" + KEY), Resp(b"\x57\0\0\0" + KEY)]),
    ("threema", [Orig(b"h" * 48), Resp(b"H" * 80), Orig(b"l" * 191), Resp(b"a" * 32 + b"\x14\0" + bytes(20))]),
    ("teamviewer", [Orig(b"\x17\x24\x0a"), Resp(b"\x11\x30\x01")]),
    ("radmin", [Orig(b"\1\0\0\0\1abc\x08\x08"), Resp(b"\1\0\0\0\x25more")]),
    ("nomachine", [Orig(b"NXSH-8.1\n"), Resp(b"NXD-8.1\n")]),
    ("spice", [Orig(b"REDQ\2\0\0\0\2\0\0\0"), Resp(b"REDQ\2\0\0\0\2\0\0\0")]),
    ("rsh", [Orig(b"1021\0durand\0root\0uname -a\0"), Resp(b"\0")]),
]


def sides(script):
    return [b"".join(step for step in script if isinstance(step, side)) for side in (Orig, Resp)]


@pytest.mark.parametrize(("app", "script"), SIGNS_ALONE)
def test_signs(app, script):
    check(FingerprintReader, [*script, Fingerprint(app), Rest.DONE])
    assert probe(*sides(script)) is Likeness.YES


def test_every_sign_is_tried():
    assert {app for app, _ in SIGNS_ALONE} | {"x11"} == set(SIGNS)


@pytest.mark.parametrize(
    ("answer", "let_in"),
    [(b"\1\0\x0b\0\0\0\x12\0", True), (b"\0\x10\x0b\0\0\0\5\0", False), (b"\2\0\x0b\0\0\0\5\0", False)],
)
def test_x11_says_whether_it_let_in(answer, let_in):
    check(FingerprintReader, [Orig(X11), Resp(answer), Fingerprint("x11", established=let_in), Rest.DONE])
    big = b"B\0\0\x0b\0\0\0\x12\0\x10\0\0"
    turned = answer[:2] + answer[3:1:-1] + answer[4:]
    check(FingerprintReader, [Orig(big), Resp(turned), Fingerprint("x11", established=let_in), Rest.DONE])


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (b"", b"", Likeness.MAYBE),
        (b"\x17\x24\x0a", b"", Likeness.MAYBE),
        (b"\x17\x24\x0a", b"\x17\x03\x03", Likeness.NO),
        (b"\x17\x03\x03\0\x20" + bytes(44), b"\x17\x03\x03", Likeness.NO),
        (b"WA\x06\x04" + bytes(45), b"", Likeness.NO),
        (b"WA", b"", Likeness.MAYBE),
        (b"\1\0\0\0\1abc\x08\x08", b"\1\0\0\0\x05", Likeness.NO),
        (b"\xff\xd8\xff\xe0" + bytes(45), b"", Likeness.NO),
        (b"GET / HTTP/1.1", b"HTTP/1.1 200", Likeness.NO),
        (b"MSG 77 U 89\r\nHello: 1.0\r\n", b"x", Likeness.NO),
        (b"VERSION\r\n", b"x", Likeness.NO),
        (b"\xef\x0a" + KEY, b"\x0a" + KEY[::-1], Likeness.NO),  # another key
        (b"\xef\xbb\xbf<?xml version", b"\x0a" + KEY, Likeness.NO),  # a byte order mark
        (b"\xef\x01" + KEY, b"\x0a" + KEY, Likeness.NO),  # too short for a frame
        (b"\xee" * 4 + b"\x28\0\0\7" + KEY, b"\x54\0\0\0" + KEY, Likeness.NO),
        (b"\xee\xee\xee\xef\x28\0\0\0" + KEY, b"\x54\0\0\0" + KEY, Likeness.NO),
        (b"h" * 48, b"H" * 81, Likeness.NO),
        (b"h" * 47, b"H" * 80, Likeness.NO),
        (b"h" * 49, b"H" * 79, Likeness.NO),
        (b"h" * 239, b"H" * 80 + b"a" * 32 + b"\x13\0" + bytes(19), Likeness.NO),
        (b"h" * 239, b"H" * 80 + b"a" * 32 + b"\x14\0" + bytes(22), Likeness.NO),
        (b"l\0\x0b\0\0\0\x12\0\x10\0\1\0", b"\1\0\x0b\0\0\0\0\0", Likeness.NO),
        (b"l\0\x0c\0\0\0", b"\1", Likeness.NO),
        (X11, b"\3\0\x0b\0\0\0\0\0", Likeness.NO),
        (b"REDQ\1\0\0\0", b"x", Likeness.NO),
        (b"<13>Jan  1 syslog", b"\0", Likeness.NO),
        (b"514\0a\0b\0c\0", b"\1Permission denied.\n", Likeness.NO),
    ],
)
def test_look_alikes(orig, resp, likeness):
    assert probe(orig, resp) is likeness


def test_what_shows_no_sign():
    check(FingerprintReader, [Orig(b"\x17\x24"), Resp(b"no"), GiveUp])
    check(FingerprintReader, [Orig(b"\x17\x24"), OrigEnd(), GiveUp])


def test_random_streams_show_none():
    assert all(probe(os.urandom(60), os.urandom(60)) is Likeness.NO for _ in range(20_000))


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([step for _, script in SIGNS_ALONE for step in script]) | st.binary(max_size=40),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_no_bytes_raise_anything(steps):
    script = [Orig(data) if orig else Resp(data) for data, orig in steps]
    probe(*sides(script))
    assert all(isinstance(what, Fingerprint | Rest) or what is GiveUp for _, what in play(FingerprintReader(), script))
