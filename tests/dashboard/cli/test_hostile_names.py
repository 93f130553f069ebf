"""Names that hurt, as packets through the whole chain: counted, bounded, and harmless in all that is printed, written and shown."""

import json
import struct

import pytest
from click.testing import CliRunner
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from dashboard.cli import main
from tests.privacy.conversations import PDF, POST, C, S, capture, mac, message, smtp, tcp, udp
from tests.sensor.wire.hellos import client_hello as hello_of
from tests.sensor.wire.hellos import record, sni

EVIL = b"a\x1b[2Jb\x00c\x07\xe2\x80\xaed<script>\x9b31m"
LONG = b"x" * 10_000


def dns(name, *, kind=1, more=b""):
    return struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + name + struct.pack(">HH", kind, 1) + more


def client_hello(name):
    return record(22, hello_of(sni(name)), 0x0301)


def label(data):
    return bytes([len(data)]) + data


LOOPS = {
    "at itself": b"\xc0\x0c",
    "two at each other": b"\x01a\xc0\x10\x01b\xc0\x0c",
    "forward": b"\xc0\x20",
    "far behind": b"\xff\xff",
    "of a reserved kind": b"\x80\x01a\x00",
    "without end": b"\x3f" + b"x" * 62,
    "too long": (b"\x3f" + b"x" * 63) * 5 + b"\x00",
}


def run(film, tmp_path, *more):
    """(all that is printed and written, the statistics)."""
    said = b""
    stats = tmp_path / "stats.json"
    for ways in (["--json"], ["--explain", "all"], ["--explain", "all", "--lang", "en"]):
        command = ["inspect", str(film), "--logs", str(tmp_path / "logs"), "--stats", str(stats), *ways, *more]
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, result.output
        said += result.stdout_bytes + result.stderr_bytes
    said += b"".join(path.read_bytes() for path in sorted((tmp_path / "logs").iterdir()))
    return said, json.loads(stats.read_text())


def harmless(said):
    """No byte that moves a terminal's cursor, turns its text round or goes beyond what one line may be."""
    text = said.decode("utf-8")
    odd = {c for c in text if not c.isprintable() and c != "\n"}
    assert odd <= {"\u202f", "\u00a0"}, odd
    assert max(map(len, text.splitlines())) < 5_000
    return text


@pytest.mark.parametrize("name", LOOPS.values(), ids=LOOPS)
@pytest.mark.parametrize("over_tcp", [False, True])
def test_a_name_that_loops_is_counted(tmp_path, name, over_tcp):
    good = dns(label(b"www") + label(b"example") + label(b"org") + b"\0")
    bad = dns(name)
    if over_tcp:
        said = [C(struct.pack(">H", len(good)) + good), C(struct.pack(">H", len(bad)) + bad)]
        packets = tcp(said, port=53)
    else:
        packets = udp(bad, b"")
    said, stats = run(capture(tmp_path / "film.pcap", packets), tmp_path)
    harmless(said)
    assert sum(count for reason, count in stats["given_up"].items() if reason.startswith("dns: ")) == 1, stats[
        "given_up"
    ]


def test_control_characters_in_every_name_that_is_read(tmp_path):
    evil_mail = smtp(message(PDF, to="a@" + "evil.example"), greeting=b"mx\x1b]0;x\x07.example")
    asks = BOOTP(chaddr=bytes.fromhex(mac(POST).replace(":", ""))) / DHCP(
        options=[("message-type", "request"), ("hostname", EVIL), ("vendor_class_id", EVIL), "end"]
    )
    broadcast = Ether(src=mac(POST), dst="ff:ff:ff:ff:ff:ff")
    notify = b"NOTIFY * HTTP/1.1\r\nNT: upnp:" + EVIL + b"\r\nSERVER: " + EVIL + b"\r\n\r\n"
    packets = [
        (0.0, broadcast / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67) / asks),
        (0.1, broadcast / IP(src=POST, dst="239.255.255.250") / UDP(sport=5000, dport=1900) / notify),
        *udp(dns(label(EVIL) + label(b"example") + b"\0"), b"", at=0.2),
        *tcp(evil_mail, at=1.0),
        *tcp([C(client_hello(EVIL))], port=443, at=2.0),
        *tcp([C(b"GET /\x1b[2J HTTP/1.1\r\nHost: " + EVIL.replace(b"\0", b"") + b"\r\n\r\n")], port=80, at=3.0),
        *tcp([S(b"SSH-2.0-" + EVIL.replace(b"\0", b"") + b"\r\n"), C(b"SSH-2.0-x\r\n")], port=22, at=4.0),
    ]
    said, _ = run(capture(tmp_path / "film.pcap", packets), tmp_path)
    text = harmless(said)
    assert "\\x1b[2J" in text.replace("\\\\", "\\")


def test_names_of_ten_thousand_bytes_are_bounded(tmp_path):
    packets = [
        *tcp([C(client_hello(LONG))], port=443),
        *tcp([C(b"GET / HTTP/1.1\r\nHost: " + LONG + b"\r\n\r\n")], port=80, at=1.0),
        *tcp(smtp(message(PDF), greeting=LONG), at=2.0),
        *tcp([S(b"SSH-2.0-" + LONG + b"\r\n")], port=22, at=3.0),
    ]
    said, stats = run(capture(tmp_path / "film.pcap", packets), tmp_path)
    assert "x" * 1_000 not in harmless(said)
    assert stats["packets"] == len(packets)


@pytest.mark.parametrize(
    "name", [b"xn--caf-dma.example.org", "caf\u00e9.example.org".encode(), b"xn--\xff.example.org"]
)
def test_names_of_other_alphabets_are_shown_as_they_travel(tmp_path, name):
    """An A-label stays one: shown as letters, one name could pass for another. Raw letters are escaped."""
    said, _ = run(capture(tmp_path / "film.pcap", tcp([C(client_hello(name))], port=443)), tmp_path)
    text = harmless(said)
    shown = "".join(chr(byte) if byte < 0x80 else f"\\x{byte:02x}" for byte in name)
    assert shown in text.replace("\\\\", "\\")
