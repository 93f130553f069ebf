"""What a row says of a flow's two ends before anything of it was read: who is the practice's, and what it is carried in."""

from sensor.track.addresses import ip_text
from sensor.track.observation import Direction, Outer
from sensor.track.rows import Row
from sensor.wire.kernel.layout import Tunnel


def carried(row: Row) -> Outer:
    ends = (row.outer_orig_hi, row.outer_orig_lo), (row.outer_resp_hi, row.outer_resp_lo)
    orig, resp = (ip_text(*end) if any(end) else None for end in ends)
    return Outer(Tunnel(row.tunnel).name.lower(), orig, resp)


def is_group(mac: str) -> bool:
    """Broadcast or multicast: nobody's card."""
    return bool(int(mac[:2], 16) & 1)


def direction(orig_local: bool, resp_local: bool, *, shared: bool) -> Direction:
    if orig_local:
        return Direction.INTERNAL if resp_local or shared else Direction.OUTBOUND
    # between strangers the originator is taken as the practice's: a capture says no more
    return Direction.INBOUND if resp_local else Direction.OUTBOUND
