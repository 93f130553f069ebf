import pytest
from scapy.layers.l2 import ARP

from sensor.wire import ParseError
from sensor.wire.arp import sender

MAC = "00:11:22:33:44:55"


def made(source, op=1):
    return bytes(ARP(op=op, hwsrc=MAC, hwdst="00:00:00:00:00:00", psrc=source, pdst="192.168.1.1"))


GOOD = made("192.168.1.31", op=2)


def test_who_speaks():
    assert sender(made("192.168.1.31")) == ("192.168.1.31", MAC)
    assert sender(GOOD + b"padding") == ("192.168.1.31", MAC)


def test_a_probe_has_no_address_yet():
    assert sender(made("0.0.0.0")) is None


@pytest.mark.parametrize("data", [b"", GOOD[:17], b"\0\6" + GOOD[2:], GOOD[:2] + b"\x86\xdd" + GOOD[4:]])
def test_what_is_refused(data):
    with pytest.raises(ParseError):
        sender(data)
