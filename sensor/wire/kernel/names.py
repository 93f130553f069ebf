"""How a layer names the next: by ethertype (IEEE 802), or by one of these numbers where there is none."""

from sensor.compiled import part

STOP = -1  # unreadable: PACKET.reason says why
OTHER = -2  # a protocol that is none of ours: counted, not a fault

# above every ethertype
IP = 0x10001  # version by the first nibble
LLC = 0x10002
PPP = 0x10003  # protocol number first, one byte or two (RFC 1661)
ETHERNET = 0x10004
WLAN = 0x10005  # 802.11


@part
def fail(p, reason):
    p.reason = reason
    return STOP
