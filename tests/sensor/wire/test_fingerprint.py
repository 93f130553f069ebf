"""First bytes that are a program's own, and their look-alikes."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.fingerprint import FingerprintReader, probe
from sensor.wire.records import Fingerprint
from tests.sensor.wire.dialogue import Orig, OrigEnd, Resp, check

SIGNS = [
    ("whatsapp", b"WA\x06\x03\0\0", b""),
    ("whatsapp", b"ED\0\1\0\0\x04\x08", b""),
    ("teamviewer", b"\x17\x24\x0a", b"\x11\x30\x01"),
    ("radmin", b"\1\0\0\0\1abc\x08\x08", b"\1\0\0\0\x25more"),
    ("nomachine", b"NXSH-8.1\n", b"NXD-8.1\n"),
    ("telnet", b"", b"\xff\xfd\x18\xff\xfd\x20\xff"),
]


@pytest.mark.parametrize(("app", "orig", "resp"), SIGNS)
def test_signs(app, orig, resp):
    script = [*([Orig(orig)] if orig else []), *([Resp(resp)] if resp else [])]
    check(FingerprintReader, [*script, Fingerprint(app), Rest.DONE])
    assert probe(orig, resp) is Likeness.YES


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (b"", b"", Likeness.MAYBE),
        (b"\x17\x24\x0a", b"", Likeness.MAYBE),
        (b"\x17\x24\x0a", b"\x17\x03\x03", Likeness.NO),
        (b"\x17\x03\x03\0\x20", b"\x17\x03\x03", Likeness.NO),
        (b"WA\x06\x04", b"", Likeness.NO),
        (b"WAIT\r\n", b"", Likeness.NO),
        (b"WA", b"", Likeness.MAYBE),
        (b"\1\0\0\0\1abc\x08\x08", b"\1\0\0\0\x05", Likeness.NO),
        (b"\xff\xfd\x18", b"", Likeness.MAYBE),
        (b"\xff\xfd\x18a", b"", Likeness.NO),
        (b"\xff\xd8\xff\xe0", b"", Likeness.NO),
        (b"GET / HTTP/1.1", b"HTTP/1.1 200", Likeness.NO),
    ],
)
def test_look_alikes(orig, resp, likeness):
    assert probe(orig, resp) is likeness


def test_what_shows_no_sign():
    check(FingerprintReader, [Orig(b"\x17\x24"), Resp(b"no"), GiveUp])
    check(FingerprintReader, [Orig(b"\x17\x24"), OrigEnd(), GiveUp])


def test_random_streams_show_none():
    assert all(probe(os.urandom(40), os.urandom(40)) is Likeness.NO for _ in range(20_000))


@given(st.binary(max_size=14), st.binary(max_size=14))
def test_no_bytes_raise_anything(orig, resp):
    reader = FingerprintReader()
    probe(orig, resp)
    reader.data(orig, from_orig=True)
    reader.data(resp, from_orig=False)
