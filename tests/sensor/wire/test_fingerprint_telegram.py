"""Telegram's transports: whole, byte by byte and in every cut; and what only looks like them."""

import hashlib
import random
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sensor.track.conversation import Readers, Segment, TcpConversation
from sensor.wire import GiveUp, Likeness, Rest
from sensor.wire.fingerprint import FingerprintReader, probe
from sensor.wire.fingerprint_telegram import LEAST_VARIED, NEVER_FIRST, obfuscated, telegram
from sensor.wire.readers import STREAMS
from sensor.wire.records import Fingerprint
from tests.sensor.wire.dialogue import Orig, Resp, check

KEY = bytes(range(1, 9))
TAGS = (b"\xef" * 4, b"\xee" * 4, b"\xdd" * 4)


def opening(chance, tag=TAGS[0]):
    """What a client's first 64 bytes are, as the transports' description makes them."""
    while True:
        plain = chance.randbytes(64)
        if plain[0] != 0xEF and plain[:4] not in NEVER_FIRST and any(plain[4:8]):
            break
    plain = plain[:56] + tag + plain[60:]
    cipher = Cipher(algorithms.AES(plain[8:40]), modes.CTR(plain[40:56])).encryptor()
    return plain[:56] + cipher.update(plain)[56:]


def full(payload, number=0):
    framed = (len(payload) + 12).to_bytes(4, "little") + number.to_bytes(4, "little") + payload
    return framed + zlib.crc32(framed).to_bytes(4, "little")


OPENED = opening(random.Random(3))
TOLD = [Fingerprint("telegram"), Rest.DONE]
ASKED, ANSWERED = full(KEY + bytes(32)), full(KEY + bytes(84))


@pytest.mark.parametrize("tag", TAGS)
def test_the_obfuscated_transport_says_what_is_inside(tag):
    check(FingerprintReader, [Orig(opening(random.Random(5), tag)), *TOLD])


def test_what_follows_the_opening_changes_nothing():
    check(FingerprintReader, [Orig(OPENED + bytes(200)), *TOLD])
    assert obfuscated(OPENED, b"answer") is Likeness.YES
    assert probe(OPENED, b"answer") is Likeness.YES


def test_the_full_transport_is_known_by_its_sums_and_one_key():
    check(FingerprintReader, [Orig(ASKED), Resp(ANSWERED), *TOLD])
    check(FingerprintReader, [Orig(full(bytes(40))), Resp(full(bytes(84))), *TOLD])  # no key yet


@pytest.mark.parametrize(
    ("orig", "resp"),
    [
        (ASKED[:-1] + b"?", ANSWERED),  # a wrong sum
        (ASKED, ANSWERED[:-1] + b"?"),
        (full(KEY + bytes(32), number=1), ANSWERED),
        (ASKED, full(KEY[::-1] + bytes(84))),  # another key
        (full(KEY), ANSWERED),  # too short for a message
        (full(KEY + bytes(3_000)), ANSWERED),  # longer than what is kept of a side
        (OPENED[:59] + b"?" + OPENED[60:], b""),  # another tag
        (bytes(range(64)), b""),
        (b"GET " + OPENED[4:], b""),
        (b"\xdd" * 4 + OPENED[4:], b""),
        (b"A" * 64, b""),
        (OPENED[:40], b"too early an answer"),
    ],
)
def test_look_alikes(orig, resp):
    assert telegram(orig, resp) is not Likeness.YES


def test_text_is_not_deciphered(monkeypatch):
    """The cheap look comes first: a page, a greeting, a table never have 40 different bytes among 64."""
    monkeypatch.setattr("sensor.wire.fingerprint_telegram.Cipher", None)
    for text in (
        b"EHLO poste.cabinet.example\r\nMAIL FROM:<secretariat@cabinet.example>\r\n",
        bytes(64),
        bytes(range(39)) * 2,
    ):
        assert obfuscated(text, b"") is Likeness.NO
    assert len(set(bytes(range(39)) * 2)) < LEAST_VARIED


def test_random_bytes_are_not_telegram():
    chance = random.Random(11)  # the same each time
    assert not any(telegram(chance.randbytes(64), b"") is Likeness.YES for _ in range(20_000))


def test_no_other_reader_takes_an_opening_for_its_own():
    """Of random bytes some look like the first of another protocol: seldom, and never so that the rest is lost."""
    chance, told = random.Random(13), 0
    for _ in range(3_000):
        conversation = TcpConversation(Readers(STREAMS, ()))
        conversation.start(1, from_orig=True)
        told += conversation.segment(Segment(1, opening(chance, chance.choice(TAGS))), from_orig=True) == TOLD[:1]
    assert told >= 2_990


def test_a_stream_without_a_sign_is_given_up():
    check(FingerprintReader, [Orig(OPENED[:32]), Resp(bytes(4)), GiveUp])


@pytest.mark.parametrize("secret", [bytes(16), b"\xdd" + bytes(range(16))])
def test_a_proxys_secret_hides_it(secret):
    """What cannot be told: the key that the opening carries is hashed with what only the two know."""
    plain = OPENED[:56] + TAGS[2] + OPENED[60:]
    key = hashlib.sha256(plain[8:40] + secret[-16:]).digest()
    sealed = Cipher(algorithms.AES(key), modes.CTR(plain[40:56])).encryptor().update(plain)
    assert telegram(plain[:56] + sealed[56:], b"") is Likeness.NO


def test_behind_a_socks_proxy():
    conversation = TcpConversation(Readers(STREAMS, ()))
    said = [
        (True, b"\5\1\0"),
        (False, b"\5\0"),
        (True, b"\5\1\0\1\xc0\0\2\1\1\xbb"),
        (False, b"\5\0\0\1\xc0\0\2\1\1\xbb"),
        (True, OPENED),
    ]
    at, records = {True: 1, False: 1}, []
    for from_orig in (True, False):
        conversation.start(1, from_orig=from_orig)
    for from_orig, data in said:
        records += conversation.segment(Segment(at[from_orig], data), from_orig=from_orig)
        at[from_orig] += len(data)
    assert records[-1] == Fingerprint("telegram")
    assert conversation.services == ("socks", "fingerprint")
