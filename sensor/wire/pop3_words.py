"""The words of POP3: its commands and answers, and what its first bytes look like. Called by `sensor.wire.pop3`.

* An answer is `+OK text` or `-ERR text`; a command four letters and its arguments (RFC 1939 3).
* Redis answers `+OK` and `-ERR` too, and knows AUTH, LIST and QUIT: its server does not speak first, and says no more.
"""

import re

from sensor.wire import Likeness

FIRST_BYTES = 512

ANSWER = re.compile(rb"(?:\+OK|-ERR)(?=[ \r\n]|\Z)")
_SURE_COMMAND = re.compile(rb"(?:CAPA|STLS|UIDL|STAT|APOP [^\r\n]+|RETR \d+|TOP \d+ \d+|UIDL \d+)\r?\n", re.IGNORECASE)
COMMAND = re.compile(
    rb"(?:USER|PASS|APOP|CAPA|STLS|AUTH|STAT|LIST|UIDL|RETR|TOP|DELE|NOOP|RSET|QUIT|UTF8|LANG|XTND)\b", re.IGNORECASE
)
_COMMON = re.compile(rb"(?:AUTH|LIST|QUIT|NOOP|RSET|UTF8|LANG)\b", re.IGNORECASE)
RESUMED = re.compile(rb"^(?:\+OK|-ERR)[ \r]", re.MULTILINE)
MAILS = frozenset({b"RETR", b"TOP"})


def begins_answer(data: bytes) -> Likeness:
    if ANSWER.match(data):
        return Likeness.YES
    return Likeness.MAYBE if any(word.startswith(data) for word in (b"+OK", b"-ERR")) else Likeness.NO


def probe(orig: bytes, resp: bytes) -> Likeness:
    """Is this a POP3 dialogue, whichever side opened it?"""
    said = (_sides(orig, resp), _sides(resp, orig))
    for likeness in (Likeness.YES, Likeness.MAYBE):
        if likeness in said:
            return likeness
    return Likeness.NO


def _sides(client: bytes, server: bytes) -> Likeness:
    if server and not ANSWER.match(server):
        return Likeness.MAYBE if begins_answer(server) is Likeness.MAYBE and not client else Likeness.NO
    if client and not COMMAND.match(client):
        return Likeness.MAYBE if len(client) < 4 and client.isalpha() and not server else Likeness.NO
    bare = (
        server.startswith(b"-ERR") or server.partition(b"\n")[0].strip() == b"+OK"
    )  # Redis says so too, and knows AUTH, LIST and QUIT
    if _SURE_COMMAND.match(client) or (client and server and not (bare and _COMMON.match(client))):
        return Likeness.YES
    if b"POP" in server.partition(b"\n")[0].upper():
        return Likeness.YES
    return Likeness.MAYBE if max(len(client), len(server)) < FIRST_BYTES else Likeness.NO
