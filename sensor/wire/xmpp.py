"""XMPP's opening: whose server it is, and whether TLS begins (RFC 6120, 4.7, 5.4 and 6.4; RFC 3920; XEP-0114 not).

    client <?xml version='1.0'?><stream:stream xmlns='jabber:client' to='example.org' …>       server the same with from=
    server <stream:features><starttls …>…          client <starttls …/>     server <proceed …/>     then TLS
    client <auth mechanism='PLAIN'>…</auth>        server <success …/> | <failure>…

A capture that began late shows <message type='chat' …>, <presence from= to= …>, <iq id= type='get' …> or an <r/> that asks how far the
other side has read (XEP-0198).

Addresses, secrets and messages are skipped, never kept. After <proceed/> TLS follows: `Rest.HANDOVER`. Told once.
"""

import re
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire.records import Tls, Xmpp
from sensor.wire.sasl import mechanism
from sensor.wire.sides import TwoSides, any_side
from sensor.wire.text import host_name

LARGEST = 16_384  # of the elements up to TLS or the log-in's answer
FIRST_BYTES = 512
OLD_MECHANISM = "jabber:iq:auth"  # XEP-0078, which has no mechanisms

_STREAM = re.compile(
    rb"\s*(?:<\?xml[^>]{0,128}\?>\s*)?<stream:stream\s[^>]*?xmlns(?::\w+)?=['\"](?:jabber:|http://etherx\.jabber\.org/)"
)
_BEGINS = re.compile(rb"\s*(?:<\?xml[^>]{0,128}\?>\s*)?<stream:stream\s[^>]*\Z")
_PROLOGUE = re.compile(
    rb"\s*<?\??[xml]{0,3}\Z|\s*<\?xml[^>]{0,128}\Z|\s*(?:<\?xml[^>]{0,128}\?>\s*)?<?[stream:]{0,13}\Z"
)
_STANZA = re.compile(
    rb"\s*<(?:iq\s(?=[^>]*\bid=)[^>]*\btype=['\"](?:get|set|result|error)['\"]|[ar]\s+xmlns=['\"]urn:xmpp:sm:"
    rb"|message\s[^>]*\btype=['\"](?:chat|groupchat|headline)['\"]|presence\s(?=[^>]*\bfrom=['\"][^'\"@]+@)[^>]*\bto=['\"])"
)
_STANZA_BEGINS = re.compile(rb"\s*<([a-z]{0,8})(\s[^>]*)?\Z")
_STANZAS = (b"iq", b"message", b"presence", b"a", b"r")
_HEAD = re.compile(rb"<stream:stream\s[^>]*>")
_TO = re.compile(rb"\sto=['\"]([^'\"]{1,255})['\"]")
_FROM = re.compile(rb"\sfrom=['\"]([^'\"]{1,255})['\"]")
_AUTH = re.compile(rb"<auth\s[^>]*?mechanism=['\"]([^'\"]{1,64})['\"]")
_OLD_AUTH = re.compile(rb"<query\s[^>]*?xmlns=['\"]jabber:iq:auth['\"]")
_PROCEED = re.compile(rb"<proceed\s[^>]*/>|<proceed\s[^>]*>\s*</proceed>")
_OVER = re.compile(rb"<(success|failure)[\s/>]")


class XmppReader(TwoSides):
    """Buffer: 16 KiB in each direction."""

    service: ClassVar[str] = "xmpp"

    def __init__(self) -> None:
        super().__init__()
        self._buffers = (bytearray(), bytearray())

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        buffer = self._buffers[from_orig]
        searched = max(len(buffer) - 512, 0)  # no element looked for is longer
        buffer += data
        if _STANZA.match(buffer[:FIRST_BYTES]):
            return Events((Xmpp(None, "none"),), Rest.DONE)
        proceed = None if from_orig else _PROCEED.search(buffer, searched)
        if proceed:
            left = bytes(buffer[proceed.end() :]).lstrip()
            asked = self._buffers[True].find(b"<starttls")
            behind = self._buffers[True].find(b">", asked) + 1
            orig = bytes(self._buffers[True][behind:]) if asked >= 0 else b""
            return Events((self._record("established"),), Rest.HANDOVER, left_orig=_closed(orig), left_resp=left)
        if (not from_orig and _OVER.search(buffer, searched)) or len(buffer) > LARGEST:
            return self._finish()
        return MORE

    def _finish(self) -> Outcome:
        if not any(_HEAD.search(buffer) for buffer in self._buffers):
            return GiveUp("no stream")
        offered = b"<starttls" in self._buffers[False]
        return Events((self._record("offered" if offered else "none"),), Rest.DONE)

    def _record(self, tls: Tls) -> Xmpp:
        resp, orig = self._buffers
        asked, answered = _HEAD.search(orig), _HEAD.search(resp)
        named = (asked and _TO.search(asked[0])) or (answered and _FROM.search(answered[0]))
        auth = _AUTH.search(orig)
        over = _OVER.search(resp)
        named_so = mechanism(auth[1]) if auth else OLD_MECHANISM if _OLD_AUTH.search(orig) else None
        success = None if over is None or named_so is None else over[1] == b"success"
        return Xmpp(host_name(named[1]) if named else None, tls, named_so, success)


def _closed(left: bytes) -> bytes:
    """What the client sent behind its <starttls>, which may be closed by an element of its own, or end its line (go-sendxmpp)."""
    return left.removeprefix(b"</starttls>").lstrip()


def probe(orig: bytes, resp: bytes) -> Likeness:
    return any_side(_judge, orig, resp)


def _judge(data: bytes) -> Likeness:
    head = data[:FIRST_BYTES]
    if not head[:1].isspace() and head[:1] != b"<":
        return Likeness.NO
    if _STREAM.match(head) or _STANZA.match(head):
        return Likeness.YES
    unsure = len(head) < FIRST_BYTES and (_BEGINS.match(head) or _PROLOGUE.match(head) or _stanza_begins(head))
    return Likeness.MAYBE if unsure else Likeness.NO


def _stanza_begins(head: bytes) -> bool:
    """An element whose name may be a stanza's, still open."""
    found = _STANZA_BEGINS.match(head)
    if found is None:
        return False
    return found[1] in _STANZAS if found[2] else any(name.startswith(found[1]) for name in _STANZAS)
