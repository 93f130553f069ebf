"""Programs known by a question and its answer, a datagram each way: neither alone says enough. For `fingerprint_datagram`.

    XDMCP       1(2) opcode(2) length(2): Request(7) and Accept(8), or Manage(10) after either     XDMCP 1.1, 1
    RustDesk    field 6 with an id, answered by field 7                                  rustdesk, rendezvous.proto
    QQ          2 version(2) command(2) number(2) … 3: command and number come back        Wireshark, packet-oicq.c
                or 2 length(2, of all) 0 … from both sides            nDPI, qq.c; libprotoident, lpi_qq.cc
    Mumble      0(4) word(8): the word comes back in 24 bytes; from 1.5 on 1 and a protobuf whose first field comes back
                Mumble protocol, UDP ping; MumbleUDP.proto
    Viber       id(2) 3 0 in 12 bytes, answered by 4 0 in 12; id(2) 12 0 in 55, answered by id 1 0 in 76
                libprotoident, lpi_viber.cc; nDPI, viber.c
    WeChat      0xD1 0x0A . 0x0A from both sides; 0xA1 8 in 92 bytes, answered by 0xA1 8 in 75      libprotoident, lpi_wechat_udp.cc
    NoMachine   …(2) 1(2) length(2, of all) …(2) 0(2), little-endian, from both sides                nDPI, nomachine.c
    TeamViewer  counter(1) … 0x17 0x24 at 11 from both sides, where the counter is past 0            nDPI, teamviewer.c
    Skype       id(2) 2 …: the id comes back with 0x.7 in 11 bytes                         Biondi & Desclaux, Silver Needle in the Skype (2006)
    Discord     1(2) 70(2) source(4) zeros, answered by 2(2) 70(2) source(4) address in digits      Discord developers, IP discovery
    Zoom        its wrapping of RTP, towards its servers and from them      `sensor.wire.zoom`
                1 0 2|3|0x6C number, answered by 2 0 1|2|3|0x22|0x24 number; 0x1F 1 1 0 from both     nDPI, zoom.c; libprotoident
    pcAnywhere  "NQ", answered by "NR" and a name                                          nmap-payloads; Wireshark, packet-pcanywhere
    VPNs        WireGuard, OpenVPN, IKE, L2TP                                              `sensor.wire.fingerprint_vpn`

`asks` and `answers` give the words that must meet; the answer comes from the other side.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sensor.wire import fingerprint_vpn as vpn
from sensor.wire import zoom
from sensor.wire.fingerprint_vpn import FOUND, Words

RUSTDESK = re.compile(rb"\x32.\x0a[\x06-\x20][\w-]{6,32}", re.ASCII | re.DOTALL)
ADDRESS = re.compile(rb"\d{1,3}(?:\.\d{1,3}){3}\0|[0-9a-f:]{3,39}\0")
OICQ_COMMANDS = frozenset((0x01, 0x02, 0x04, 0x05, 0x06, 0x0A, 0x0D, 0x16, 0x17, 0x1D, 0x22, 0x26, 0x27, 0x30, 0x62, 0x65,
                           0x67, 0x81, 0x91, 0xA4, 0xB5, 0xBA, 0xCE, 0xDD, 0xE5, 0xEC))  # fmt: skip
MUMBLE_PING = re.compile(rb"\x01(\x08[\x80-\xff]{0,9}[\x00-\x7f])(?:\x10\x01)?\Z", re.DOTALL)
MUMBLE_PONG = re.compile(rb"\x01(\x08[\x80-\xff]{0,9}[\x00-\x7f])(?:\x10[\x00\x01])?\x18", re.DOTALL)
MUMBLE_CLOCK = 4  # bytes that a clock takes at least
ZOOM_LEAST = 35


@dataclass(frozen=True, slots=True)
class Pair:
    app: str
    asks: Callable[[bytes], Words]
    answers: Callable[[bytes], Words]
    established: bool = False
    control: bool = True  # as in `Fingerprint`
    begins: bytes = b""  # what a question's first byte may be; empty: any


def _xdmcp(*opcodes: int) -> Callable[[bytes], Words]:
    def judge(data: bytes) -> Words:
        fits = data.startswith(b"\0\1\0") and len(data) > 6 and data[3] in opcodes
        return FOUND if fits and int.from_bytes(data[4:6], "big") == len(data) - 6 else ()

    return judge


def _rustdesk_asks(data: bytes) -> Words:
    return FOUND if len(data) > 9 and data[1] == len(data) - 2 and RUSTDESK.match(data) else ()


def _rustdesk_answers(data: bytes) -> Words:
    return FOUND if data in (b"\x3a\0", b"\x3a\2\x10\1") else ()


def oicq(data: bytes) -> Words:
    fits = 12 <= len(data) <= 1_500 and data[0] == 2 and data[-1] == 3 and data[3] == 0 and data[4] in OICQ_COMMANDS
    return (data[3:7],) if fits else ()


def _qq_whole(data: bytes) -> Words:
    fits = len(data) >= 20 and data[0] == 2 and data[3] == 0
    return FOUND if fits and int.from_bytes(data[1:3], "big") == len(data) else ()


def _mumble_new_asks(data: bytes) -> Words:
    found = MUMBLE_PING.match(data)
    return (found[1],) if found and len(found[1]) > MUMBLE_CLOCK else ()


def _mumble_new_answers(data: bytes) -> Words:
    found = MUMBLE_PONG.match(data)
    return (found[1],) if found else ()


def _sized(kind: bytes, size: int) -> Callable[[bytes], Words]:
    """Viber's: an id, a kind, and the size that goes with it."""
    return lambda data: FOUND if len(data) == size and data[2:4] == kind else ()


