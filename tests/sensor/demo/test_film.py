"""The capture file that a film becomes, read back byte by byte."""

import struct

import numpy as np

from sensor.demo.film import MAGIC_NS, SECOND, Film, Take


def packets(file):
    """(seconds, nanoseconds, wire length, bytes) of each record."""
    at, found = 24, []
    while at < len(file):
        seconds, rest, caplen, wirelen = struct.unpack_from("<IIII", file, at)
        found.append((seconds, rest, wirelen, file[at + 16 : at + 16 + caplen]))
        at += 16 + caplen
    assert at == len(file)
    return found


def test_the_header_says_nanoseconds_and_ethernet():
    film = Film(1)
    film.shoot(0, b"x" * 60)
    magic, major, minor, _, _, snap, link = struct.unpack_from("<IHHiIII", film.develop(0))
    assert (magic, major, minor, link) == (MAGIC_NS, 2, 4, 1)
    assert snap >= 65_535


def test_what_was_shot_in_any_order_comes_in_order_of_time():
    film = Film(1)
    film.shoot(3, b"c" * 70)
    film.add(
        Take(
            np.array([1, 4]),
            np.array([60, 62], dtype=np.uint32),
            np.array([60, 1500], dtype=np.uint32),
            np.array([[97] * 62, [100] * 62], dtype=np.uint8),
        )
    )
    film.shoot(2, b"b")
    start = 5 * SECOND
    assert packets(film.develop(start)) == [
        (5, 1, 60, b"a" * 60),
        (5, 2, 60, b"b" + b"\0" * 59),
        (5, 3, 70, b"c" * 70),
        (5, 4, 1500, b"d" * 62),
    ]
    assert film.length() == 4


def test_ports_are_ephemeral_and_do_not_repeat_soon():
    film = Film(1)
    ports = [film.port() for _ in range(3000)]
    assert len(set(ports)) == 3000
    assert all(49_152 <= port < 65_536 for port in ports)
