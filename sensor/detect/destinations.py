"""Where the practice's bytes go, in one word a peer: the class of destination that the series sum.

A word says what the lists or the policy know of a name: the practice's own other sites, an HDS host, a place where files go by
its class, a messenger, a remote tool, a service that hides what goes through it; "named" is a name that no list knows. A peer
without a name gets none: the tracker says why (`UNNAMED`).
"""

from collections.abc import Callable

from sensor.detect.alert import Hds
from sensor.detect.lists import Destination, Lists
from sensor.detect.policy import Policy

NAMED = "named"
UNNAMED = ("old", "missed", "nameless", "unread")
"""The tracker's words for what has no name: begun before we looked, its hello missed, none given, protocol unknown."""
INSIDE = ("local", "own", "")
OWN = "own"
_BY_LIST = {
    "messengers": "messaging",
    "remote_tools": "remote",
    "mssante": "mssante",
    "public_health": "public_health",
}
HIDDEN = "hidden"
_HIDDEN = {"vpn": "vpn", "tunnel": "vpn", "tor": "tor", "relay": "relay", "ech": "ech", "resolver": "dns"}
"""By what hides the destination: the day's figures say which share went unseen, and why."""
_BY_HDS = {Hds.SERVICE: "hds", Hds.CAPABLE: "hds_capable", Hds.OWN: OWN}


def classifier(lists: Lists, policy: Policy) -> Callable[[str | None, str | None, str], str]:
    """(program, name, address) of a peer outside the practice's network → its class; empty without a name."""

    def classify(program: str | None, host: str | None, ip: str) -> str:
        if policy.networks.sites and policy.is_own(ip):
            return OWN
        destination = lists.of(program, host)
        if destination is not None:
            return word_of(destination)
        return NAMED if host else ""

    return classify


def is_hidden(word: str) -> bool:
    """Whether a class says that something hides the destination; older figures say no more than that."""
    return word == HIDDEN or word.startswith(f"{HIDDEN}_")


def word_of(destination: Destination) -> str:
    """The class of what stands on a list."""
    if destination.hds is not None:
        return _BY_HDS.get(destination.hds, NAMED)
    if destination.list == "blindspots":
        return f"{HIDDEN}_{_HIDDEN[destination.cls]}" if destination.cls in _HIDDEN else HIDDEN
    return _BY_LIST.get(destination.list, destination.cls)
