"""The lab's parts that need no network: its description, its canaries, its eye on recordings, its judgement."""

import base64
import gzip
from collections import Counter
from ipaddress import IPv6Network, ip_address, ip_network
from pathlib import Path

import pytest

from tests.lab import canaries, packages, practice, recording, waiting
from tests.lab import scenario as scenarios
from tests.lab.__main__ import main as run
from tests.lab.frames import Way, bytes_by_way, read
from tests.lab.scenario import Scenario, Seen, Told

RECORDINGS = Path(__file__).parent / "recordings"
DOCUMENTATION = [ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]


@pytest.mark.parametrize("disguise", canaries.FORMS)
@pytest.mark.parametrize("canary", canaries.ALL)
def test_canary_is_found_in_each_disguise(canary, disguise):
    leak = b"before " + canaries.FORMS[disguise](canary.encode()) + b" after"
    assert canary in canaries.found_in(leak)


@pytest.mark.parametrize("form", canaries.FORMS | canaries.PACKED)
def test_what_vigie_writes_is_searched_in_each_form(form):
    planted = {canary for canary in canaries.ALL if canary.isascii() or form in canaries.FORMS}
    put = canaries.FORMS | canaries.PACKED
    leaks = b"".join(b" before " + put[form](canary.encode()) + b" after " for canary in planted)
    assert canaries.betrayed_by(leaks) == planted


def test_no_canary_is_found_where_there_is_none():
    innocent = b"Un courrier avec une piece jointe, canari compris. " * 100
    assert canaries.found_in(innocent + gzip.compress(innocent) + base64.b64encode(innocent)) == set()


def test_slaac_address_is_the_rfcs():
    # RFC 4291, appendix A: 34-56-78-9A-BC-DE gives 3656:78ff:fe9a:bcde
    assert practice.slaac(IPv6Network("2001:db8::/64"), "34:56:78:9a:bc:de").exploded.endswith("3656:78ff:fe9a:bcde")


def test_hosts_have_addresses_of_their_own_in_ranges_that_name_nobody():
    addresses = [address for host in practice.HOSTS for address in host.addresses]
    assert max(Counter(addresses).values()) == 1
    assert max(Counter(host.mac for host in practice.HOSTS).values()) == 1
    for address in map(ip_address, addresses):
        fits = [net for net in DOCUMENTATION if net.version == address.version and address in net]
        assert fits or address.is_private
    assert all(practice.owner(address) == host.name for host in practice.HOSTS for address in host.addresses)


def test_packages_have_reasons():
    for line in packages.LIST.read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or line.partition("#")[2].strip(), line
    assert max(Counter(packages.listed()).values()) == 1


def test_every_scenario_says_what_it_waits_for():
    assert len(scenarios.names()) >= 40
    for name in scenarios.names():
        assert set(scenarios.load(name).needs) <= waiting.NEEDS.keys(), name


def test_every_scenario_has_its_recording_and_every_recording_its_scenario():
    kept = {file.name.partition(".")[0] for file in RECORDINGS.iterdir()}
    assert kept == set(scenarios.names())
    assert all(file.stat().st_size <= recording.LARGEST for file in RECORDINGS.iterdir())


def test_trimming_keeps_every_count():
    whole = read(RECORDINGS / "mail_clear_pdf.pcap")
    cut = recording.trim(whole, full=2_000)
    assert len(cut) < len(whole)
    assert bytes_by_way(cut) == bytes_by_way(whole)


def _scenario(**parts) -> Scenario:
    given = {"seen": (Seen("tcp", 25, "scanner", "mail"),), **parts}
    return Scenario(name="made", text="made", act=lambda _lab: None, **given)


ALERT = {
    "rule": "r", "category": "mail", "app": "smtp", "nature": "transfer", "severity": "high", "device": {"ip": "192.168.1.20"},
    "peer": {"ip": "198.51.100.25", "port": 25, "host": None, "hds": None}, "bytes_out": 900, "evidence": {"facts": {"attachments": 1}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("scenario", "alerts", "sentences"),
    [
        (_scenario(told=(Told("mail", "smtp", device="scanner", peer="mail", port=25, out=900),)), [ALERT], 0),
        (_scenario(told=(Told("mail", evidence=(("attachments", 1),)),)), [ALERT], 0),
        (_scenario(may=(Told("mail"),)), [ALERT], 0),
        (_scenario(may=(Told("mail"),)), [], 0),
        (_scenario(), [ALERT], 1),  # told and should not be
        (_scenario(told=(Told("mail"),)), [], 1),  # not told
        (_scenario(told=(Told("mail"),)), [ALERT, ALERT], 1),  # told twice
        (_scenario(told=(Told("mail", device="nas"),)), [ALERT], 2),
        (_scenario(told=(Told("mail", evidence=(("attachments", 2),)),)), [ALERT], 2),
        (_scenario(told=(Told("mail", severity=("low",)),)), [ALERT], 2),
        (_scenario(told=(Told("mail", out=901),)), [ALERT], 2),
    ],
)
def test_judge(scenario, alerts, sentences):
    assert len(scenarios.judge(scenario, alerts)) == sentences


def test_silence_is_no_success_without_traffic():
    there = {
        Way("tcp", "192.168.1.20", 4000, "198.51.100.25", 25): 500,
        Way("tcp", "198.51.100.25", 25, "192.168.1.20", 4000): 100,
    }
    assert Seen("tcp", 25, "scanner", "mail", out=500, into=100).missing(there) is None
    assert Seen("tcp", 25, "scanner", "mail", out=501).missing(there)
    assert Seen("tcp", 25, "scanner", "mail", into=101).missing(there)
    assert Seen("tcp", 26, "scanner", "mail").missing(there)
    assert Seen("tcp", 25, "mail", "scanner").missing(there)


def test_without_root_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.argv", ["run", "all"])
    assert run() == 2
    assert "run it as root" in capsys.readouterr().err
