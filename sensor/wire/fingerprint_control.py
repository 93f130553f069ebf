"""More signs of remote control on a stream, for `sensor.wire.fingerprint`: each judges the first bytes of both sides.

Citrix      ICA: server 0x7F 0x7F "ICA" 0, client the same; CGP: client 0x1A "CGP/01"       nDPI, citrix.c (7 7 "ICA"); nmap-service-probes
DameWare    both sides "0" 0x11 0 0, a version as a double that ends in "@" at 15            nmap-service-probes, damewaremr
pcAnywhere  client 0, server 0 "X" 8 0 "}" 8 CR LF 0 "." 8, then its invitation                            nmap-service-probes, pcanywheredata
Intel AMT   client 0x10 0|1 0 0 "SOL " | "IDER" | "KVMR", server 0x11                          Intel AMT redirection; MeshCommander
Winbox      client length 6 user NUL key(32) parity(1), server 0x31 6 key(32) parity(1) salt(16)     MikroTik's EC-SRP5, as published
            before 6.43 both sides length 1 length(2) "M2", or client length 2 "index" NUL           WinBox M2 protocol, as published
PPTP        both sides 0 156 0 1, 0x1A2B3C4D 0, then message 1 and its answer 2               RFC 2637, 2.1, 2.2; hides, not controls
RustDesk    frames: length << 2 | bytes of the length - 1 (1 to 4, little-endian), then protobuf     hbb_common, bytes_codec.rs
            relay: field 18 with a uuid; direct: one side field 3 (a signed id), the other field 4 (two keys)    message.proto
            its own server: both sides field 25 (keys); fields 8 and 11 (a hole to punch), 15 and 16 (a key), 20 and 21 (which NAT)
            rendezvous.proto; that is presence, not control
"""

import re
from collections.abc import Callable

from sensor.wire import Likeness
from sensor.wire.sides import best, both, starts

ICA, CGP = (b"\x7f\x7fICA\0", b"\7\7ICA\0"), b"\x1aCGP/01"
DAMEWARE_VERSION = 15
PCANYWHERE = b"\0X\x08\0}\x08\r\n\0.\x08"
AMT = re.compile(rb"\x10[\0\1]\0\0(?:SOL |IDER|KVMR)")
PPTP = b"\0\x9c\0\1\x1a\x2b\x3c\x4d\0"
AMT_SIZE, AMT_START = 8, 0x10
WINBOX_KEY = 33
WINBOX_SERVER, WINBOX_METHOD, WINBOX_FULL = 0x31, 6, 0xFF
RELAY = re.compile(rb"\x92\x01.{1,2}(?:\x0a[\x01-\x40][\w.-]{1,64})?\x12\x24[0-9a-f-]{36}", re.DOTALL)
SIGNED = re.compile(rb"\x1a.{5}", re.DOTALL)
KEYS = re.compile(rb"\x22\x54\x0a\x20.{32}\x12\x30", re.DOTALL)
EXCHANGE = re.compile(rb"\xca\x01.{1,2}\x0a[\x20-\x60]", re.DOTALL)
PUNCH, PUNCHED = re.compile(rb"\x42.\x0a[\x06-\x20][\w-]{6}", re.DOTALL), re.compile(rb"\x5a.", re.DOTALL)
REGISTER, REGISTERED = re.compile(rb"\x7a.\x0a[\x06-\x20][\w-]{6}", re.DOTALL), re.compile(rb"\x82\x01.", re.DOTALL)
NAT, NAT_TOLD = re.compile(rb"\xa2\x01(?:\0|.\x08)", re.DOTALL), re.compile(rb"\xaa\x01(?:\0|.\x08)", re.DOTALL)
SERVED = (
    (EXCHANGE, EXCHANGE, b"\xca\x01", b"\xca\x01"),
    (PUNCH, PUNCHED, b"\x42", b"\x5a"),
    (REGISTER, REGISTERED, b"\x7a", b"\x82\x01"),
    (NAT, NAT_TOLD, b"\xa2\x01", b"\xaa\x01"),
)
RELAY_LONGEST, KEYS_SIZE, SIGNED_SIZE, SERVED_ENOUGH = 128, 38, 6, 16
LEAST = (
    0,
    0x3F,
)  # of a frame, by the bytes of its length: the smaller form would have done; a first frame needs no third
SIGNATURE = 64


def _any(data: bytes) -> Likeness:
    """The side whose own word is not published: it spoke."""
    return Likeness.YES if data else Likeness.MAYBE


def citrix(orig: bytes, resp: bytes) -> Likeness:
    """The server's word counts, whatever the client says to it."""
    first, other = (resp, orig) if resp else (orig, resp)
    said = best(starts(first, word) for word in ICA) if first else Likeness.MAYBE
    greeted = Likeness.MAYBE if said is Likeness.YES and not other else said
    return best((greeted, both(orig, resp, lambda data: starts(data, CGP), _any)))


def dameware(orig: bytes, resp: bytes) -> Likeness:
    def one(data: bytes) -> Likeness:
        begins = starts(data, b"0\x11\0\0")
        if begins is not Likeness.YES:
            return begins
        if len(data) <= DAMEWARE_VERSION:
            return Likeness.MAYBE
        return Likeness.YES if data[DAMEWARE_VERSION] == ord("@") else Likeness.NO

    return both(orig, resp, one, one)


