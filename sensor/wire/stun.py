"""STUN and TURN, with which calls find their way: what a flow's messages say of who made them (RFC 8489, RFC 8656, RFC 3489).

    type(2)  length(2)  0x2112A442  transaction(12)  then attributes: type(2) length(2) value, filled up to a multiple of 4

Before the cookie came (RFC 3489), transactions had 16 bytes: then type, length and every attribute must fit. On a stream messages
stand one behind the other, or each behind its length(2) (RFC 4571).

Whose call it is, by what no standard and no other program sends (facts: nDPI, stun.c):

    WhatsApp    attributes 0x4000 to 0x4004 and 0x4007, message types 0x0800 to 0x0802, 0x0804, 0x0805
    Zoom        attributes 0x0101, 0x0103           Google Meet   attribute 0xFF03
    Skype       attributes 0x0800, 0x24DF, 0x3802, 0x8006, 0x8036, 0x8095
    Teams       CANDIDATE-IDENTIFIER, IMPLEMENTATION-VERSION 2|3, MS-SERVICE-QUALITY (MS-ICE2, MS-TURN), or behind its own
                0xFF10 length(2) session(8) (MS-TURN 2.2.3); Skype's last versions sent them too
    Snapchat    its name on the certificate of the DTLS that follows
    by REALM    facebook (Messenger), signal.org and whispersystems.org, telegram, viber, google.com (Meet); a realm need be no
                host's name: "turner.facebook"

Users and their proofs are skipped. Told with the first message, and once more if a later one says more. The media of a call whose
program nothing has told yet is looked for on the same flow (`sensor.wire.rtp`).
"""

from dataclasses import replace

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, ParseError, Rest, dtls
from sensor.wire.cursor import Cursor
from sensor.wire.records import Stun
from sensor.wire.rtp import MOST_DATAGRAMS, WHILE_IT_RINGS, RtpWatch
from sensor.wire.sides import likeness
from sensor.wire.text import host_name, printable

COOKIE = b"\x21\x12\xa4\x42"
HEADER = 20

SOFTWARE, REALM = 0x8022, 0x0014
METHODS = {1: "binding", 2: "shared-secret", 3: "allocate", 4: "refresh", 6: "send", 7: "data", 8: "create-permission",
           9: "channel-bind", 10: "connect", 11: "connection-bind", 12: "connection-attempt"}  # fmt: skip
WHATSAPP_TYPES = frozenset((0x0800, 0x0801, 0x0802, 0x0804, 0x0805))
APPS = {
    **dict.fromkeys((0x4000, 0x4001, 0x4002, 0x4003, 0x4004, 0x4007), "whatsapp"),
    **dict.fromkeys((0x0101, 0x0103), "zoom"),
    **dict.fromkeys((0x0800, 0x24DF, 0x3802, 0x8006, 0x8036, 0x8095), "skype"),
    0xFF03: "google-chat",
}
CANDIDATE_IDENTIFIER, SERVICE_QUALITY, IMPLEMENTATION_VERSION = 0x8054, 0x8055, 0x8070
MULTIPLEXED, MULTIPLEXED_HEADER = b"\xff\x10", 12
OLD_TYPES = frozenset((0x0001, 0x0101, 0x0111, 0x0002, 0x0102, 0x0112, 0x0003, 0x0103, 0x0113))
OLD_ATTRIBUTES = 0x0024
STANDARD_HIGH = 0x8000
REALMS = {
    "facebook.com": "messenger",
    "signal.org": "signal",
    "whispersystems.org": "signal",
    "telegram.org": "telegram",
    "viber.com": "viber",
    "google.com": "google-chat",
}
MAKERS = {"Snapchat Inc.": "snapchat"}
BARE_REALMS = {"facebook": "messenger", "telegram": "telegram", "viber": "viber"}


