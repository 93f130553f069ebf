"""Community ID v1: one name for a flow that all tools agree on (Corelight's public specification, version 1).

    "1:" base64(SHA-1(seed16 · smaller address · larger address · protocol · 0 · its port · other port))

Ports are left out for protocols that have none. ICMP gives in their place its type and the type that answers it; a type
that nothing answers its code, and then the sender stands first, whichever address is smaller: the two ways are two flows.
"""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha1
from ipaddress import ip_address
from struct import pack

from sensor.wire.icmp import ANSWERS

_WITH_PORTS = frozenset({1, 6, 17, 58, 132})


@lru_cache(4_096)
def of_ends(proto: int, one: str, one_port: int, two: str, two_port: int) -> str:
    """The same of addresses as text."""
    return community_id(proto, ip_address(one).packed, one_port, ip_address(two).packed, two_port)


def community_id(proto: int, one: bytes, one_port: int, two: bytes, two_port: int, seed: int = 0) -> str:
    """`proto`: IP protocol number; addresses packed, 4 or 16 bytes. The same for both directions of what has two."""
    one_way = proto in ANSWERS and one_port not in ANSWERS[proto]
    if (one, one_port) > (two, two_port) and not one_way:
        one, two, one_port, two_port = two, one, two_port, one_port
    digest = sha1(pack("!H", seed) + one + two + pack("!BB", proto, 0), usedforsecurity=False)
    if proto in _WITH_PORTS:
        digest.update(pack("!HH", one_port, two_port))
    return "1:" + b64encode(digest.digest()).decode()