def _viber_login(data: bytes) -> Words:
    return (data[:2],) if len(data) == 55 and data[2:4] == b"\x0c\0" else ()


def _viber_logged(data: bytes) -> Words:
    return (data[:2],) if len(data) == 76 and data[2:4] == b"\1\0" else ()


def _wechat_beat(data: bytes) -> Words:
    return FOUND if data.startswith(b"\xd1\x0a") and data[3:4] == b"\x0a" else ()


def _wechat_call(size: int) -> Callable[[bytes], Words]:
    return lambda data: FOUND if len(data) == size and data.startswith(b"\xa1\x08") else ()


def _nomachine(data: bytes) -> Words:
    fits = len(data) >= 10 and data[2:4] == b"\1\0" and int.from_bytes(data[4:6], "little") == len(data)
    return FOUND if fits and data[8:10] == b"\0\0" else ()


def _teamviewer(data: bytes) -> Words:
    return FOUND if len(data) > 13 and data[11:13] == b"\x17\x24" else ()


def _zoom_asks(data: bytes) -> Words:
    """RADIUS asks so too, and says there how long it is."""
    fits = len(data) >= ZOOM_LEAST and data[:2] == b"\1\0" and data[2] in (2, 3, 0x6C)
    return (data[3:4],) if fits and int.from_bytes(data[2:4], "big") != len(data) else ()


def _zoom_answers(data: bytes) -> Words:
    fits = len(data) >= ZOOM_LEAST and data[:2] == b"\2\0" and data[2] in (1, 2, 3, 0x22, 0x24)
    return (data[3:4],) if fits and int.from_bytes(data[2:4], "big") != len(data) else ()


def _zoom_meets(data: bytes) -> Words:
    return FOUND if 80 <= len(data) <= 90 and data.startswith(b"\x1f\1\1\0") else ()


def _mumble_asks(data: bytes) -> Words:
    return (data[4:],) if len(data) == 12 and data[:4] == bytes(4) and any(data[4:]) else ()


def _mumble_answers(data: bytes) -> Words:
    return (data[4:12],) if len(data) == 24 and data[0] == 0 and data[1] in (1, 2) else ()


def _skype_asks(data: bytes) -> Words:
    return (data[:2],) if len(data) >= 18 and data[2] == 2 else ()


def _skype_answers(data: bytes) -> Words:
    return (data[:2],) if len(data) == 11 and data[2] & 0x0F == 7 else ()


def _discord_asks(data: bytes) -> Words:
    """The address is still empty; the two bytes of the port may hold anything."""
    return (data[4:8],) if len(data) == 74 and data[:4] == b"\0\1\0\x46" and not any(data[8:72]) else ()


def _discord_answers(data: bytes) -> Words:
    return (data[4:8],) if len(data) == 74 and data[:4] == b"\0\2\0\x46" and ADDRESS.match(data, 8) else ()


def _pcanywhere_asks(data: bytes) -> Words:
    return FOUND if data == b"NQ" else ()


def _pcanywhere_answers(data: bytes) -> Words:
    return FOUND if len(data) > 8 and data.startswith(b"NR") else ()


PAIRS: tuple[Pair, ...] = (
    Pair("xdmcp", _xdmcp(7), _xdmcp(8), established=True, begins=b"\0"),
    Pair("xdmcp", _xdmcp(8), _xdmcp(10), established=True, begins=b"\0"),
    Pair("rustdesk", _rustdesk_asks, _rustdesk_answers, control=False, begins=b"\x32"),
    Pair("qq", oicq, oicq, begins=b"\2"),
    Pair("qq", _qq_whole, _qq_whole, begins=b"\2"),
    Pair("mumble", _mumble_asks, _mumble_answers, begins=b"\0"),
    Pair("mumble", _mumble_new_asks, _mumble_new_answers, begins=b"\1"),
    Pair("viber", _sized(b"\3\0", 12), _sized(b"\4\0", 12)),
    Pair("viber", _viber_login, _viber_logged),
    Pair("wechat", _wechat_beat, _wechat_beat, begins=b"\xd1"),
    Pair("wechat", _wechat_call(92), _wechat_call(75), begins=b"\xa1"),
    Pair("nomachine", _nomachine, _nomachine),
    Pair("teamviewer", _teamviewer, _teamviewer, control=False),
    Pair("zoom", _zoom_asks, _zoom_answers, begins=b"\1"),
    Pair("zoom", _zoom_meets, _zoom_meets, begins=b"\x1f"),
    Pair("skype", _skype_asks, _skype_answers),
    Pair("zoom", zoom.asks, zoom.answers, begins=zoom.BEGINS),
    Pair("discord", _discord_asks, _discord_answers, begins=b"\0"),
    Pair("pcanywhere", _pcanywhere_asks, _pcanywhere_answers, control=False, begins=b"N"),
    Pair("wireguard", vpn.wireguard_asks, vpn.wireguard_answers),
    Pair("openvpn", vpn.openvpn_asks, vpn.openvpn_answers),
    Pair("ipsec", vpn.ike_asks, vpn.ike_answers),
    Pair("l2tp", vpn.l2tp(1), vpn.l2tp(2)),
)
