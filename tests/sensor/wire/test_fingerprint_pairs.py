"""Questions and answers that are a program's own; and each half alone, repeated, or with a word that does not come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire import Events, Likeness, Rest
from sensor.wire.fingerprint_datagram import ASKED_BY, FingerprintSession, probe
from sensor.wire.fingerprint_pairs import PAIRS
from sensor.wire.records import Fingerprint

WORD, OTHER = bytes(range(1, 9)), bytes(range(11, 19))


def xdmcp(opcode, body=b"\0\0"):
    return b"\0\1\0" + bytes((opcode,)) + len(body).to_bytes(2, "big") + body


def ike(responder, *, behind=b""):
    head = WORD + responder + b"\x21\x20\x22\x08" + bytes(4)
    return behind + head + (len(head) + 4 + 40).to_bytes(4, "big") + bytes(40)


def l2tp(message):
    body = bytes(8) + b"\x80\x08\0\0\0\0" + message.to_bytes(2, "big") + bytes(10)
    return b"\xc8\2" + (len(body) + 4).to_bytes(2, "big") + body


def oicq(command, number, body=bytes(20)):
    return b"\2\x10\x51\0" + bytes((command,)) + number.to_bytes(2, "big") + body + b"\3"


PEER = b"10.0.0.1\0" + bytes(57)
CRYPT = b"\0\0\0\1\x65\x01\x7a\x11" + bytes(36)
RTP = b"\x90\x70" + bytes(18)
AUDIO, VIDEO, RTCP = (
    b"\x0f" + bytes(18) + RTP,
    b"\x10" + bytes(23) + b"\x80\x62" + bytes(18),
    b"\x21" + bytes(15) + b"\x80\xc8" + bytes(26),
)
UP, DOWN = b"\5\0\1\0\0\0\0\0", b"\5\0\1\0\0\0\0\4"

OPENS, OPENED = b"\1\0\2\7" + bytes(103), b"\2\0\1\7" + bytes(31)
NX = b"ab\1\0\x12\0cd\0\0" + bytes(8)
TV = b"\1\0\0\0\0\0\0\0\x44\x26\x0b\x17\x24" + bytes(20)
BEAT, BEATEN = b"\xd1\x0a\x2e\x0a" + bytes(40), b"\xd1\x0a\x2b\x0a" + bytes(40)
PING = b"\1\x08\x9c\xd2\xf5\xc6\x06"

MET = [
    ("qq", b"\2\0\x48" + bytes(69), b"\2\0\x28" + bytes(37)),
    ("mumble", PING + b"\x10\1", PING + b"\x18\x80\x80\x80\x28\x20\1"),
    ("mumble", PING, PING + b"\x18\x80\x80\x80\x28"),
    ("viber", b"ab\3\0" + bytes(8), b"ab\4\0" + bytes(8)),
    ("viber", b"ab\x0c\0" + bytes(51), b"ab\1\0" + bytes(72)),
    ("wechat", BEAT, BEATEN),
    ("wechat", b"\xa1\x08" + bytes(90), b"\xa1\x08" + bytes(73)),
    ("nomachine", NX, NX),
    ("teamviewer", TV, TV),
    ("zoom", OPENS, OPENED),
    ("zoom", b"\1\0\x6c\0" + bytes(107), b"\2\0\x22\0" + bytes(33)),
    ("zoom", b"\x1f\1\1\0" + bytes(81), b"\x1f\1\1\0" + bytes(82)),
    ("xdmcp", xdmcp(7), xdmcp(8)),
    ("xdmcp", xdmcp(8), xdmcp(10)),
    ("rustdesk", b"\x32\x0b\x0a\x09123456789", b"\x3a\0"),
    ("rustdesk", b"\x32\x0d\x0a\x09123456789\x10\1", b"\x3a\2\x10\1"),
    ("qq", oicq(0x22, 7), oicq(0x22, 7, bytes(40))),
    ("mumble", bytes(4) + WORD, b"\0\1\4\0" + WORD + bytes(12)),
    ("skype", b"\x12\x34\2" + bytes(30), b"\x12\x34\x47" + bytes(8)),
    ("zoom", UP + AUDIO, DOWN + VIDEO),
    ("zoom", UP + RTCP, DOWN + AUDIO),
    ("zoom", AUDIO, VIDEO),
    ("discord", b"\0\1\0\x46\0\0\1\7" + bytes(66), b"\0\2\0\x46\0\0\1\7" + PEER),
    ("discord", b"\0\1\0\x46\0\0\1\7" + bytes(64) + b"\x12\x34", b"\0\2\0\x46\0\0\1\7" + PEER),
    ("pcanywhere", b"NQ", b"NRACCUEIL____"),
    ("wireguard", b"\1\0\0\0" + WORD[:4] + bytes(140), b"\2\0\0\0" + OTHER[:4] + WORD[:4] + bytes(80)),
    ("wireguard", b"\1\0\0\0" + WORD[:4] + bytes(196), b"\2\0\0\0" + OTHER[:4] + WORD[:4] + bytes(88)),  # padded
    ("wireguard", b"\1\7\7\7" + WORD[:4] + bytes(140), b"\2\7\7\7" + OTHER[:4] + WORD[:4] + bytes(80)),
    ("openvpn", b"\x50" + WORD + b"\x0f" + CRYPT[1:] + bytes(300), b"\x40" + OTHER + CRYPT),
    ("openvpn", b"\x38" + WORD + bytes(5), b"\x40" + OTHER + b"\1" + bytes(4) + WORD + bytes(4)),
    ("openvpn", b"\x38" + WORD + bytes(33), b"\x40" + OTHER + bytes(28) + b"\1" + bytes(4) + WORD + bytes(4)),
    ("openvpn", b"\x38" + WORD + CRYPT, b"\x40" + OTHER + CRYPT),
    ("ipsec", ike(bytes(8)), ike(OTHER)),
    ("ipsec", ike(bytes(8), behind=bytes(4)), ike(OTHER, behind=bytes(4))),
    ("l2tp", l2tp(1), l2tp(2)),
]
NOT_MET = [
    (b"\2\0\x48\1" + bytes(68), b"\2\0\x28\1" + bytes(36)),
    (b"\2\0\x48" + bytes(68), b"\2\0\x28" + bytes(37)),
    (PING + b"\x10\1", PING[:-1] + b"\5\x18\x80\x80\x80\x28"),
    (b"\1\x08\1", b"\1\x08\1\x18\1"),  # a clock that has hardly begun
    (b"ab\3\0" + bytes(8), b"ab\3\0" + bytes(8)),
    (b"ab\3\0" + bytes(8), b"ab\4\0" + bytes(9)),
    (b"ab\x0c\0" + bytes(51), b"ac\1\0" + bytes(72)),
    (BEAT, BEATEN[:3] + b"\x0b" + bytes(40)),
    (b"\xa1\x08" + bytes(90), b"\xa1\x08" + bytes(90)),
    (NX, NX + b"x"),
    (TV, TV[:12] + b"\x25" + TV[13:]),
    (OPENS, OPENED[:3] + b"\x08" + OPENED[4:]),
    (b"\1\0\2\x10" + bytes(0x210 - 4), b"\2\0\2\x10" + bytes(0x210 - 4)),  # RADIUS
    (xdmcp(7), xdmcp(7)),
    (xdmcp(2), xdmcp(5)),  # asked who there is, and told
    (xdmcp(8), xdmcp(7)),
    (b"\x32\x0b\x0a\x09123456789", b"\x3b\0"),
    (b"\x32\x0c\x0a\x09123456789", b"\x3a\0"),
    (oicq(0x22, 7), oicq(0x22, 8)),
    (oicq(0x23, 7), oicq(0x23, 7)),
    (bytes(4) + WORD, b"\0\1\4\0" + OTHER + bytes(12)),
    (bytes(12), b"\0\1\4\0" + bytes(20)),
    (b"\x12\x34\2" + bytes(30), b"\x12\x35\x47" + bytes(8)),
    (b"\x12\x34\2" + bytes(30), b"\x12\x34\x47" + bytes(9)),
    (UP + AUDIO, UP + AUDIO),
    (UP + AUDIO, DOWN + AUDIO[:8] + bytes(40)),
    (AUDIO.replace(b"\x90\x70", b"\x90\x08"), VIDEO),  # a telephone's RTP
    (b"\0\1\0\x46\0\0\1\7" + bytes(66), b"\0\2\0\x46\0\0\1\x08" + PEER),
    (b"\0\1\0\x46\0\0\1\7" + bytes(66), b"\0\2\0\x46\0\0\1\7" + bytes(66)),
    (b"NQ", b"NO"),
    (b"\1\0\0\0" + WORD[:4] + bytes(140), b"\2\0\0\0" + WORD[:4] + OTHER[:4] + bytes(80)),
    (b"\1\7\7\7" + WORD[:4] + bytes(196), b"\2\7\7\7" + OTHER[:4] + WORD[:4] + bytes(88)),
    (b"\x38" + WORD + b"\x0f" + CRYPT[1:] + bytes(300), b"\x40" + OTHER + CRYPT),
    (b"\x38" + WORD + bytes(5), b"\x40" + OTHER + b"\1" + bytes(4) + OTHER + bytes(4)),
    (b"\x38" + WORD + CRYPT, b"\x40" + OTHER + CRYPT[:5] + b"\x44" + CRYPT[6:]),
    (ike(bytes(8)), ike(bytes(8))),
    (ike(bytes(8)) + b"x", ike(OTHER)),
    (l2tp(1), l2tp(3)),
]


def play(*datagrams):
    session = FingerprintSession()
    outcomes = [session.datagram(data, from_orig) for from_orig, data in datagrams]
    return next((outcome for outcome in outcomes if isinstance(outcome, Events)), None)


@pytest.mark.parametrize(("app", "asked", "answered"), MET)
@pytest.mark.parametrize("orig", [True, False])
def test_a_question_that_its_answer_meets(app, asked, answered, orig):
    said = Events(
        (Fingerprint(app, established=app == "xdmcp", control=app not in ("rustdesk", "pcanywhere", "teamviewer")),),
        Rest.DONE,
    )
    assert probe(asked, b"") is Likeness.YES
    assert play((orig, asked), (not orig, answered)) == said
    assert play((orig, asked), (orig, asked), (not orig, b"else"), (not orig, answered)) == said
    assert play((orig, asked), (orig, answered)) is None
    assert play((orig, asked)) is play((orig, answered)) is None


@pytest.mark.parametrize(("asked", "answered"), NOT_MET)
def test_what_does_not_meet(asked, answered):
    assert play((True, asked), (False, answered)) is None


@given(st.sampled_from([asked for _, asked, _ in MET]), st.integers(0, 255))
def test_what_a_question_may_begin_with(asked, first):
    """Pairs that are not asked at all by the first byte would have said no."""
    data = bytes((first,)) + asked[1:]
    among = {number for number, _ in ASKED_BY[first]}
    assert {number for number, pair in enumerate(PAIRS) if pair.asks(data)} <= among


def test_every_pair_is_tried():
    assert {pair.app for pair in PAIRS} == {app for app, *_ in MET}
