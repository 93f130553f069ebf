"""pcapng's section header and interface description blocks: byte order, link types, time resolutions.

Called by `sensor.capture.files` where the compiled framing meets such a block (draft-ietf-opsawg-pcapng, 4.1 and 4.2).

* section header: type 0A0D0D0A, total length, byte-order magic 1A2B3C4D, version 2+2, section length 8, options
* interface description: type 1, total length, link type 2, reserved 2, snap length 4, options; read: if_tsresol (9),
  if_tsoffset (14), if_fcslen (13)
"""

import struct

import numpy as np
from numpy.typing import NDArray

from sensor.capture.framing import INTERFACE, MAX_BLOCK

MAX_INTERFACES = 65_535
"""FRAME.interface has 16 bits."""

_SECTION = 0x0A0D0D0A


class Section:
    """The section that is being read. A new section header forgets the interfaces of the one before."""

    def __init__(self) -> None:
        self.big = False
        self.known = 0
        self.interfaces = np.zeros(8, dtype=INTERFACE)
        self.next = 0  # where the block after the one read begins

    def read(self, data: NDArray[np.uint8], at: int) -> str | None:
        """Read the block at `at`. Returns what is wrong with it, or None."""
        head = data[at : at + 12].tobytes()
        if int.from_bytes(head[:4], "big") == _SECTION:
            return self._header(data, at, head)
        return self._interface(data, at, head)

    def _header(self, data: NDArray[np.uint8], at: int, head: bytes) -> str | None:
        if len(head) < 12:
            return "cut within a section header"
        if head[8:] == b"\x1a\x2b\x3c\x4d":
            big = True
        elif head[8:] == b"\x4d\x3c\x2b\x1a":
            big = False
        else:
            return "a section header without byte-order magic"
        length = int.from_bytes(head[4:8], "big" if big else "little")
        if length < 28 or length & 3 or length > MAX_BLOCK:
            return "a section header claims an impossible length"
        if at + length > len(data):
            return "cut within a section header"
        self.big = big
        self.known = 0
        self.next = at + length
        return None

    def _interface(self, data: NDArray[np.uint8], at: int, head: bytes) -> str | None:
        order = ">" if self.big else "<"
        length = struct.unpack_from(order + "I", head, 4)[0]  # the framing checked it
        if length < 20:
            return "an interface description is too short"
        if self.known == MAX_INTERFACES:
            return "more interfaces than any capture has"
        body = data[at + 8 : at + length - 4].tobytes()
        link, _, snaplen = struct.unpack_from(order + "HHI", body)
        if self.known == len(self.interfaces):
            self.interfaces = np.concatenate([self.interfaces, np.zeros_like(self.interfaces)])
        row = self.interfaces[self.known]
        row["link"], row["snaplen"], row["fcs"], row["shift"] = link, snaplen, 0, 0
        row["binary"], row["power"] = 0, 6
        self._options(row, body, order)
        self.known += 1
        self.next = at + length
        return None

    @staticmethod
    def _options(row: np.void, body: bytes, order: str) -> None:
        at = 8
        while at + 4 <= len(body):
            code, length = struct.unpack_from(order + "HH", body, at)
            value = body[at + 4 : at + 4 + length]
            if code == 0 or len(value) < length:
                return
            if code == 9 and length == 1:
                row["binary"], row["power"] = value[0] >> 7, value[0] & 0x7F
            elif code == 13 and length == 1:
                row["fcs"] = value[0]
            elif code == 14 and length == 8:
                row["shift"] = struct.unpack(order + "q", value)[0]
            at += 4 + ((length + 3) & ~3)
