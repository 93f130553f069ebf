"""Who made a network card: scapy's copy of Wireshark's table of MAC prefixes, asked once a device.

The table is text, sorted, a line a prefix: "00:00:01<tab>short name<tab>full name". It is searched, not loaded into a
mapping: a practice has some dozens of devices, and 40,000 entries would cost start-up time and memory. scapy keeps it packed;
unpacked once, it lies beside Python's own compiled files, as old as scapy's.
"""

import contextlib
import os
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

_PREFIX = len("aa:bb:cc")
_LOCALLY_ADMINISTERED = 0x02


UNPACKED = Path(__file__).parent / "__pycache__" / "vendors.txt"


@cache
def _table() -> str:
    packed = find_spec("scapy")
    assert packed is not None
    assert packed.origin is not None
    made = (Path(packed.origin).parent / "libs" / "manuf.py").stat().st_mtime
    with contextlib.suppress(OSError):
        if UNPACKED.stat().st_mtime == made:
            return UNPACKED.read_text(encoding="utf-8")
    from scapy.libs.manuf import DATA  # noqa: PLC0415  a fifth of a second, spent once an installation

    table = "\n" + str(DATA)
    with contextlib.suppress(OSError):  # where the code may not be written, each start unpacks
        half = UNPACKED.with_suffix(f".{os.getpid()}")
        half.write_text(table, encoding="utf-8")
        os.utime(half, (made, made))
        half.replace(UNPACKED)
    return table


@lru_cache(1_024)
def vendor(mac: str) -> str | None:
    """The full name of the maker of "aa:bb:cc:dd:ee:ff"; None if unknown, or if the address is a random one (bit 1 of the
    first byte, IEEE 802c).
    """
    if int(mac[:2], 16) & _LOCALLY_ADMINISTERED:
        return None
    table = _table()
    at = table.find("\n" + mac[:_PREFIX].upper())
    if at < 0:
        return None
    line = table[at + 1 : table.find("\n", at + 1)]
    prefix, _, names = line.partition("\t")
    if prefix.strip() != mac[:_PREFIX].upper():  # a longer prefix: the block is shared by several makers
        return None
    return names.rpartition("\t")[2].strip() or None
