"""Community ID v1: one name for a flow that all tools agree on (Corelight's public specification, version 1).

    "1:" base64(SHA-1(seed16 · smaller address · larger address · protocol · 0 · its port · other port))

Ports are left out for protocols that have none; for ICMP the caller gives type and code in their place.
"""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha1
from ipaddress import ip_address
from struct import pack

_WITH_PORTS = frozenset({1, 6, 17, 58, 132})


@lru_cache(4_096)
def community_id(proto: int, orig: str, orig_port: int, resp: str, resp_port: int, seed: int = 0) -> str:
    """`proto`: IP protocol number; addresses as text. The same for both directions."""
    one, two = ip_address(orig).packed, ip_address(resp).packed
    if (one, orig_port) > (two, resp_port):
        one, two, orig_port, resp_port = two, one, resp_port, orig_port
    digest = sha1(pack("!H", seed) + one + two + pack("!BB", proto, 0), usedforsecurity=False)
    if proto in _WITH_PORTS:
        digest.update(pack("!HH", orig_port, resp_port))
    return "1:" + b64encode(digest.digest()).decode()
