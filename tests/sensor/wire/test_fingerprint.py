"""First bytes that are a program's own: whole, byte by byte and in every cut; and their look-alikes."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.fingerprint import SIGNS, FingerprintReader, probe
from sensor.wire.records import Fingerprint
from tests.sensor.wire.dialogue import Orig, OrigEnd, Resp, RespEnd, check, play

KEY = bytes(range(1, 9))
X11 = b"l\0\x0b\0\0\0\x12\0\x10\0\0\0MIT-MAGIC-COOKIE-1"


def protobuf(message):
    """A frame of RustDesk's."""
    size = len(message) << 2
    return (bytes((size,)) if len(message) < 64 else (size | 1).to_bytes(2, "little")) + message


UUID = b"0b5e8f0c-3f1d-4a52-9c9e-1c7f0d2b6a11"
SIGNED_ID = protobuf(b"\x1a\x6f\x0a\x6d" + bytes(range(109)))
KEYS = protobuf(b"\x22\x54\x0a\x20" + bytes(32) + b"\x12\x30" + bytes(48))
LOCO = b"\0\1\0\0\x0c\0\0\0\2\0\0\0" + bytes(256) + b"\x40\0\0\0" + bytes(64)
VIBER = b"\x0c\0\1\0\3\x80\0\0\0\0\x0a\0"
DAMEWARE = b"0\x11" + bytes(6) + b"\xd7\xa3p=\x0a\xd7\x0d@" + bytes(24)
BSON = b"\x0c\0\0\0\x10a\0\1\0\0\0\0"
LOCO_PLAIN = b"\1\0\0\0\0\0CHECKIN\0\0\0\0\x08\x0c\0\0\0" + BSON
MMTLS = b"\x16\xf1\4\0\x10" + bytes(16)
HEARTBEAT = b"\0\0\0\x10\0\x10\0\1\0\0\0\6\0\0\0\7"
OICQ = b"\x02\x10\x51\0\x22\0\7" + bytes(20) + b"\3"
QQ_FILE = b"\x28\0\0\0\4\0\0\0\3\x0a\2ababc\x29"
FRAMES = [
    ("aim-icq", [Resp(b"*\1\0\7\0\4\0\0\0\1")]),
    ("aim-icq", [Orig(b"*\1\x10\0\0\x0c\0\0\0\1")]),
    ("aim-icq", [Resp(b"*\2\0\7\0\2ab*\2\0\x08\0\0*\5\0\x09\0\0")]),
    ("aim-icq", [Orig(b"FLAPON\r\n\r\n")]),
    ("kakaotalk", [Orig(LOCO_PLAIN)]),
    ("kakaotalk", [Resp(LOCO_PLAIN)]),
    ("wechat", [Orig(MMTLS + b"\x17\xf1\4")]),
    ("wechat", [Resp(MMTLS + b"\x16\xf1\4")]),
    ("wechat", [Orig(HEARTBEAT), Resp(HEARTBEAT[:8] + b"\x3b\x9a\xca\6\0\0\0\7")]),
    ("viber", [Orig(b"\x60\0\0\0" + bytes(92)), Resp(b"\x38\0\1\4" + bytes(52))]),
    ("viber", [Resp(b"\x18\0\0\0" + bytes(20)), Orig(b"\x9a\0\1\0" + bytes(150))]),
    ("line", [Orig(b"\x80\2\0\1"), Resp(b"\x80\2\0\4")]),
    ("line", [Orig(b"\x80\2\0\6"), Resp(b"\x80\2\0\4")]),
    ("qq", [Orig(b"\0\x1e" + OICQ), Resp(b"\0\x1e" + OICQ)]),
    ("qq", [Orig(QQ_FILE)]),
    ("dingtalk", [Orig(b"\x10\x5a\x87\x80\1\0\1\0\2\0\2dk\3\0\x20")]),
    ("aim-icq", [Orig(b"*\2\0\7\0\2ab*\2\0\x08\0\0"), Resp(b"*\2\xff\xff\0\0*\5\0\0\0\0")]),
    ("kakaotalk", [Orig(LOCO), Resp(b"\x50\0\0\0" + bytes(80))]),
    ("kakaotalk", [Orig(b"\x80\0\0\0\1\0\0\0\1\0\0\0" + bytes(128) + b"\x20\0\0\0"), Resp(b"\x20\0\0\0")]),
    ("wechat", [Orig(b"\x19\xf1\4\0\xa1" + bytes(161)), Resp(b"\x16\xf1\4\0\x7a")]),
    ("wechat", [Orig(b"\x16\xf1\3\0\xd1"), Resp(b"\x16\xf1\3\0\x7a")]),
    ("viber", [Orig(VIBER), Resp(b"\6\0\1\0\3\x80")]),
    ("viber", [Orig(b"\x0b\0\1\0\0\0\xfc\xff\0\x80\0"), Resp(b"\4\0\1\0\5\0\1\0\2")]),
]
CONTROL = [
    ("citrix", [Resp(b"\x7f\x7fICA\0"), Orig(b"\x7f\x7fICA\0")]),
    ("citrix", [Resp(b"\7\7ICA\0"), Orig(b"\7\7ICA\0")]),
    ("citrix", [Orig(b"\x1aCGP/01\0"), Resp(b"\x1a")]),
    ("dameware", [Resp(DAMEWARE), Orig(DAMEWARE)]),
    ("pcanywhere", [Orig(bytes(4)), Resp(b"\0X\x08\0}\x08\x0d\x0a\0.\x08Please press")]),
    ("intel-amt", [Orig(b"\x10\0\0\0SOL "), Resp(b"\x11\0\0\0")]),
    ("intel-amt", [Orig(b"\x10\1\0\0KVMR"), Resp(b"\x11")]),
    ("winbox", [Orig(b"\x27\6admin\0" + bytes(32) + b"\1"), Resp(b"1\6" + bytes(49))]),
    ("winbox", [Orig(b"\x68\1\0\x66M2" + bytes(98)), Resp(b"\x2a\1\0\x28M2")]),
    ("winbox", [Orig(b"\x12\2index\0" + bytes(12)), Resp(b"\xff\2index\0")]),
    ("rustdesk", [Orig(protobuf(b"\x92\1\x26\x12\x24" + UUID)), Resp(b"x")]),
    ("rustdesk", [Orig(protobuf(b"\x92\1\x31\x0a\x09123456789\x12\x24" + UUID)), Resp(b"x")]),
    ("pptp", [Orig(b"\0\x9c\0\1\x1a\x2b\x3c\x4d\0\1\0\0"), Resp(b"\0\x9c\0\1\x1a\x2b\x3c\x4d\0\2\0\0")]),
    (
        "openvpn",
        [Orig(b"\0\x0e\x38" + KEY + bytes(5)), Resp(b"\0\x1a\x40" + bytes(8) + b"\1" + bytes(4) + KEY + bytes(4))],
    ),
    ("rustdesk", [Resp(SIGNED_ID), Orig(KEYS)]),
    ("rustdesk", [Orig(SIGNED_ID), Resp(KEYS)]),
]

