"""Remote control inside WebSocket frames; and frames that hold something else."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.records import Rdp, Rfb, Ssh
from sensor.wire.websocket import WebSocketReader, probe
from tests.sensor.wire.dialogue import Orig, OrigGap, Resp, check, play

MASK = b"\x37\xfa\x21\x3d"


def frame(data, *, mask=b"", kind=0x82):
    size = bytes((len(data),)) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2, "big")
    if mask:
        size = bytes((size[0] | 0x80,)) + size[1:] + mask
        data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
    return bytes((kind,)) + size + data


def up(data):
    return Orig(frame(data, mask=MASK))


def down(data):
    return Resp(frame(data))


def test_vnc_in_a_browser():
    check(
        WebSocketReader,
        [
            down(b"RFB 003.008\n"),
            up(b"RFB 003.008\n"),
            down(b"\1\1"),
            Resp(frame(b"", kind=0x89)),
            up(b"\1"),
            down(bytes(4)),
            up(b"\1"),
            Rfb("003.008", "003.008", 1, True, True),
            Rest.DONE,
        ],
    )


def test_ssh_in_a_browser():
    script = [up(b"SSH-2.0-web\r\n"), down(b"SSH-2.0-OpenSSH_9.2\r\n"), OrigGap(9)]
    said = [what for _, what in play(WebSocketReader(), script)]
    assert said == [Ssh(2, "SSH-2.0-web", "SSH-2.0-OpenSSH_9.2"), Rest.DONE]


def test_rdp_in_a_browser():
    asked = b"\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\3\0\0\0"
    confirmed = b"\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\x1f\x08\0\2\0\0\0"
    check(
        WebSocketReader,
        [up(asked), down(confirmed), Rdp(("ssl", "hybrid"), "hybrid", "confirmed"), Rest.DONE],
        splits=False,
    )


def test_what_stops_being_frames():
    check(WebSocketReader, [down(b"RFB 003.008\n"), Resp(b"\x99\1x"), GiveUp])


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (b"", frame(b"RFB 003.008\n"), Likeness.YES),
        (frame(b"SSH-2.0-x\r\n", mask=MASK), b"", Likeness.YES),
        (frame(b"RFB 003.008\n"), b"", Likeness.NO),  # a client's frame is masked
        (b"", frame(b"RFB 003.008\n", mask=MASK), Likeness.NO),
        (b"", frame(b'{"type":"hello"}', kind=0x81), Likeness.NO),
        (b"", frame(b"RFB 003.008\n")[:9], Likeness.MAYBE),
        (b"\x82", b"", Likeness.MAYBE),
        (b"RFB 003.008\n", b"", Likeness.NO),
        (b"", b"\x82\x7f" + b"\xff" * 12, Likeness.NO),
    ],
)
def test_probe(orig, resp, likeness):
    assert probe(orig, resp) is likeness


def test_random_streams_are_none():
    chance = random.Random(7)  # the same each time: what one run finds the next must find too
    assert all(probe(chance.randbytes(40), chance.randbytes(40)) is not Likeness.YES for _ in range(20_000))


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=30), st.booleans()), max_size=6))
def test_no_bytes_raise_anything(steps):
    script = [
        (up if orig else down)(data) if framed else (Orig if orig else Resp)(data) for orig, data, framed in steps
    ]
    assert all(
        what is GiveUp or isinstance(what, Rest | Rfb | Ssh | Rdp) for _, what in play(WebSocketReader(), script)
    )
