"""When a silent flow is over: after how long, by protocol and state."""

import numpy as np
from numpy.typing import NDArray

from sensor.wire.kernel.layout import Mark

SECOND = 1_000_000_000
CLOSED = 5 * SECOND  # stragglers after FIN or RST
TCP_IDLE = 3_600 * SECOND  # a remote session that nobody touches is still one
TCP_UNANSWERED = 60 * SECOND
UDP_IDLE = 180 * SECOND  # past common NAT bindings (RFC 4787 REQ-5: at least two minutes)
OTHER_IDLE = 60 * SECOND

_TCP, _UDP = 6, 17


def idle_slots(flows: NDArray[np.void], live: NDArray[np.int32], now: int) -> NDArray[np.int32]:
    """Rows of `live` that are over at `now` (ns)."""
    proto = flows["proto"][live]
    tcp = proto == _TCP
    limit = np.where(tcp, TCP_IDLE, np.where(proto == _UDP, UDP_IDLE, OTHER_IDLE))
    unanswered = (flows["orig_pkts"][live] == 0) | (flows["resp_pkts"][live] == 0)
    limit = np.where(tcp & unanswered, TCP_UNANSWERED, limit)
    closed = (flows["marks"][live] & Mark.CLOSED) != 0
    limit = np.where(closed, CLOSED, limit)
    silent = now - flows["last_ts"][live]
    return live[silent > limit]
