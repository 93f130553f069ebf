"""The bench's captures, made once into a folder: `bulk` (1 M packets of TLS, 704–1,004 bytes, whole), `mix` (the demo's morning
at many practices at once: same kinds, other addresses) and `empty` (no packet: what it costs to start).
"""

import struct
from pathlib import Path

import numpy as np

from sensor.demo.cast import DOCTOR, Host, host
from sensor.demo.film import MAGIC_NS, SECOND, Film, Take, _together
from sensor.demo.morning import START, morning
from sensor.demo.tcp import Conversation
from sensor.demo.tls import secure

HEADER = struct.pack("<IHHiIII", MAGIC_NS, 2, 4, 0, 0, 262_144, 1)
BULK_PACKETS = 1_000_000
FLOW_PACKETS = 2_000  # 1.7 MB: a download, a backup; smaller flows are for `mix`
PART = 10  # flows that are made and written together, so that a gigabyte is never in memory


def empty(path: Path) -> None:
    path.write_bytes(HEADER)


def bulk(path: Path, packets: int = BULK_PACKETS) -> None:
    """Flows of 2,000 packets, 10 at a time, each with its handshake; every payload is one TLS record of chance."""
    flows = packets // FLOW_PACKETS
    pool = np.random.default_rng(5).integers(0, 256, (FLOW_PACKETS, 950), dtype=np.uint8)
    with path.open("wb") as out:
        out.write(HEADER)
        for first in range(0, flows, PART):
            film = Film(first)
            for number in range(first, min(first + PART, flows)):
                _bulk_flow(film, number, pool)
            out.write(film.develop(START + first * SECOND // PART)[len(HEADER) :])


def _bulk_flow(film: Film, number: int, pool: np.ndarray) -> None:
    client = Host("poste", f"10.{number >> 8 & 255}.{number & 255}.20", DOCTOR.mac, 128)
    server = host(f"n{number}.bulk.example", f"203.0.{113 + number % 8}.{1 + number % 250}", away_ms=2)
    talk = Conversation(film, client, server, 443, start=number % PART * 1_000_000)
    secure(talk, server.name)
    count = FLOW_PACKETS - 12  # those of the handshake
    sizes = 650 + 20 * film.rng.integers(0, 16, count)  # few lengths, because a film is put together length by length
    body = pool[film.rng.permutation(FLOW_PACKETS)[:count]]
    body[:, 0:3] = (0x17, 3, 3)
    body[:, 3], body[:, 4] = sizes - 5 >> 8, sizes - 5 & 255
    times = talk.at + np.cumsum(film.rng.integers(500_000, 3_000_000, count))
    talk._emit((film.rng.random(count) < 0.8).astype(np.int64), sizes, times, body)


def mix(path: Path, practices: int = 10) -> None:
    """The morning at 10.N.1.0/24 for each N, a tenth of a second apart."""
    one = morning()
    takes = [*one._takes, _together(one._singles)]
    film = Film(0)
    for number in range(practices):
        for take in takes:
            film.add(moved(take, number))
    film.write(path, START)


def moved(take: Take, number: int) -> Take:
    """The take with 192.168 replaced by 10.N and 2001:db8:1 by 2001:db8:1N: one 16-bit word each, so that the checksums of
    IP, TCP and UDP need only the difference (RFC 1624).
    """
    data = take.data.copy()
    tagged = (data[:, 12] == 0x81) & (data[:, 13] == 0)
    for at, rows in ((14, np.flatnonzero(~tagged)), (18, np.flatnonzero(tagged))):
        kind = _word(data, rows, at - 2)
        v4, v6, arp = rows[kind == 0x0800], rows[kind == 0x86DD], rows[kind == 0x0806]
        for field in (at + 12, at + 16):
            local = v4[_word(data, v4, field) == 0xC0A8]
            new = 10 << 8 | number
            _replace(data, local, field, new, at + 10)
            tcp = data[local, at + 9] == 6
            _patch(data, local[tcp], at + 36, 0xC0A8, new)
            _patch(data, local[~tcp], at + 26, 0xC0A8, new)
        for field in (at + 8, at + 24):
            local = v6[(_word(data, v6, field + 2) == 0x0DB8) & (_word(data, v6, field + 4) == 1)]
            tcp = local[data[local, at + 6] == 6]
            _put(data, local, field + 4, np.full(len(local), 0x10 + number))
            _patch(data, tcp, at + 56, 1, 0x10 + number)
        for field in (at + 14, at + 24):
            _put(data, arp, field, np.full(len(arp), 10 << 8 | number))
    return take._replace(ts=take.ts + number * SECOND // 10, data=data)


def _word(data: np.ndarray, rows: np.ndarray, at: int) -> np.ndarray:
    return data[rows, at].astype(np.int64) << 8 | data[rows, at + 1]


def _put(data: np.ndarray, rows: np.ndarray, at: int, values: np.ndarray) -> None:
    data[rows, at], data[rows, at + 1] = values >> 8, values & 255


def _replace(data: np.ndarray, rows: np.ndarray, at: int, new: int, checksum: int) -> None:
    _put(data, rows, at, np.full(len(rows), new))
    _patch(data, rows, checksum, 0xC0A8, new)


def _patch(data: np.ndarray, rows: np.ndarray, at: int, old: int, new: int) -> None:
    """HC' = ~(~HC + ~m + m'), RFC 1624 §3."""
    if not len(rows):
        return
    total = (0xFFFF - _word(data, rows, at)) + (0xFFFF - old) + new
    for _ in range(2):
        total = (total & 0xFFFF) + (total >> 16)
    _put(data, rows, at, 0xFFFF - total)
