"""Somebody outside takes control of a screen: RDP let in from the internet (MS-RDPBCGR 2.2.1.1, 2.2.1.2). An intruder at the
reception; the provider whose contract is in the register, at the doctor's.

TPKT    03 00, length 16
X.224   length, e0 connection request or d0 confirm, references, class; then the cookie and the negotiation
negotiation   01 request or 02 response, flags, 08 00, protocols 32 (2: CredSSP, "hybrid")
"""

import struct

import numpy as np

from sensor.demo.cast import DOCTOR, INTERNET, RECEPTION, Host
from sensor.demo.film import SECOND, Film
from sensor.demo.tcp import Conversation
from sensor.demo.tls import sealed_record, secure

COOKIE = b"Cookie: mstshash=secrete\r\n"  # a user name: must never be seen again
DURATION = 41  # seconds


def _x224(kind: int, body: bytes) -> bytes:
    unit = bytes([6 + len(body), kind]) + b"\0\0\0\0\0" + body
    return b"\3\0" + struct.pack(">H", 4 + len(unit)) + unit


def session(film: Film, at: int) -> None:
    _session(film, INTERNET.intruder, RECEPTION, at)


def maintenance(film: Film, at: int) -> None:
    _session(film, INTERNET.provider, DOCTOR, at)


def _session(film: Film, visitor: Host, post: Host, at: int) -> None:
    """Negotiation, TLS, log-in, then the screen flows one way and the keyboard the other."""
    talk = Conversation(film, visitor, post, 3389, start=at)
    talk.say(_x224(0xE0, COOKIE + struct.pack("<BBHI", 1, 0, 8, 11)), client=True, think=400_000)
    talk.say(_x224(0xD0, struct.pack("<BBHI", 2, 0, 8, 2)), client=False, think=3_000_000)
    secure(talk, None, ())
    for said, answered in ((170, 300), (620, 140), (220, 60), (480, 420)):
        talk.say(sealed_record(film, said), client=True, think=4_000_000)
        talk.say(sealed_record(film, answered), client=False, think=9_000_000)
    count = 2_600
    times = talk.at + np.cumsum(film.rng.exponential(DURATION * SECOND / count, count)).astype(np.int64)
    client = film.rng.random(count) < 0.35
    sizes = np.where(client, film.rng.integers(45, 140, count), film.rng.integers(200, 1_460, count))
    talk.converse(sizes, client, times)
    talk.close()