def pcanywhere(orig: bytes, resp: bytes) -> Likeness:
    return both(orig, resp, lambda data: starts(data[:1], b"\0"), lambda data: starts(data, PCANYWHERE))


def intel_amt(orig: bytes, resp: bytes) -> Likeness:
    def client(data: bytes) -> Likeness:
        if AMT.match(data):
            return Likeness.YES
        return Likeness.MAYBE if len(data) < AMT_SIZE and data[0] == AMT_START else Likeness.NO

    return both(orig, resp, client, lambda data: starts(data[:1], b"\x11"))


def winbox(orig: bytes, resp: bytes) -> Likeness:
    def client(data: bytes) -> Likeness:
        if len(data) < 2:
            return Likeness.MAYBE
        if data[1] != WINBOX_METHOD or data[0] <= WINBOX_KEY:
            return Likeness.NO
        if len(data) < 2 + data[0]:
            return Likeness.MAYBE
        user = data[2 : 2 + data[0] - WINBOX_KEY]
        return Likeness.YES if user[-1] == 0 and 0 not in user[:-1] and data[1 + data[0]] <= 1 else Likeness.NO

    new = both(orig, resp, client, lambda data: starts(data[:2], bytes((WINBOX_SERVER, WINBOX_METHOD))))
    return best((new, both(orig, resp, _m2, _m2), both(orig, resp, _index, _index)))


def _m2(data: bytes) -> Likeness:
    """The first piece of a message of its older language: a message is no longer than the piece, or fills it."""
    if len(data) < 6:
        return Likeness.NO if data[1:2] not in (b"", b"\1") or not b"M2".startswith(data[4:6]) else Likeness.MAYBE
    size = int.from_bytes(data[2:4], "big")
    fits = size == data[0] - 2 or (data[0] == WINBOX_FULL and size > WINBOX_FULL - 2)
    return Likeness.YES if data[1] == 1 and fits and data[4:6] == b"M2" else Likeness.NO


def _index(data: bytes) -> Likeness:
    """It asked for the list of files first, and the server named it again."""
    return starts(data[1:8], b"\2index\0") if data[0] >= 0x10 else Likeness.NO


def pptp(orig: bytes, resp: bytes) -> Likeness:
    return both(orig, resp, lambda data: starts(data, PPTP + b"\1"), lambda data: starts(data, PPTP + b"\2"))


def rustdesk(orig: bytes, resp: bytes) -> Likeness:
    relayed = both(orig, resp, _relayed, _any)
    direct = best((both(orig, resp, _keys, _signed), both(orig, resp, _signed, _keys)))
    return best((relayed, direct, rustdesk_served(orig, resp)))


def rustdesk_served(orig: bytes, resp: bytes) -> Likeness:
    """What a program and the server that makes it found say to each other."""

    def frame(pattern: re.Pattern[bytes], begins: bytes) -> Callable[[bytes], Likeness]:
        return lambda data: _first(data, pattern, begins, SERVED_ENOUGH)

    return best(both(orig, resp, frame(asks, a), frame(answers, b)) for asks, answers, a, b in SERVED)


def _frame(data: bytes) -> tuple[int, bytes]:
    """(size of the first frame, what of it has come); size 0 if this is no frame, or too short to tell."""
    head = (data[0] & 3) + 1
    if head > len(LEAST):
        return 0, b""
    size = int.from_bytes(data[:head], "little") >> 2
    return (size, data[head : head + size]) if len(data) >= head and size > LEAST[head - 1] else (0, b"")


def _first(data: bytes, pattern: re.Pattern[bytes], begins: bytes, enough: int) -> Likeness:
    size, message = _frame(data)
    if not size:
        return Likeness.MAYBE if len(data) == 1 and data[0] & 3 < len(LEAST) else Likeness.NO
    if starts(message[: len(begins)], begins) is Likeness.NO:
        return Likeness.NO
    if pattern.match(message):
        return Likeness.YES
    return Likeness.MAYBE if len(message) < min(enough, size) else Likeness.NO


def _relayed(data: bytes) -> Likeness:
    return _first(data, RELAY, b"\x92\x01", RELAY_LONGEST)


def _keys(data: bytes) -> Likeness:
    return _first(data, KEYS, b"\x22\x54\x0a\x20", KEYS_SIZE)


def _signed(data: bytes) -> Likeness:
    """Field 3 that holds field 1, each as long as what it stands in."""
    said = _first(data, SIGNED, b"\x1a", SIGNED_SIZE)
    if said is not Likeness.YES:
        return said
    size, message = _frame(data)
    at = 0
    for tag in (0x1A, 0x0A):
        if message[at] != tag:
            return Likeness.NO
        inner = message[at + 1] & 0x7F
        long = message[at + 1] >> 7
        inner |= long * message[at + 2] << 7
        at += 2 + long
        if at + inner != size:
            return Likeness.NO
    return Likeness.YES if size > SIGNATURE else Likeness.NO
