"""RDP over UDP, as its specification says (MS-RDPEUDP 2.2.2.1, 2.2.2.5, 3.1.5.1): how it opens, then numbered datagrams both ways.

As a program, for want of a free one: `python -m tests.lab.services.rdp_udp serve|visit ADDRESS PORT`. What it carries is TLS's on
the wire, here bytes of no meaning: nobody reads them.
"""

import random
import socket
import struct
import sys
import time

SYN, ACK, DATA = 0x0001, 0x0004, 0x0008
MTU = 1232
NOTHING_SEEN = 0xFFFFFFFF
WINDOW = 64
SCREENS = 40  # datagrams of the server's
PAUSE = 0.05  # seconds between them


def opening(number: int, seen: int, flags: int) -> bytes:
    """A SYN, or the answer to one: filled up to the MTU."""
    head = struct.pack(">IHH", seen, WINDOW, flags) + struct.pack(">IHH", number, MTU, MTU)
    return head.ljust(MTU, b"\0")


def data(number: int, seen: int, body: bytes) -> bytes:
    """An acknowledgement (its vector: one run of received datagrams) and a source packet."""
    head = struct.pack(">IHH", seen, WINDOW, ACK | DATA)
    return head + struct.pack(">HBx", 1, 0) + struct.pack(">II", number, number) + body


def serve(address: str, port: int) -> None:
    dice = random.Random(3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind((address, port))
        while True:
            said, far = wire.recvfrom(2_048)
            seen, _, flags = struct.unpack_from(">IHH", said)
            if not flags & SYN or seen != NOTHING_SEEN:
                continue
            theirs = struct.unpack_from(">I", said, 8)[0]
            wire.sendto(opening(500, theirs, SYN | ACK), far)
            wire.recvfrom(2_048)
            for number in range(SCREENS):
                wire.sendto(data(501 + number, theirs + 1, dice.randbytes(1_000)), far)
                time.sleep(PAUSE)


def visit(address: str, port: int) -> None:
    dice = random.Random(4)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.connect((address, port))
        wire.settimeout(10)
        wire.send(opening(900, NOTHING_SEEN, SYN))
        wire.recv(2_048)
        for number in range(SCREENS):
            wire.send(data(901 + number, 500 + number, dice.randbytes(120)))
            wire.recv(2_048)


if __name__ == "__main__":
    {"serve": serve, "visit": visit}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
