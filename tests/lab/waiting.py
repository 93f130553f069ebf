"""What detection a scenario needs, and which piece of work brings it: until Vigie has it, the scenario waits.

Asked of Vigie itself: the protocols that its readers know, and the words of its rules' names.
"""

import re
from functools import cache
from pathlib import Path

MAIL = "Mail with attachments in clear: every protocol, every trick, no false alarm"
NAMES = "Who talks to whom: names of flows, messaging apps, and what cannot be seen"
SESSIONS = "Remote-maintenance sessions and uploads: objects a DPO can act on"

CLEAR = "Exposures: what travels in clear (no issue of its own yet)"

NEEDS = {
    "pop3": MAIL,
    "imap": MAIL,
    "exposure:mail": MAIL,
    "exposure:password": MAIL,
    "exposure:ftp": CLEAR,
    "exposure:dicom": CLEAR,
    "telnet": SESSIONS,
    "quic": NAMES,
    "xmpp": NAMES,
    "irc": NAMES,
}

_RULES = Path(__file__).parents[2] / "rules"


@cache
def known() -> frozenset[str]:
    """Words of `NEEDS` that Vigie has."""
    from sensor.wire.readers import DATAGRAMS, STREAMS

    words = {entry.service for entry in (*STREAMS, *DATAGRAMS)}
    for file in _RULES.glob("*/*.y*ml"):
        for name in re.findall(r"^name: (\S+)", file.read_text(encoding="utf-8"), re.MULTILINE):
            words |= {f"{file.parent.name}:{word}" for word in name.split("-")}
    return frozenset(words)


def waits_for(needs: tuple[str, ...]) -> list[str]:
    """Subjects of the work that these needs wait for."""
    return sorted({NEEDS[need] for need in needs if need not in known()})
