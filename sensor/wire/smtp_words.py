"""The words of SMTP: its verbs, its replies, and what its first bytes look like. Called by `sensor.wire.smtp`.

* The client sends lines `VERB arguments`, the server answers `NNN text`, `NNN-text` where more lines follow (RFC 5321 4.2).
* The server speaks first: `220 name ESMTP`. FTP's server says 220 too: what its text or its client says tells them apart.
* A client behind a proxy may first send `PROXY TCP4 …` or the binary form of it (PROXY protocol 2.1, 2.2).
"""

import re

from sensor.wire import Likeness
from sensor.wire.mail_fields import begins_mail

VERBS = frozenset(
    b"EHLO HELO LHLO MAIL RCPT DATA BDAT RSET QUIT NOOP VRFY EXPN HELP STARTTLS AUTH ETRN TURN ATRN BURL SEND SOML SAML".split()
)
MASKED = re.compile(rb"X{4,}[A-Z]?\Z")
"""What a middlebox writes over a word it wants nobody to use: `XXXXXXXX`, `XXXXXXXA`."""

REPLY = re.compile(rb"([2-5][0-9][0-9])(?:([ -])|\r?\Z)")
PROXY_V2 = b"\r\n\r\n\x00\r\nQUIT\n"
MAIL_FIELD = re.compile(
    rb"(?:received|return-path|from|to|subject|date|message-id|mime-version|content-type|x-mailer|reply-to|dkim-signature|delivered-to|arc-seal|cc)[ \t]*:[ \t]",
    re.IGNORECASE,
)
"""A field with which mails begin: where a command should stand, the middle of a mail."""

RESUME = re.compile(
    rb"^(?:MAIL FROM:|RCPT TO:|(?:QUIT|RSET|DATA)\r?\n|(?:EHLO|HELO) [^ \r\n]+\r?\n|BDAT [0-9]+)",
    re.IGNORECASE | re.MULTILINE,
)
"""A command that no gap hides: with it a dialogue is found again after one."""

FIRST_BYTES = 512
ALONE = 4_096
"""Bytes of base64 to which the other side says nothing, after which it is tried as the middle of a mail: a command behind it will tell."""
_STRICT = re.compile(rb"(?:(?:EHLO|HELO|LHLO)[ \r\n]|MAIL FROM:|RCPT TO:|BDAT [0-9]+(?: LAST)?\r?\n)", re.IGNORECASE)
_MAIL_SERVER = re.compile(rb"smtp|lmtp|postfix|exim|sendmail|exchange|mail", re.IGNORECASE)
_BODY = re.compile(rb"[A-Za-z0-9+/=]{0,76}\r?\n(?:(?:[A-Za-z0-9+/]{4}){15,19}\r?\n){2}")
_BEFORE = re.compile(rb"(?:\xff[\xfb-\xfe].|\r?\n)*", re.DOTALL)
"""What people's terminals send before they type (RFC 854), and empty lines."""

_GO_ON = re.compile(rb"^354[ -]", re.MULTILINE)
_SMTP = re.compile(rb"[ (](?:E?SMTPS?|LMTP)\b")  # more than a name: a host named ftp may serve mail
_FTP = re.compile(rb"ftp|filezilla|proftpd|vsftpd", re.IGNORECASE)
_FTP_CLIENT = re.compile(rb"(?:USER|PASS|SYST|FEAT|PASV|EPSV|PORT|LIST|RETR|STOR|TYPE|CWD|PWD|OPTS) ?", re.IGNORECASE)
_KEYWORDS = re.compile(
    rb"^250[ -](?:PIPELINING|8BITMIME|ENHANCEDSTATUSCODES|CHUNKING|BINARYMIME|SMTPUTF8|DSN|ETRN|SIZE ?\d*|AUTH[ =]|STARTTLS)\b",
    re.IGNORECASE | re.MULTILINE,
)
_ENHANCED = re.compile(rb"([245])[0-9][0-9][ -]([245])\.\d{1,3}\.\d{1,3}[ \r\n]")  # RFC 2034
_DOMAIN = re.compile(rb"[a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9])?\Z")
_LITERAL = re.compile(rb"\[(?:ipv6:)?[a-f0-9:.]{2,64}\]\Z")


