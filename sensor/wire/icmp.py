"""ICMP's types that answer one another (RFC 792, 950, 1256; RFC 4443, 2710, 4861, 4620, 6275), as Community ID and Zeek pair them.

Asked by the compiled loop, which makes a question and its answer one flow, and for the flow's Community ID.
"""

ICMP, ICMPV6 = 1, 58  # IP protocol numbers

PAIRS: dict[int, tuple[tuple[int, int], ...]] = {
    ICMP: ((8, 0), (13, 14), (15, 16), (17, 18), (10, 9)),
    ICMPV6: ((128, 129), (130, 131), (133, 134), (135, 136), (139, 140), (144, 145)),
}

ANSWERS: dict[int, dict[int, int]] = {
    proto: {one: other for pair in pairs for one, other in (pair, pair[::-1])} for proto, pairs in PAIRS.items()
}
"""By protocol: the type that answers a type, or that it answers."""