ASSOCIATE = (
    b"\1\0\0\0\0\xcd\0\1\0\0"
    + b"ARCHIVE".ljust(16)
    + b"ECHO".ljust(16)
    + bytes(32)
    + b"\x10\0\0\x151.2.840.10008.3.1.1.1"
)
HEALTH = [
    ("dicom", [Orig(ASSOCIATE), Resp(b"\2\0\0\0\0\xb8")]),
    ("dicom", [Orig(ASSOCIATE), Resp(b"\3\0\0\0\0\4")]),
    ("hl7", [Orig(b"\x0bMSH|^~\\&|LABO|"), Resp(b"\x0bMSH|^~\\&|CABINET|")]),
]
SIGNS_ALONE = [
    ("whatsapp", [Orig(b"WA\x06\x03\0\0")]),
    ("whatsapp", [Orig(b"ED\0\1\0\0\x04\x08")]),
    ("msn", [Orig(b"VER 1 MSNP8 CVR0\r\n")]),
    ("msn", [Orig(b"MSG 77 U 89\r\nMIME-Version: 1.0\r\n")]),
    ("msn", [Resp(b"MSG anne@example.org Anne%20D 133\r\nMIME-Version: 1.0\r\n")]),
    ("whatsapp", [Orig(b"ED\0\1\0\0\x07\x08")]),
    ("whatsapp", [Orig(b"WA\x06\x01")]),
    ("whatsapp", [Orig(b"WA\x01\x02")]),
    ("msn", [Orig(b"CVR 2 0x0409 win 4.10 i386 MSNMSGR 5.0.0544\r\n")]),
    ("msn", [Orig(b"USR 3 TWN I anne@example.org\r\n")]),
    ("msn", [Resp(b"USR 4 OK anne@example.org Anne 1 0\r\n")]),
    ("msn", [Orig(b"ANS 1 anne@example.org 989048851.1851137130 11752013\r\n")]),
    ("msn", [Orig(b"XFR 15 SB\r\n")]),
    ("msn", [Resp(b"NLN AWY anne@example.org Anne 24\r\n")]),
    ("msn", [Resp(b"RNG 11752013 207.46.108.38:1863 CKI 849102291.520491113 anne@example.org Anne\r\n")]),
    ("yahoo-messenger", [Orig(b"YMSG\0\x10\0\0\0\0\0\x4c" + bytes(8)), Resp(b"YMSG\0\x10\0\0\0\0\0\x4c" + bytes(8))]),
    (
        "yahoo-messenger",
        [Resp(b"YMSG\x0a\0\0\0\0\x20\0\x57" + bytes(8)), Orig(b"YMSG\x0a\0\0\0\0\x20\0\x57" + bytes(8))],
    ),
    ("teamviewer", [Orig(b"\x17\x24\x0a\x20\0" + bytes(32) + b"\x17\x24")]),
    ("teamviewer", [Resp(b"\x11\x30\x36\0\x18\0\0\0" + bytes(40) + b"\x11\x30")]),
    ("radmin", [Orig(b"\1\0\0\0\5abc\x27\x27"), Resp(b"\1\0\0\0\5abc\x27\x27")]),
    ("telegram", [Orig(b"\xef\x0a" + bytes(40)), Resp(b"\x15" + bytes(84))]),
    ("telegram", [Orig(b"\xef\x7f\0\2\0" + KEY), Resp(b"\x15" + KEY)]),
    ("telegram", [Orig(b"\xee" * 4 + b"\x28\0\0\0" + KEY), Resp(b"\x54\0\0\0" + KEY)]),
    ("telegram", [Orig(b"\xdd" * 4 + b"\x2b\0\0\x80" + KEY), Resp(b"\x57\0\0\0" + KEY)]),
    ("threema", [Orig(b"h" * 48), Resp(b"H" * 80), Orig(b"l" * 191), Resp(b"a" * 32 + b"\x14\0" + bytes(20))]),
    ("teamviewer", [Orig(b"\x17\x24\x0a"), Resp(b"\x11\x30\x01")]),
    ("radmin", [Orig(b"\1\0\0\0\1abc\x08\x08"), Resp(b"\1\0\0\0\x25more")]),
    ("nomachine", [Orig(b"NXSH-8.1\n"), Resp(b"NXD-8.1\n")]),
    ("rsh", [Orig(b"1021\0durand\0root\0uname -a\0"), Resp(b"\0")]),
    ("whatsapp", [Orig(b"WA\x01\x05\0\0")]),
    *FRAMES,
    *CONTROL,
    *HEALTH,
]


