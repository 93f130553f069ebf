"""Questions and answers that are a program's own; and each half alone, repeated, or with a word that does not come back."""

import pytest

from sensor.wire import Events, Likeness, Rest
from sensor.wire.fingerprint_datagram import FingerprintSession, probe
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

MET = [
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
        (Fingerprint(app, established=app == "xdmcp", control=app not in ("rustdesk", "pcanywhere")),), Rest.DONE
    )
    assert probe(asked, b"") is Likeness.YES
    assert play((orig, asked), (not orig, answered)) == said
    assert play((orig, asked), (orig, asked), (not orig, b"else"), (not orig, answered)) == said
    assert play((orig, asked), (orig, answered)) is None
    assert play((orig, asked)) is play((orig, answered)) is None


@pytest.mark.parametrize(("asked", "answered"), NOT_MET)
def test_what_does_not_meet(asked, answered):
    assert play((True, asked), (False, answered)) is None


def test_every_pair_is_tried():
    assert {pair.app for pair in PAIRS} == {app for app, *_ in MET}
