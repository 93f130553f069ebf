"""Programs known by a question and its answer, a datagram each way: neither alone says enough. For `fingerprint_datagram`.

    XDMCP       1(2) opcode(2) length(2): Request(7) and Accept(8), or Manage(10) after either     XDMCP 1.1, 1
    RustDesk    field 6 with an id, answered by field 7                                  rustdesk, rendezvous.proto
    QQ          2 version(2) command(2) number(2) … 3: command and number come back        Wireshark, packet-oicq.c
    Mumble      0(4) word(8): the word comes back in 24 bytes                              Mumble protocol, UDP ping
    Skype       id(2) 2 …: the id comes back with 0x.7 in 11 bytes                         Biondi & Desclaux, Silver Needle in the Skype (2006)
    Discord     1(2) 70(2) source(4) zeros, answered by 2(2) 70(2) source(4) address in digits      Discord developers, IP discovery
    Zoom        its wrapping of RTP, towards its servers and from them      `sensor.wire.zoom`
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


@dataclass(frozen=True, slots=True)
class Pair:
    app: str
    asks: Callable[[bytes], Words]
    answers: Callable[[bytes], Words]
    established: bool = False
    control: bool = True  # as in `Fingerprint`


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


def _mumble_asks(data: bytes) -> Words:
    return (data[4:],) if len(data) == 12 and data[:4] == bytes(4) and any(data[4:]) else ()


def _mumble_answers(data: bytes) -> Words:
    return (data[4:12],) if len(data) == 24 and data[0] == 0 and data[1] in (1, 2) else ()


def _skype_asks(data: bytes) -> Words:
    return (data[:2],) if len(data) >= 18 and data[2] == 2 else ()


def _skype_answers(data: bytes) -> Words:
    return (data[:2],) if len(data) == 11 and data[2] & 0x0F == 7 else ()


def _discord_asks(data: bytes) -> Words:
    return (data[4:8],) if len(data) == 74 and data[:4] == b"\0\1\0\x46" and not any(data[8:]) else ()


def _discord_answers(data: bytes) -> Words:
    return (data[4:8],) if len(data) == 74 and data[:4] == b"\0\2\0\x46" and ADDRESS.match(data, 8) else ()


def _pcanywhere_asks(data: bytes) -> Words:
    return FOUND if data == b"NQ" else ()


def _pcanywhere_answers(data: bytes) -> Words:
    return FOUND if len(data) > 8 and data.startswith(b"NR") else ()


PAIRS: tuple[Pair, ...] = (
    Pair("xdmcp", _xdmcp(7), _xdmcp(8), established=True),
    Pair("xdmcp", _xdmcp(8), _xdmcp(10), established=True),
    Pair("rustdesk", _rustdesk_asks, _rustdesk_answers, control=False),
    Pair("qq", oicq, oicq),
    Pair("mumble", _mumble_asks, _mumble_answers),
    Pair("skype", _skype_asks, _skype_answers),
    Pair("zoom", zoom.asks, zoom.answers),
    Pair("discord", _discord_asks, _discord_answers),
    Pair("pcanywhere", _pcanywhere_asks, _pcanywhere_answers, control=False),
    Pair("wireguard", vpn.wireguard_asks, vpn.wireguard_answers),
    Pair("openvpn", vpn.openvpn_asks, vpn.openvpn_answers),
    Pair("ipsec", vpn.ike_asks, vpn.ike_answers),
    Pair("l2tp", vpn.l2tp(1), vpn.l2tp(2)),
)
