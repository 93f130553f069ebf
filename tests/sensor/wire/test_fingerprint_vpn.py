"""VPNs by their own bytes: WireGuard under way, OpenVPN over TCP; what meets and what does not is in `test_fingerprint_pairs`."""

import pytest

from sensor.wire import Events, GiveUp, Likeness, Rest
from sensor.wire.fingerprint_datagram import MOST_DATAGRAMS, FingerprintSession, probe
from sensor.wire.fingerprint_vpn import openvpn
from sensor.wire.records import Fingerprint

OURS, THEIRS = b"\x15vIy", b"\xb0H\x10\x1c"
SESSION, OTHER = bytes(range(1, 9)), bytes(range(11, 19))
ASKED = b"\0\x0e\x38" + SESSION + bytes(5)
ANSWERED = b"\0\x1a\x40" + OTHER + b"\1" + bytes(4) + SESSION + bytes(4)


def data(index, counter, size=80):
    return b"\4\0\0\0" + index + counter.to_bytes(8, "little") + bytes(size - 16)


def play(*datagrams):
    session = FingerprintSession()
    return next(
        (n for n, said in enumerate(session.datagram(d, side) for side, d in datagrams) if isinstance(said, Events)),
        None,
    )


def test_a_tunnel_under_way_is_told_once_a_counter_goes_on():
    assert probe(data(OURS, 19), b"") is Likeness.YES
    going = [(True, data(OURS, n)) for n in (19, 21, 22, 40)]
    assert play((False, data(THEIRS, 15)), *going) == 4
    assert play(*going, (False, data(THEIRS, 15))) == 4
    assert FingerprintSession().datagram(data(OURS, 19), True) is not None
    session = FingerprintSession()
    for side, one in [(False, data(THEIRS, 15)), *going[:3]]:
        session.datagram(one, side)
    assert session.datagram(going[3][1], True) == Events((Fingerprint("wireguard"),), Rest.DONE)


@pytest.mark.parametrize(
    "datagrams",
    [
        [(True, data(OURS, n)) for n in range(9)],  # one side only
        [(False, data(THEIRS, 1)), *((True, data(OURS, 5)) for _ in range(9))],
        [(False, data(THEIRS, 1)), *((True, data(OURS, 9 - n)) for n in range(9))],
        [(False, data(THEIRS, 1)), *((True, data(OURS, n * 5_000)) for n in range(9))],
        [(False, data(THEIRS, 1)), *((True, data(bytes((n,)) * 4, n)) for n in range(9))],
        [(False, data(THEIRS, 1)), *((True, data(OURS, n, 81)) for n in range(9))],
        [(False, data(THEIRS, 1)), *((True, data(OURS, (1 << 40) + n)) for n in range(9))],
    ],
)
def test_what_only_begins_alike(datagrams):
    assert play(*datagrams) is None


def test_it_is_not_looked_for_for_ever():
    session = FingerprintSession()
    said = [session.datagram(data(OURS, n), True) for n in range(MOST_DATAGRAMS)]
    assert said[-1] == GiveUp("no answer")


@pytest.mark.parametrize(
    ("orig", "resp", "likeness"),
    [
        (ASKED, ANSWERED, Likeness.YES),
        (ASKED, b"", Likeness.MAYBE),
        (ASKED[:9], ANSWERED, Likeness.MAYBE),
        (ASKED, ANSWERED[:9], Likeness.MAYBE),
        (ASKED, ANSWERED.replace(SESSION, OTHER), Likeness.NO),
        (ASKED, b"\0\x1a\x41" + ANSWERED[3:], Likeness.NO),
        (b"\0\5\x38" + bytes(5), b"", Likeness.NO),
        (b"\7" + ASKED[1:], b"", Likeness.NO),
        (b"", b"", Likeness.MAYBE),
    ],
)
def test_openvpn_over_tcp(orig, resp, likeness):
    assert openvpn(orig, resp) is likeness
