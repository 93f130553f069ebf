"""The words of IMAP: its commands and answers, and what its first bytes look like. Called by `sensor.wire.imap`.

* A command is `TAG VERB …`, an answer `TAG OK|NO|BAD …`, what is told beside it `* …`, a challenge `+ …` (RFC 9051 2.2).
* The server greets `* OK`; other protocols say `*` too (Redis), so its words, or a client's command, have to be IMAP's.
"""

import re

from sensor.wire import Likeness

FIRST_BYTES = 512

_VERBS = (
    b"CAPABILITY|NOOP|LOGOUT|STARTTLS|AUTHENTICATE|LOGIN|SELECT|EXAMINE|CREATE|DELETE|RENAME|SUBSCRIBE|UNSUBSCRIBE|LIST|LSUB|STATUS"
    b"|APPEND|CHECK|CLOSE|UNSELECT|EXPUNGE|SEARCH|FETCH|STORE|COPY|MOVE|UID|IDLE|ID|ENABLE|NAMESPACE|COMPRESS|GETQUOTA\\w*|XLIST|SORT|THREAD"
)
COMMAND = re.compile(rb"([A-Za-z0-9.$_:/-]{1,64}) (?:UID )?(" + _VERBS + rb")(?=[ \r\n]|\Z)", re.IGNORECASE)
TAGGED = re.compile(rb"([A-Za-z0-9.$_:/-]{1,64}) (OK|NO|BAD)(?=[ \r\n]|\Z)", re.IGNORECASE)
UNTAGGED = re.compile(
    rb"\* (?:OK|PREAUTH|BYE|NO|BAD|CAPABILITY|FLAGS|LIST|LSUB|SEARCH|STATUS|ID|NAMESPACE|ENABLED|\d+ (?:EXISTS|RECENT|EXPUNGE|FETCH))(?=[ \r\n]|\Z)",
    re.IGNORECASE,
)
FETCH = re.compile(rb"\* (\d{1,10}) FETCH \(", re.IGNORECASE)
LITERAL = re.compile(rb"~?\{(\d{1,10})\+?\}\Z")
SECTION = re.compile(
    rb"(BODY|BINARY|RFC822(?:\.TEXT|\.HEADER)?)(?:\[([^\]]{0,64})[^\]]*\])?(?:<(\d{1,10})>)? ~?\{\d+\+?\}\Z",
    re.IGNORECASE,
)
PARTIAL = re.compile(rb"<\d{1,10}\.(\d{1,10})>")
NUMBER = re.compile(r"[1-9][0-9.]*\Z")
CAPABILITY = re.compile(rb"CAPABILITY ([^\]]*)", re.IGNORECASE)


def is_client(data: bytes) -> bool | None:
    """Is whoever says `data` first the client? None: too little of it is there."""
    if b"\n" not in data:
        return None
    return COMMAND.match(data) is not None and not UNTAGGED.match(data) and not TAGGED.match(data)


def probe(orig: bytes, resp: bytes) -> Likeness:
    """Is this an IMAP dialogue, whichever side opened it?"""
    said = (_sides(orig, resp), _sides(resp, orig))
    for likeness in (Likeness.YES, Likeness.MAYBE):
        if likeness in said:
            return likeness
    return Likeness.NO


def _sides(client: bytes, server: bytes) -> Likeness:
    if server and b"\n" in server and not (UNTAGGED.match(server) or TAGGED.match(server)):
        return Likeness.NO
    if client and b"\n" in client and not COMMAND.match(client):
        return Likeness.NO
    greeting = server.partition(b"\n")[0].upper()
    if (
        server
        and b"\n" in server
        and (b"IMAP" in greeting or b"[CAPABILITY" in greeting or greeting.startswith((b"* PREAUTH", b"* CAPABILITY")))
    ):
        return Likeness.YES
    both = bool(COMMAND.match(client)) + bool(UNTAGGED.match(server) or TAGGED.match(server))
    sure = re.match(rb"\* \d+ (?:EXISTS|RECENT|FETCH)", server) or re.match(
        rb"\S{1,64} (?:CAPABILITY\r?\n|LOGIN \S+ |AUTHENTICATE |SELECT |UID FETCH |FETCH \d|APPEND )", client
    )
    if sure or both == 2:
        return Likeness.YES
    plausible = both or (client + server)[:1] == b"*" or max(len(client), len(server)) < 80
    return Likeness.MAYBE if plausible and max(len(client), len(server)) < FIRST_BYTES else Likeness.NO
