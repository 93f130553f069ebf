"""The morning as others see it: Wireshark's dissection finds nothing wrong and every scene in it."""

import subprocess

import pytest

from sensor.demo.cast import INTERNET
from sensor.demo.morning import START, morning, write_morning
from sensor.demo.upload import BACKUP, TRANSFER


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "morning.pcap"
    write_morning(path)
    return path


COLUMNS = (
    "frame.time_relative",
    "_ws.expert.severity",
    "_ws.expert.message",
    "tcp.analysis.flags",
    "tcp.len",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "vlan.id",
    "smtp.req.command",
    "rdp.neg_type",
    "tls.handshake.type",
    "tls.handshake.extensions_server_name",
    "icmpv6.opt.prefix",
)
CHECKSUMS = ("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE")
WARNING = 0x600000


@pytest.fixture(scope="module")
def dissected(capture):
    """Each packet as Wireshark reads it: its columns by name, empty where it has none."""
    words = [word for column in COLUMNS for word in ("-e", column)]
    command = ["tshark", "-r", str(capture), *CHECKSUMS, "-T", "fields", *words]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines]


def test_the_same_seed_makes_the_same_file_and_another_another(capture):
    assert morning().develop(START) == capture.read_bytes()
    assert morning(2).develop(START) != capture.read_bytes()


def test_it_is_about_ten_megabytes(capture):
    assert 9_000_000 < capture.stat().st_size < 14_000_000


def test_it_lasts_a_little_under_a_minute_in_order_of_time(dissected):
    times = [float(packet["frame.time_relative"]) for packet in dissected]
    assert times == sorted(times)
    assert 50 < times[-1] < 60


def test_wireshark_finds_nothing_wrong(dissected):
    assert len(dissected) > 100_000
    assert [packet for packet in dissected if packet["tcp.analysis.flags"]] == []
    grave = [
        packet
        for packet in dissected
        if any(int(each) >= WARNING for each in packet["_ws.expert.severity"].split(",") if each)
    ]
    assert grave == []


def test_every_scene_is_there(dissected):
    def where(column, value, *shown):
        return {tuple(packet[each] for each in shown) for packet in dissected if packet[column] == value}

    assert where("smtp.req.command", "DATA", "ip.src", "ip.dst") == {("192.168.1.40", INTERNET.mail.ip)}
    assert where("rdp.neg_type", "0x02", "ip.dst") == {(INTERNET.intruder.ip,)}
    names = where("tls.handshake.type", "1", "tls.handshake.extensions_server_name")
    hosts = (INTERNET.mssante, INTERNET.chat, INTERNET.media, INTERNET.transfer, INTERNET.hds, *INTERNET.sites)
    assert names - {("",)} == {
        (host.name,) for host in hosts
    }  # RDP's own TLS, which newer Wiresharks take apart, asks for none
    assert ("50",) in where("tls.handshake.type", "1", "vlan.id")
    assert where("icmpv6.opt.prefix", "2001:db8:1::", "ipv6.dst") == {("ff02::1",)}


@pytest.mark.parametrize(
    ("host", "size"), [(INTERNET.transfer, TRANSFER), (INTERNET.hds, BACKUP)], ids=["transfer", "hds"]
)
def test_uploads_are_as_big_as_told(dissected, host, size):
    sent = sum(int(packet["tcp.len"] or 0) for packet in dissected if packet["ip.dst"] == host.ip)
    assert size < sent < size + 5_000


def test_addresses_are_nobodys(dissected):
    seen = {packet[end] for packet in dissected for end in ("ip.src", "ip.dst")} - {""}
    assert all(ip.startswith(("192.168.1.", "192.168.50.", "192.0.2.", "198.51.100.", "203.0.113.")) for ip in seen)
    seen6 = {packet[end] for packet in dissected for end in ("ipv6.src", "ipv6.dst")} - {""}
    assert all(ip.startswith(("2001:db8:", "fe80::", "ff02::")) for ip in seen6)