def sides(script):
    return [b"".join(step for step in script if isinstance(step, side)) for side in (Orig, Resp)]


@pytest.mark.parametrize(("app", "script"), SIGNS_ALONE)
def test_signs(app, script):
    check(FingerprintReader, [*script, Fingerprint(app), Rest.DONE])
    assert probe(*sides(script)) is Likeness.YES


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        (b"\xca\x01\x54\x0a\x20" + bytes(32) + b"\x0a\x30" + bytes(48), b"\xca\x01\x62\x0a\x60" + bytes(96)),
        (b"\x42\x0d\x0a\x09123456789\x10\1", b"\x5a\2\x18\1"),
        (b"\x7a\x0b\x0a\x09123456789", b"\x82\1\0"),
        (b"\xa2\1\0", b"\xaa\1\4\x08\xe1\xd4\3"),
    ],
)
def test_a_rustdesk_server_is_no_session(asks, answers):
    said = Fingerprint("rustdesk", established=False, control=False)
    check(FingerprintReader, [Orig(protobuf(asks)), Resp(protobuf(answers)), said, Rest.DONE], splits=False)
    assert probe(protobuf(asks), protobuf(answers)) is Likeness.YES
    assert probe(protobuf(asks), protobuf(b"\x0a" + answers)) is not Likeness.YES


