"""Calls from person to person (aiortc): whose they are only the server says by which they found each other."""

from functools import partial

from tests.lab.lab import Lab
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import cloud, webrtc

SECONDS = 6
MEDIA = (Seen("udp", 3478, "medecin", "call", out=20, into=40),)


def _call(server: str, lab: Lab) -> None:
    cloud.turn(lab["call"])
    webrtc.call(lab["medecin"], lab["stranger"], server, SECONDS)


SCENARIOS = (
    Scenario(
        name="like_call_telehealth",
        text="A video consultation, straight to the patient: media as in a messenger's call, and nobody's app.",
        act=partial(_call, "visio.lab.example"),
        seen=MEDIA,
        roots=("webrtc",),
    ),
    Scenario(
        name="messenger_call_peer",
        text="A messenger's call, straight to the other person: told by the socket that asked the messenger's server for its address.",
        act=partial(_call, "turn2.whispersystems.org"),
        told=(
            Told("messaging", "signal", "session", device="medecin", confidence="probable", severity=("medium",), out=20_000),
        ),
        seen=MEDIA,
        roots=("webrtc",),
    ),
    Scenario(
        name="like_call_telephone",
        text="A call by telephone over IP: media both ways without STUN, and nobody's app.",
        act=lambda lab: webrtc.telephone(lab["accueil"], lab["call"], SECONDS),
        seen=(Seen("udp", 4_000, "accueil", "call", out=20_000, into=20_000),),
        roots=("webrtc",),
    ),
)  # fmt: skip
