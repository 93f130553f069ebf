"""What detection a scenario needs, and which piece of work brings it: until Vigie has it, the scenario waits.

Asked of Vigie itself: the protocols that its readers know, and the applications and categories that its rules name.
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
    "exposure:smtp": MAIL,
    "exposure:password": MAIL,
    "ftp": CLEAR,
    "dicom": CLEAR,
    "telnet": SESSIONS,
    "upload:call": SESSIONS,
    "remote:scp": SESSIONS,
    "remote:sftp": SESSIONS,
    "quic": NAMES,
    "xmpp": NAMES,
    "irc": NAMES,
    "wireguard": NAMES,
}

_RULES = Path(__file__).parents[2] / "rules"


@cache
def known() -> frozenset[str]:
    """Words of `NEEDS` that Vigie has."""
    from sensor.wire.readers import DATAGRAMS, STREAMS

    words = {entry.service for entry in (*STREAMS, *DATAGRAMS)}
    for file in _RULES.glob("*/*.y*ml"):
        text = file.read_text(encoding="utf-8")
        words |= {
            f"{file.parent.name}:{word}" for word in re.findall(r"\b[a-z0-9]{3,}\b", f"{file.stem} {text}".lower())
        }
    return frozenset(words)


def waits_for(needs: tuple[str, ...]) -> list[str]:
    """Subjects of the work that these needs wait for."""
    return sorted({NEEDS[need] for need in needs if need not in known()})
