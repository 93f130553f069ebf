"""Is this the beginning of a mail? Asked where a capture begins in the middle of a dialogue and header fields stand first.

Web pages, calls and news have `Date:`, `From:` and `Content-Type:` too, so the fields decide together: one that only mails have,
and none that only others have.

    mail alone      Received, Return-Path, Message-ID, MIME-Version, DKIM-Signature, Subject… (RFC 5322 3.6, 2045 4, 6376)
    others' own     Server, Host, Connection, Cache-Control… (HTTP), Call-ID, CSeq, Via (SIP, RTSP), Newsgroups, Path, Xref (RFC 5536)
"""

import re

from sensor.wire import Likeness

FIRST_BYTES = 512
"""Bytes of fields that leave it open before it is given up."""

_FIELD = re.compile(rb"^([A-Za-z][A-Za-z0-9-]{1,40})[ \t]*:", re.MULTILINE)
_MAIL = frozenset(
    b"received return-path message-id mime-version subject dkim-signature x-mailer reply-to delivered-to arc-seal".split()
)
_MAYBE = frozenset(b"from to cc date sender content-type user-agent importance x-priority".split())
_OTHERS = frozenset(
    b"server host connection cache-control content-length accept accept-encoding accept-ranges etag last-modified set-cookie cookie"
    b" location transfer-encoding referer authorization x-powered-by vary expires pragma call-id cseq via max-forwards allow"
    b" session transport newsgroups path xref nntp-posting-host".split()
)


def begins_mail(data: bytes) -> Likeness:
    """Does `data` begin with a mail's own fields? MAYBE: too little of it is there."""
    head, ended, _ = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    names = [name.lower() for name in _FIELD.findall(head)]
    if not names or _FIELD.match(head) is None or names[0] not in _MAIL | _MAYBE | _OTHERS:
        return Likeness.NO
    if _OTHERS.intersection(names):
        return Likeness.NO
    if b"\n" in head and (_MAIL.intersection(names) or {b"from", b"to"} <= set(names)):
        return Likeness.YES
    return Likeness.NO if ended or len(data) >= FIRST_BYTES else Likeness.MAYBE
