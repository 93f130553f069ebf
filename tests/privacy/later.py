"""What privacy forbids, planted in the protocols of chats, calls, proxies and of machines that name themselves."""

import base64
import struct

from tests.privacy.conversations import C, S
from tests.sensor.wire.test_dhcp import made
from tests.sensor.wire.test_netbios import datagram, wire
from tests.sensor.wire.test_stun import attribute
from tests.sensor.wire.test_stun import message as stun


def socks(canary):
    user, password = canary("socksuser").encode(), canary("sockspass").encode()
    log_in = b"\1" + bytes([len(user)]) + user + bytes([len(password)]) + password
    there = b"\5\1\0\3\x0brdp.example\x0d\x3d"
    return [C(b"\5\1\2"), S(b"\5\2"), C(log_in), S(b"\1\0"), C(there), S(b"\5\0\0\1\xc0\0\2\1\x04\x38")]


def irc(canary):
    nick, channel = canary("ircnick"), canary("ircchannel")
    return [
        C(f"NICK {nick}\r\nUSER {canary('ircuser')} 0 * :{canary('ircname')}\r\n".encode()),
        S(f":irc.example.org 001 {nick} :Welcome {nick}\r\n".encode()),
        C(f"JOIN #{channel}\r\nPRIVMSG #{channel} :{canary('irctext')}\r\n".encode()),
        C(f"PRIVMSG {canary('ircto')} :\x01DCC SEND {canary('ircfile')}.pdf 3232235777 5000 9\x01\r\n".encode()),
        C(b"QUIT\r\n"),
    ]


def xmpp(canary):
    head = (
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
        f" to='example.org' from='{canary('xmppjid')}@example.org' version='1.0'>"
    )
    secret = base64.b64encode(f"\0{canary('xmppuser')}\0{canary('xmpppass')}".encode()).decode()
    offer = "<stream:features><mechanisms><mechanism>PLAIN</mechanism></mechanisms></stream:features>"
    return [
        C(head.encode()),
        S((head.replace(" to=", " id='1' by=") + offer).encode()),
        C(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>".encode()),
        S(b"<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"),
        C(f"<message to='{canary('xmppto')}@example.org'><body>{canary('xmpptext')}</body></message>".encode()),
    ]


def telnet(canary):
    return [
        S(b"\xff\xfd\x18\xff\xfd\x20\xff\xfb\x01"),
        C(b"\xff\xfb\x18\xff\xfc\x20"),
        S(b"login: "),
        C(f"{canary('telnetuser')}\r\n".encode()),
        S(b"Password: "),
        C(f"{canary('telnetpass')}\r\0".encode()),
        S(b"\r\nLast login: Monday\r\n$ "),
        C(f"cat {canary('telnettext')}\r\n".encode()),
        S(f"{canary('telnetanswer')}\r\n".encode()),
    ]


def rlogin(canary):
    return [
        C(b"\0" + canary("rloginuser").encode() + b"\0" + canary("rloginthere").encode() + b"\0xterm/38400\0"),
        S(b"\0Last login: Monday\r\n$ "),
        C(f"{canary('rlogintext')}\r\n".encode()),
    ]


def datagrams(canary):
    """(payload, port) each."""
    nbns = struct.pack(">HHHHHH", 7, 0x2910, 1, 0, 0, 1) + wire(canary("nbuser")[:15].upper(), 3) + b"\0\x20\0\1"
    nbns += b"\xc0\x0c\0\x20\0\1\0\0\0\x3c\0\6\0\0\xc0\xa8\1\x14"
    uuid = canary("ssdpuuid")
    return [
        (stun(1, attribute(6, f"{canary('stunuser')}:x".encode()), attribute(0x8022, b"coturn")), 3478),
        (made(("message-type", "request"), (61, b"\0" + canary("dhcpid").encode())), 67),
        (datagram(wire(canary("nbdguser")[:15].upper(), 3), behind=canary("nbtext").encode()), 138),
        (nbns, 137),
        (
            f"NOTIFY * HTTP/1.1\r\nNT: uuid:{uuid}\r\nUSN: uuid:{uuid}\r\nLOCATION: http://{uuid}/\r\n\r\n".encode(),
            1900,
        ),
    ]
