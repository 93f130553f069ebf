"""Who made a network card: scapy's copy of Wireshark's table of MAC prefixes, asked once a device.

The table is text, sorted, a line a prefix: "00:00:01<tab>short name<tab>full name". It is searched, not loaded into a
mapping: a practice has some dozens of devices, and 40,000 entries would cost start-up time and memory.
"""

from functools import cache, lru_cache

_PREFIX = len("aa:bb:cc")
_LOCALLY_ADMINISTERED = 0x02


@cache
def _table() -> str:
    from scapy.libs.manuf import DATA  # noqa: PLC0415  a fifth of a second, spent only where a MAC is seen

    return "\n" + str(DATA)


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
