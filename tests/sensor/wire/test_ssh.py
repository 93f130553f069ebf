"""SSH dialogues, whole, byte by byte and in every cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, ParseError, Rest
from sensor.wire.records import Ssh
from sensor.wire.ssh import SshReader, probe
from tests.sensor.wire.dialogue import Orig, OrigEnd, OrigGap, Resp, RespEnd, RespGap, check

CLIENT = b"SSH-2.0-PuTTY_Release_0.78\r\n"
SERVER = b"SSH-2.0-OpenSSH_9.2p1 of Dr Durand\r\n"
TOLD = {"version": 2, "client": "SSH-2.0-PuTTY_Release_0.78", "server": "SSH-2.0-OpenSSH_9.2p1"}


def packet(kind, size=40):
    return (size + 6).to_bytes(4, "big") + b"\x05" + bytes([kind]) + bytes(size - 1) + bytes(5)


def packet1(kind, size=20):
    length = size + 5
    return length.to_bytes(4, "big") + bytes(8 - length % 8) + bytes([kind]) + bytes(size + 4)


KEXINIT, KEX, NEWKEYS = packet(20, 900), packet(30), packet(21, 1)


def test_an_opening_up_to_encryption():
    check(
        SshReader,
        [
            Resp(SERVER),
            Orig(CLIENT + KEXINIT),
            Resp(KEXINIT),
            Orig(KEX),
            Resp(packet(31) + NEWKEYS),
            Orig(NEWKEYS),
            Ssh(**TOLD, kex_seen=True, newkeys=True),
            Rest.DONE,
        ],
    )


def test_the_server_may_say_other_things_first():
    check(
        SshReader,
        [
            Resp(b"Welcome\r\nto this machine\n" + SERVER),
            Orig(CLIENT),
            OrigEnd(),
            RespEnd(),
            Ssh(**TOLD),
            Rest.DONE,
        ],
    )


@pytest.mark.parametrize("last", [OrigEnd(), Orig(b"\xee" * 40)])
def test_one_direction_is_enough(last):
    told = Ssh(version=2, client=TOLD["client"], newkeys=True)
    check(SshReader, [Orig(CLIENT + KEXINIT), Orig(KEX + NEWKEYS), last, told, Rest.DONE])


def test_a_scan_that_only_hears_the_banner():
    check(SshReader, [Resp(SERVER), RespEnd(), Ssh(version=2, server=TOLD["server"]), Rest.DONE])


def test_a_side_that_is_lost_does_not_lose_the_other():
    told = Ssh(**TOLD, newkeys=True)
    check(SshReader, [Resp(SERVER), RespGap(900), Orig(CLIENT + KEXINIT + NEWKEYS), OrigEnd(), told, Rest.DONE])
    check(SshReader, [Resp(SERVER), Orig(CLIENT), OrigGap(5), RespGap(5), Ssh(**TOLD), Rest.DONE])


@pytest.mark.parametrize("server", [b"SSH-1.5-1.2.27\n", b"SSH-1.99-OpenSSH_3.9\n"])
def test_ssh1(server):
    check(
        SshReader,
        [
            Resp(server),
            Orig(b"SSH-1.5-client\n"),
            Resp(packet1(2, 260)),
            Orig(packet1(3, 140)),
            Ssh(version=1, client="SSH-1.5-client", server=server.strip().decode(), kex_seen=True, newkeys=True),
            Rest.DONE,
        ],
    )


def test_199_speaks_version_2():
    told = Ssh(version=2, client=TOLD["client"], server="SSH-1.99-OpenSSH_3.9")
    check(SshReader, [Resp(b"SSH-1.99-OpenSSH_3.9\n"), Orig(CLIENT), OrigEnd(), RespEnd(), told, Rest.DONE])


def test_garbage_behind_a_banner_does_not_lose_the_banner():
    check(SshReader, [Resp(SERVER + b"\xff" * 20), Ssh(version=2, server=TOLD["server"]), Rest.DONE])


@pytest.mark.parametrize("data", [b"SSH-x-y\r\n", b"SSH-2.0\r\n", b"hello\n" * 70, b"x" * 9_000])
def test_what_is_no_ssh(data):
    check(SshReader, [Resp(data), GiveUp], splits=len(data) < 500)


def test_nothing_read_is_a_give_up():
    check(SshReader, [Resp(b"SSH-2.0-O"), RespEnd(), GiveUp])


def test_packets_without_end_are_bounded():
    check(SshReader, [Orig(CLIENT + KEX * 70), Ssh(version=2, client=TOLD["client"]), Rest.DONE], splits=False)


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (b"", SERVER, Likeness.YES),
        (CLIENT, b"", Likeness.YES),
        (b"", b"SSH-", Likeness.MAYBE),
        (b"", b"Welcome\r\nSSH-2.0-x\r\n", Likeness.YES),
        (b"", b"Welcome", Likeness.MAYBE),
        (b"", b"\x16\x03\x01\x02", Likeness.NO),
        (b"", b"Welcome\r\n\x00\x01", Likeness.NO),
        (b"SSH is fine\r\n\x01", b"", Likeness.NO),
        (b"\x00\x01", b"SSH-2.0-x\r\n", Likeness.YES),
    ],
)
def test_probe(orig, resp, likeness):
    assert probe(orig, resp) is likeness


PIECES = st.one_of(
    st.sampled_from([CLIENT, SERVER, KEXINIT, NEWKEYS, b"SSH-1.5-x\n", packet1(2)]), st.binary(max_size=40)
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), PIECES), max_size=10))
def test_no_bytes_raise_anything_else(steps):
    reader = SshReader()
    for from_orig, data in steps:
        probe(data, data)
        try:
            reader.data(data, from_orig=from_orig)
        except ParseError:
            reader = SshReader()
    reader.end(from_orig=True)
    reader.end(from_orig=False)
