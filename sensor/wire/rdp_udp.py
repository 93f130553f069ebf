"""RDP over UDP: how it opens, until the first data both ways (MS-RDPEUDP 2.2.2.1, 2.2.2.5, 3.1.5.1.1 and .2).

    highest number seen(4)  receive window(2)  flags(2: 1 SYN, 4 ACK)  then, with SYN: first number(4)  MTU up(2)  MTU down(2)

A SYN has seen nothing: 0xFFFFFFFF; its answer has seen the SYN's number. Both MTUs are 1132 to 1232, and a SYN is filled up to
that size. Behind them TLS or DTLS runs, which is not opened here: encrypted as all of RDP over UDP is, one server's datagram
after the client's first data says that the connection came about.
"""

from sensor.wire import MORE, Events, Likeness, Outcome, Rest
from sensor.wire.records import Rdp

SYN, ACK = 0x0001, 0x0004
KNOWN_FLAGS = 0x1FFF
MTU = range(1132, 1233)
HEADER = 16
MOST_DATAGRAMS = 64


class RdpUdpSession:
    """Keeps the client's first number, and how far the opening has come."""

    def __init__(self) -> None:
        self._number: bytes | None = None  # the SYN's own
        self._client: bool | None = None
        self._answered = False
        self._client_went_on = False
        self._datagrams = 0

    def datagram(self, data: bytes, from_orig: bool) -> Outcome:
        self._datagrams += 1
        if _is_syn(data):
            if data[:4] == b"\xff\xff\xff\xff":
                self._number, self._client = data[8:12], from_orig
            elif self._client is not None and from_orig != self._client:
                self._answered = self._answered or data[:4] == self._number
        elif self._answered and from_orig == self._client:
            self._client_went_on = True
        elif self._client_went_on:
            return Events((Rdp(("udp",), "udp", "confirmed"),), Rest.DONE)
        return MORE if self._datagrams < MOST_DATAGRAMS else Events((Rdp(("udp",)),), Rest.DONE)


def _is_syn(data: bytes) -> bool:
    flags = int.from_bytes(data[6:8], "big")
    return (
        len(data) >= HEADER
        and flags & SYN != 0
        and flags & ~KNOWN_FLAGS == 0
        and int.from_bytes(data[12:14], "big") in MTU
        and int.from_bytes(data[14:16], "big") in MTU
        and (flags & ACK != 0) == (data[:4] != b"\xff\xff\xff\xff")
    )


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """One datagram alone says that somebody asked."""
    del data, from_orig
    return Events((Rdp(("udp",)),), Rest.DONE)


def probe(orig: bytes, resp: bytes) -> Likeness:
    """A connection is taken from its SYN on: later datagrams have no form of their own."""
    if not orig and not resp:
        return Likeness.MAYBE
    said = any(data[:4] == b"\xff\xff\xff\xff" and _is_syn(data) for data in (orig, resp))
    return Likeness.YES if said else Likeness.NO
