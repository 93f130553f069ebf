"""Why a peer has no name, in the series' words. The rest of a flow is tested through the tracker."""

from types import SimpleNamespace

import pytest

from sensor.track.flow import Flow
from sensor.track.observation import Direction
from sensor.track.traffic import no_classes


def flow(**changes):
    plain = {
        "device": SimpleNamespace(group="own"),
        "_direction": Direction.OUTBOUND,
        "_peer_end": lambda: SimpleNamespace(ip="203.0.113.9"),
        "program": None,
        "host": None,
        "midstream": False,
        "service": "",
        "services": (),
        "hides": None,
        "quic_like": False,
    }
    return SimpleNamespace(**(plain | changes))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"midstream": True, "service": "ssl", "services": ("ssl",)}, "old"),
        ({"service": "quic", "services": ("quic",)}, "missed"),
        ({"service": "ssl", "services": ("ssl",)}, "nameless"),
        ({}, "unread"),
        ({"quic_like": True}, "missed"),
        ({"hides": "ech", "service": "ssl", "services": ("ssl",)}, "hidden_ech"),
        ({"hides": "doq", "service": "quic", "services": ("quic",)}, "hidden_dns"),
        ({"hides": "proxy"}, "unread"),
        ({"_direction": Direction.INTERNAL}, "local"),
        ({"device": SimpleNamespace(group="guest")}, ""),
    ],
)
def test_why_there_is_no_name(changes, word):
    assert Flow.destination(flow(**changes), no_classes) == word


def test_what_lists_know_comes_first():
    assert Flow.destination(flow(midstream=True), lambda *_: "hds") == "hds"
