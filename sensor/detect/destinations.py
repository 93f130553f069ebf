"""Where the practice's bytes go, in one word a peer: the class of destination that the series sum.

A word says what the lists or the policy know of a name: the practice's own other sites, an HDS host, a place where files go by
its class, a messenger, a remote tool, a service that hides what goes through it; "named" is a name that no list knows. A peer
without a name gets none: the tracker says why.
"""

from collections.abc import Callable

from sensor.detect.alert import Hds
from sensor.detect.lists import Destination, Lists
from sensor.detect.policy import Policy

NAMED = "named"
OWN = "own"
_BY_LIST = {
    "messengers": "messaging",
    "remote_tools": "remote",
    "mssante": "mssante",
    "public_health": "public_health",
    "blindspots": "hidden",
}
_BY_HDS = {Hds.SERVICE: "hds", Hds.CAPABLE: "hds_capable", Hds.OWN: OWN}


def classifier(lists: Lists, policy: Policy) -> Callable[[str | None, str | None, str], str]:
    """(program, name, address) of a peer outside the practice's network → its class; empty without a name."""

    def classify(program: str | None, host: str | None, ip: str) -> str:
        if policy.networks.sites and policy.is_own(ip):
            return OWN
        destination = lists.of(program, host)
        if destination is not None:
            return _word(destination)
        return NAMED if host else ""

    return classify


def _word(destination: Destination) -> str:
    if destination.hds is not None:
        return _BY_HDS.get(destination.hds, NAMED)
    return _BY_LIST.get(destination.list, destination.cls)
