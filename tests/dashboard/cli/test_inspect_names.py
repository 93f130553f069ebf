"""What machines of the practice call themselves: in what `vigie inspect` prints and writes at level `full`, nowhere else."""

import json

import pytest
from click.testing import CliRunner
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dns import DNS, DNSRR
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from dashboard.cli import main
from tests.privacy.conversations import PDF, POST, capture, mac, message, smtp, tcp
from tests.sensor.wire.test_netbios import datagram, wire

NAME, SYSTEM = "Poste-de-Mirabelle", "Mirabellix 3"


def told_by(packet, **ends):
    return Ether(src=mac(POST), dst="ff:ff:ff:ff:ff:ff") / IP(**ends) / packet


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    asks = BOOTP(chaddr=bytes.fromhex(mac(POST).replace(":", ""))) / DHCP(
        options=[("message-type", "request"), ("hostname", NAME.encode()), ("vendor_class_id", SYSTEM.encode()), "end"]
    )
    says = DNS(qr=1, aa=1, qd=[], an=DNSRR(rrname=f"{NAME}.local", type="A", rdata=POST, ttl=9))
    product = f"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nSERVER: {SYSTEM}\r\n\r\n".encode()
    packets = [
        (0.0, told_by(UDP(sport=68, dport=67) / asks, src="0.0.0.0", dst="255.255.255.255")),
        (0.1, told_by(UDP(sport=5353, dport=5353) / says, src=POST, dst="224.0.0.251")),
        (0.2, told_by(UDP(sport=5000, dport=1900) / product, src=POST, dst="239.255.255.250")),
        (0.3, told_by(UDP(sport=138, dport=138) / datagram(wire(NAME[:15])), src=POST, dst="192.168.1.255")),
        (0.4, told_by(UDP(sport=138, dport=138) / datagram(wire("MIRABELLE", 3)), src=POST, dst="192.168.1.255")),
    ]
    return capture(tmp_path_factory.mktemp("film") / "film.pcap", packets + tcp(smtp(message(PDF)), at=1.0))


def everything(film, folder, *more):
    """All that one run prints and writes."""
    said = b""
    for ways in (["--json", "--explain", "all"], ["--explain", "all"], ["--lang", "en"]):
        result = CliRunner().invoke(main, ["inspect", str(film), "--logs", str(folder / "logs"), *ways, *more])
        assert result.exit_code == 0, result.output
        said += result.output.encode()
    return said, b"".join(path.read_bytes() for path in sorted((folder / "logs").iterdir()))


def test_at_level_full_the_device_is_called_as_it_calls_itself(film, tmp_path):
    said, logs = everything(film, tmp_path)
    alert = next(json.loads(line) for line in said.splitlines() if line.startswith(b'{"id"'))
    assert alert["device"]["hostname"] == NAME
    assert alert["device"]["vendor_class"] == SYSTEM
    assert alert["device"]["mac_random"] is True
    assert f"{NAME} a envoyé".encode() in said or f"{NAME} (192.168.1.20)".encode() in said
    for log in (
        b'"host_name": "Poste-de-Mirabelle"',
        b'"client_software": "Mirabellix 3"',
        b'"server": "Mirabellix 3"',
    ):
        assert log in logs


@pytest.mark.parametrize("level", ["pseudonym", "fleet"])
def test_at_other_levels_nobody_reads_it(film, tmp_path, level):
    policy = tmp_path / "vigie.yml"
    policy.write_text(f"privacy: {level}\n")
    said, logs = everything(film, tmp_path, "--config", str(policy))
    assert b'"hostname": null' in said
    assert b"mirabell" not in said.lower()
    assert b"mirabell" not in logs.lower()


def test_a_users_netbios_name_is_read_at_no_level(film, tmp_path):
    said, logs = everything(film, tmp_path)
    assert b'"mirabelle"' not in (said + logs).lower()
