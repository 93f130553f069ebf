import numpy as np
import pytest

from sensor.track.expiry import CLOSED, OTHER_IDLE, TCP_IDLE, TCP_UNANSWERED, UDP_IDLE, idle_slots
from sensor.wire.kernel.layout import FLOW, Mark

NOW = 10_000_000_000_000


@pytest.mark.parametrize(
    ("what", "proto", "resp_pkts", "marks", "limit"),
    [
        ("answered TCP", 6, 1, 0, TCP_IDLE),
        ("a scan's SYN", 6, 0, 0, TCP_UNANSWERED),
        ("closed TCP", 6, 1, Mark.CLOSED, CLOSED),
        ("UDP", 17, 1, 0, UDP_IDLE),
        ("ICMP", 1, 1, 0, OTHER_IDLE),
    ],
)
def test_each_kind_of_flow_has_its_own_patience(what, proto, resp_pkts, marks, limit):
    flows = np.zeros(2, dtype=FLOW)
    flows["proto"], flows["orig_pkts"], flows["resp_pkts"], flows["marks"] = proto, 1, resp_pkts, marks
    flows["last_ts"] = [NOW - limit, NOW - limit - 1]
    assert idle_slots(flows, np.arange(2, dtype=np.int32), NOW).tolist() == [1]