def test_a_citrix_server_counts_whatever_its_client_says():
    check(FingerprintReader, [Resp(b"\x7f\x7fICA\0"), Orig(b"x"), Fingerprint("citrix"), Rest.DONE])


def test_every_sign_is_tried():
    assert {app for app, _ in SIGNS_ALONE} | {"x11", "spice"} == set(SIGNS)


REDQ = b"REDQ\2\0\0\0\2\0\0\0"
LINKED = REDQ + b"\xba\0\0\0" + bytes(0xBA)


def channel(kind):
    return Orig(REDQ + b"\x1a\0\0\0" + bytes(4) + bytes((kind,)) + bytes(21))


@pytest.mark.parametrize(
    ("kind", "result", "established", "control"),
    [(2, 0, True, True), (1, 0, False, False), (3, 0, False, False), (1, 7, False, True), (2, 7, False, False)],
)
def test_spice_is_a_session_where_its_display_is_let_in(kind, result, established, control):
    said = Fingerprint("spice", established, control)
    answer = Resp(result.to_bytes(4, "little"))
    check(FingerprintReader, [channel(kind), Resp(LINKED), Orig(bytes(132)), answer, said, Rest.DONE], splits=False)


def test_a_spice_server_that_was_only_greeted_tells_nothing():
    check(FingerprintReader, [channel(1), Resp(LINKED), OrigEnd(), RespEnd(), GiveUp], splits=False)


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
        (b"\x10\x5a\x87\x80\1\0\1\0\2\0\2dl\3\0\x20", b"x", Likeness.NO),
        (b"WAIT\r\n", b"x", Likeness.NO),
        (b"EDIT 1\r\n", b"x", Likeness.NO),
        (b"USR anne\r\nX\r\n", b"x", Likeness.NO),
        (b"USER anne\r\n", b"331 Password\r\n", Likeness.NO),
        (b"YMSG is spoken here\r\n", b"YMSG", Likeness.NO),
        (b"YMSG\0\x10\0\0\0\0\0\x4c" + bytes(8), b"HTTP", Likeness.NO),
        (LOCO_PLAIN.replace(b"\x0c\0\0\0\x10", b"\x0d\0\0\0\x10"), b"\1", Likeness.NO),
        (LOCO_PLAIN, b"HTTP", Likeness.NO),
        (MMTLS + b"\x17\3\3", b"", Likeness.MAYBE),
        (HEARTBEAT, HEARTBEAT[:8] + b"\0\0\0\3\0\0\0\7", Likeness.NO),  # Bilibili's, which has the same frames
        (b"\x60\0\0\0" + bytes(92), b"\x38\0\1\0" + bytes(52), Likeness.NO),
        (b"\x60\0\0\0" + bytes(93), b"\x38\0\1\4" + bytes(52), Likeness.NO),
        (b"\x80\1\0\1" + bytes(20), b"\x80\1\0\2", Likeness.NO),  # Thrift
        (b"\x80\x2e\1\0\2" + bytes(45), b"\x16\3", Likeness.NO),  # SSL 2
        (b"\0\x1e" + OICQ, b"\0\x1e" + OICQ[:4] + b"\x23" + OICQ[5:], Likeness.NO),
        (b"\0\x1f" + OICQ, b"", Likeness.MAYBE),
        (QQ_FILE[:-1] + b"x", b"x", Likeness.NO),
        (b"\x17\x24\x0a\x20\0" + bytes(32) + b"\x17\3", b"", Likeness.MAYBE),
        (b"client hello", b"\7\7ICA\1", Likeness.NO),
        (b"\x68\1\0\x67M2" + bytes(98), b"\x2a\1\0\x28M2", Likeness.NO),
        (b"*\2\0\7\0\2ab*\2\0\x08\0\0", b"", Likeness.MAYBE),  # two frames of one side alone
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
        (b"l\0\x0c\0\0\0" + bytes(6), b"\1", Likeness.NO),
        (X11, b"\3\0\x0b\0\0\0\0\0", Likeness.NO),
        (b"REDQ\1\0\0\0", b"x", Likeness.NO),
        (b"<13>Jan  1 syslog", b"\0", Likeness.NO),
        (b"514\0a\0b\0c\0", b"\1Permission denied.\n", Likeness.NO),
        (b"*\1\0\7\0\4\0\0\0\2", b"*\1\0\7\0\4\0\0\0\1", Likeness.NO),
        (b"*\2\0\7\0\2ab*\2\0\x09\0\0", b"*\2\0\7\0\2ab*\2\0\x08\0\0", Likeness.NO),  # numbers that jump
        (b"*\2\0\7\0\2ab+", b"*\1\0\7\0\4\0\0\0\1", Likeness.NO),
        (b"*1\r\n$4\r\nPING\r\n", b"+PONG\r\n", Likeness.NO),  # Redis
        (b"\0\1\0\0\x0c\0\0\0\x63\0\0\0", b"\x50\0\0\0", Likeness.NO),
        (LOCO, b"\x08\0\0\0", Likeness.NO),
        (b"\x16\3\1\0\xd1" + bytes(60), b"\x16\xf1\3\0\x7a", Likeness.NO),  # TLS
        (b"\x16\xf1\3\0\xd1", b"\x17\xf1\3\0\x7a", Likeness.NO),
        (VIBER, b"\3\0\1\0", Likeness.NO),
        (VIBER + b"\1\0", b"\6\0\1\0\3\x80", Likeness.NO),
        (b"\x0a" + VIBER[1:], b"\6\0\1\0\3\x80", Likeness.NO),
        (b"\x7f\x7fICA\0", b"\x7fELF\2\1", Likeness.NO),
        (DAMEWARE, DAMEWARE[:15] + b"?" + bytes(24), Likeness.NO),
        (b"0\x11\2\1\1\x60\x0c", b"0\x0c\2\1\1", Likeness.NO),  # LDAP
        (bytes(4), b"\0X\x08\0~", Likeness.NO),
        (ASSOCIATE.replace(b"10008", b"10009"), b"\2\0", Likeness.NO),
        (ASSOCIATE, b"\4\0", Likeness.NO),
        (ASSOCIATE[:60], b"\2\0", Likeness.MAYBE),
        (b"\x0bMSH|^~", b"HTTP/1.1", Likeness.NO),
        (b"\x0bMSHA", b"\x0bMSH|", Likeness.NO),
        (b"\x10\0\0\0SOL!", b"\x11", Likeness.NO),
        (b"\x10\x1e\0\4MQTT\4\2", b"\x20\2\0\0", Likeness.NO),  # MQTT
        (b"\x27\6admin\0" + bytes(32) + b"\2", b"1\6", Likeness.NO),
        (b"\x27\6adm\0n\0" + bytes(32) + b"\1", b"1\6", Likeness.NO),
        (b"\x20\6admin\0" + bytes(32), b"1\6", Likeness.NO),
        (protobuf(b"\x92\1\x26\x12\x24" + UUID.replace(b"-", b"_")), b"x", Likeness.NO),
        (KEYS, KEYS + bytes(40), Likeness.NO),
        (protobuf(b"\x1a\x6e\x0a\x6d" + bytes(109)), KEYS + bytes(40), Likeness.NO),
        (protobuf(b"\x1a\x20\x0a\x1e" + bytes(30)), KEYS, Likeness.NO),  # too short for a signature
    ],
)
def test_look_alikes(orig, resp, likeness):
    assert probe(orig, resp) is likeness


def test_what_shows_no_sign():
    check(FingerprintReader, [Orig(b"\x17\x24"), Resp(b"no"), GiveUp])
    check(FingerprintReader, [Orig(b"\x17\x24"), OrigEnd(), GiveUp])


def test_random_streams_show_none():
    chance = random.Random(7)  # the same each time: what one run finds the next must find too
    assert all(probe(chance.randbytes(60), chance.randbytes(60)) is not Likeness.YES for _ in range(20_000))


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
