"""Against the published test vectors of the specification (version 1, seed 0 and 1)."""

from ipaddress import ip_address

import pytest

from sensor.track.community_id import community_id


@pytest.mark.parametrize(
    ("proto", "orig", "orig_port", "resp", "resp_port", "expected"),
    [
        (6, "128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
        (6, "66.35.250.204", 80, "128.232.110.120", 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
        (17, "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
        (17, "8.8.8.8", 53, "192.168.1.52", 54585, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
    ],
)
def test_published_vectors(proto, orig, orig_port, resp, resp_port, expected):
    assert community_id(proto, ip_address(orig).packed, orig_port, ip_address(resp).packed, resp_port) == expected


def test_another_seed_gives_another_name():
    flow = (6, bytes((192, 0, 2, 1)), 1, bytes((192, 0, 2, 2)), 2)
    assert community_id(*flow, seed=1) != community_id(*flow)