class StunSession:
    """Keeps what was told, and the last numbers of the media that runs on the same flow."""

    def __init__(self) -> None:
        self._told: Stun | None = None
        self._media = RtpWatch()
        self._datagrams = 0

    def datagram(self, data: bytes, from_orig: bool) -> Outcome:
        self._datagrams += 1
        last = self._datagrams >= (WHILE_IT_RINGS if self._media.counts else MOST_DATAGRAMS)
        try:
            said = read(data)
        except ParseError:  # media, DTLS, what a relay's channel carries
            heard = self._media.heard(data, from_orig)
            if heard is not None:
                return Events((heard,), Rest.DONE)
            return self._other(data) or (Events((), Rest.DONE) if last else MORE)
        told = self._told
        if told is not None:
            said = replace(
                told, software=told.software or said.software, realm=told.realm or said.realm, app=told.app or said.app
            )
        self._told = said
        records = () if said == told else (said,)
        if last or said.app:
            return Events(records, Rest.DONE)
        return Events(records) if records else MORE

    def _other(self, data: bytes) -> Events | None:
        """DTLS whose certificate names the program's maker."""
        app = MAKERS.get(dtls.maker(data) or "")
        return Events((replace(self._told or Stun("binding"), app=app),), Rest.DONE) if app else None


def read(data: bytes) -> Stun:
    """One message. `ParseError` if it is none."""
    inside = _inside(data)
    if _message(inside) is not Likeness.YES:
        raise ParseError("not a STUN message")
    multiplexed = len(inside) < len(data)
    data = inside
    kind = data[0] << 8 | data[1]
    cursor = Cursor(data, HEADER)
    software = realm = None
    app = "teams-work" if multiplexed else "whatsapp" if kind in WHATSAPP_TYPES else None
    while cursor.left >= 4:
        attribute, size = cursor.u16(), cursor.u16()
        value = cursor.take(size)
        cursor.skip(min(-size % 4, cursor.left))
        if attribute == SOFTWARE:
            software = printable(value.rstrip(b"\0")) or None
        elif attribute == REALM:
            realm = host_name(value.rstrip(b"\0"))
        else:
            app = app or _of_attribute(attribute, value)
    return Stun(method_name(kind), software, realm, app or (_of_realm(realm) if realm else None))


def _of_attribute(attribute: int, value: bytes) -> str | None:
    identified = attribute == CANDIDATE_IDENTIFIER and len(value) == 4 and not any(value[1:])
    versioned = attribute == IMPLEMENTATION_VERSION and value in (b"\0\0\0\2", b"\0\0\0\3")
    measured = attribute == SERVICE_QUALITY and len(value) == 4
    return "teams-work" if identified or versioned or measured else APPS.get(attribute)


def method_name(kind: int) -> str:
    """The method's bits stand around those of the class (RFC 8489, 5)."""
    method = (kind & 0x3E00) >> 2 | (kind & 0x00E0) >> 1 | kind & 0x000F
    return METHODS.get(method, f"{kind:04x}")


def _of_realm(realm: str) -> str | None:
    bare = BARE_REALMS.get(realm.rpartition(".")[2])
    return bare or next((app for name, app in REALMS.items() if realm == name or realm.endswith("." + name)), None)


def read_datagram(data: bytes, from_orig: bool) -> Outcome:
    """Datagram reader without memory."""
    del from_orig
    try:
        return Events((read(data),), Rest.DONE)
    except ParseError as error:
        return GiveUp(str(error))


def probe(orig: bytes, resp: bytes) -> Likeness:
    return likeness(judge, orig, resp)


def judge(data: bytes) -> Likeness:
    """A message, or one that Microsoft's relays are to pass on."""
    return _message(_inside(data))


def _inside(data: bytes) -> bytes:
    """What stands behind the header of MS-TURN's multiplexing, if it is there."""
    wrapped = data.startswith(MULTIPLEXED) and int.from_bytes(data[2:4], "big") == len(data) - 4
    return data[MULTIPLEXED_HEADER:] if wrapped else data


def _message(data: bytes) -> Likeness:
    """The cookie, the two bits that are 0, and the length that is the datagram's."""
    if len(data) < HEADER or data[0] & 0xC0:
        return Likeness.NO
    length = data[2] << 8 | data[3]
    if length != len(data) - HEADER or length % 4:
        return Likeness.NO
    return Likeness.YES if data[4:8] == COOKIE or _old(data) else Likeness.NO


def _old(data: bytes) -> bool:
    """RFC 3489's: of its types, with nothing but attributes that it knows, or that may be ignored."""
    if (data[0] << 8 | data[1]) not in OLD_TYPES:
        return False
    at = HEADER
    while at + 4 <= len(data):
        kind = data[at] << 8 | data[at + 1]
        if not 0 < kind < OLD_ATTRIBUTES and kind < STANDARD_HIGH:
            return False
        at += 4 + (data[at + 2] << 8 | data[at + 3])
        at += -at % 4
    return at == len(data) and any(data[8:HEADER])