def domain_of(path: bytes) -> str | None:
    """The part behind the @ of `<local@domain> PARAMETERS` (RFC 5321 4.1.2), lower case, A-labels; else None."""
    path = path.strip()
    if path.startswith(b"<"):
        path = path[1 : end if (end := path.rfind(b">")) > 0 else None]
    elif path:
        path = path.split(None, 1)[0]
    domain = path[path.rfind(b"@") + 1 :].strip().rstrip(b".").lower() if b"@" in path else b""
    if _DOMAIN.match(domain) or _LITERAL.match(domain):
        return domain.decode("ascii")
    if not 0 < len(domain) <= 253:
        return None
    try:  # RFC 6531: U-labels
        name = domain.decode("utf-8").encode("idna")
    except UnicodeError:
        return None
    return name.decode("ascii") if _DOMAIN.match(name) else None


def server_name(banner: bytes) -> str | None:
    """The name a server gives itself in `220 NAME …`, if it is one."""
    word = banner.split(None, 1)[0].rstrip(b".").lower() if banner.strip() else b""
    named = b"." in word and not word.rpartition(b".")[2].isdigit() and _DOMAIN.match(word)
    return word.decode("ascii") if named else None


def begins_command(data: bytes) -> Likeness:
    """Does `data` begin with a command? MAYBE: too little of it is there."""
    line, end, _ = data.partition(b"\n")
    verb, space, rest = line[:32].rstrip(b"\r").upper().partition(b" ")
    whole = bool(end or space)
    if verb in (b"MAIL", b"RCPT") and whole:
        wanted, rest = b"FROM:" if verb == b"MAIL" else b"TO:", rest.lstrip()
        if rest.startswith(wanted):
            return Likeness.YES
        return Likeness.MAYBE if not end and wanted.startswith(rest) else Likeness.NO
    if whole:
        return Likeness.YES if verb in VERBS else Likeness.NO
    return Likeness.MAYBE if any(known.startswith(verb) for known in VERBS) else Likeness.NO


def is_server(data: bytes) -> bool:
    """Does `data` begin with an answer?"""
    return len(data) >= 4 and REPLY.match(data) is not None


def is_client(data: bytes) -> bool:
    """Does `data` begin with what only a client says: a command, a proxy's word for it, or a mail itself?"""
    if data.startswith((b"PROXY ", PROXY_V2[:12])):
        return True
    return begins_command(data) is Likeness.YES or (b"\n" in data and MAIL_FIELD.match(data) is not None)


def probe(orig: bytes, resp: bytes) -> Likeness:
    """Is this an SMTP dialogue, whichever side opened it and wherever the capture begins?"""
    forward = _sides(orig, resp)
    return forward if forward is Likeness.YES else _better(forward, _sides(resp, orig))


def _sides(client: bytes, server: bytes) -> Likeness:
    if _BODY.match(client):  # the middle of an attachment: what the other side answers tells
        if not server:
            return Likeness.YES if len(client) >= ALONE else Likeness.MAYBE
        return Likeness.YES if len(server) >= 4 and REPLY.match(server) else Likeness.NO
    ours, theirs = _client(client), _server(server)
    if Likeness.NO in (ours, theirs):
        return Likeness.NO
    return _better(ours, theirs)


def _better(one: Likeness, other: Likeness) -> Likeness:
    for likeness in (Likeness.YES, Likeness.MAYBE):
        if likeness in (one, other):
            return likeness
    return Likeness.NO


def _client(data: bytes) -> Likeness:
    if data.startswith(b"PROXY "):
        data = data.partition(b"\n")[2]
    if not data or PROXY_V2.startswith(data[:12]):
        return Likeness.MAYBE
    data = _BEFORE.sub(b"", data, count=1)
    if _STRICT.match(data):
        return Likeness.YES
    if MAIL_FIELD.match(data):
        return begins_mail(data)
    if _FTP_CLIENT.match(data):
        return Likeness.NO
    return Likeness.MAYBE if begins_command(data) is not Likeness.NO and len(data) < FIRST_BYTES else Likeness.NO


def _server(data: bytes) -> Likeness:
    if not data:
        return Likeness.MAYBE
    found = REPLY.match(data)
    if found is None:
        return Likeness.MAYBE if len(data) < 4 and data.isdigit() else Likeness.NO
    line = data.partition(b"\n")[0]
    enhanced = _ENHANCED.match(data)
    if _KEYWORDS.search(data) or _GO_ON.search(data) or (enhanced and enhanced[1] == enhanced[2]):
        return Likeness.YES
    if found[1] in (b"220", b"554", b"421"):
        if _SMTP.search(line):
            return Likeness.YES
        if _FTP.search(line):
            return Likeness.NO
        if _MAIL_SERVER.search(line):
            return Likeness.YES
        return Likeness.MAYBE if len(data) < FIRST_BYTES else Likeness.NO
    return Likeness.MAYBE if found[1] in (b"250", b"221", b"550") and len(data) < FIRST_BYTES else Likeness.NO
