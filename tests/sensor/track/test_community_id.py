"""Against the published test vectors of the specification (version 1, seed 0 and 1)."""

from ipaddress import ip_address

import pytest

from sensor.track.community_id import community_id

CARD_A, CARD_B = "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea"
SITE_A, SITE_B = "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:507:0:1:260:97ff:fe07:69ea"


@pytest.mark.parametrize(
    ("proto", "orig", "orig_port", "resp", "resp_port", "expected"),
    [
        (6, "128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
        (6, "66.35.250.204", 80, "128.232.110.120", 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
        (17, "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
        (17, "8.8.8.8", 53, "192.168.1.52", 54585, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
        (1, "192.168.0.89", 8, "192.168.0.1", 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
        (1, "192.168.0.1", 0, "192.168.0.89", 8, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
        (1, "192.168.0.89", 20, "192.168.0.1", 0, "1:3o2RFccXzUgjl7zDpqmY7yJi8rI="),
        (1, "192.168.0.89", 20, "192.168.0.1", 1, "1:tz/fHIDUHs19NkixVVoOZywde+I="),
        (58, CARD_A, 135, CARD_B, 136, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="),
        (58, CARD_B, 136, CARD_A, 135, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="),
        (58, SITE_B, 3, SITE_A, 0, "1:NdobDX8PQNJbAyfkWxhtL2Pqp5w="),
        (58, SITE_A, 3, SITE_B, 0, "1:/OGBt9BN1ofenrmSPWYicpij2Vc="),
    ],
)
def test_published_vectors(proto, orig, orig_port, resp, resp_port, expected):
    assert community_id(proto, ip_address(orig).packed, orig_port, ip_address(resp).packed, resp_port) == expected


def test_another_seed_gives_another_name():
    flow = (6, bytes((192, 0, 2, 1)), 1, bytes((192, 0, 2, 2)), 2)
    assert community_id(*flow, seed=1) != community_id(*flow)
