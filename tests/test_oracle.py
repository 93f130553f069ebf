"""Wireshark as an oracle: over all recordings of the lab, and a sample of the corpus, Vigie reads what it reads.

Every value that tshark reads in a flow that both call readable is counted. Agreement is ≥ 99 % for each kind, and no difference
is taken out of it; each that is left stands in KNOWN, with who is right and why.
"""

import json
import shutil
import struct
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.cli.settings import load_settings
from dashboard.compare import Kind, ours, theirs
from dashboard.compare.judge import Comparison, Why, compare
from tests.corpus import oracle
from tests.lab import canaries
from tests.lab.frames import read

RECORDINGS = Path(__file__).parent / "recordings"
LEAST = 0.99
SAMPLE = 12  # every so manieth capture of the corpus
LARGEST = 1_000_000

KNOWN: dict[tuple[str, Kind, str], str] = {  # (capture, kind, value): who is right, and why
    (
        "recordings",
        Kind.ATTACHMENT,
        "application/pkcs7-signature",
    ): "Vigie: a signature says who wrote, it is no file that somebody sent",
    (
        "recordings",
        Kind.PROTOCOL,
        "ssl",
    ): "Wireshark: the TLS inside OpenVPN's control channel, which is a blind spot as it is",
}


@pytest.fixture(scope="module")
def everything(tmp_path_factory) -> Path:
    """All recordings as one capture, in the order of their times: one tshark reads them."""
    bodies = sorted((read(file) for file in RECORDINGS.iterdir()), key=lambda data: struct.unpack_from("<II", data, 24))
    file = tmp_path_factory.mktemp("oracle") / "all.pcap"
    file.write_bytes(bodies[0][:24] + b"".join(body[24:] for body in bodies))
    return file


def second_opinion(file: Path) -> Comparison:
    mine, packets = ours.read(str(file), load_settings(None, None))
    return compare(mine, theirs.read(str(file), packets, seconds=300))


def left(name: str, found: Comparison) -> list[str]:
    return [
        f"{name}: {each.ends} {each.kind} {each.value!r} ({each.why})"
        for each in found.differences
        if each.only == "wireshark" and (name, each.kind, each.value) not in KNOWN
    ]


def test_every_recording_is_read_as_wireshark_reads_it(everything):
    found = second_opinion(everything)
    assert left("recordings", found) == []
    compared = {kind for kind in Kind if found.counted[kind]}
    assert compared >= set(Kind) - {Kind.QUIC_SNI}
    assert {kind for kind in compared if found.share(kind) < LEAST} <= {Kind.ATTACHMENT}  # two of fifty, both in KNOWN


def test_a_value_that_vigie_misses_is_noticed(monkeypatch, everything):
    monkeypatch.setattr(ours, "ssh_software", lambda _banner: "")
    found = second_opinion(everything)
    assert found.share(Kind.SSH) == 0
    whole = [each for each in found.differences if each.kind is Kind.SSH and each.why is not Why.GAP]
    assert {each.right for each in whole} == {"wireshark"}


def test_corpus_sample_is_read_as_wireshark_reads_it(corpus):
    """The whole corpus is `python -m tests.corpus.oracle`: some ten minutes."""
    if corpus is None:
        return
    files = [path for path in oracle.captures(corpus)[::SAMPLE] if path.stat().st_size < LARGEST]
    found = oracle.opinion(corpus, files)
    assert found.left() == []
    assert found.captures > 100
    assert {Kind.SNI, Kind.DNS_NAME, Kind.HTTP_HOST, Kind.SMTP_COMMAND} <= {
        kind for kind in Kind if found.found.agreed[kind]
    }


def test_command(everything, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    result = CliRunner().invoke(main, ["compare", str(everything), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["wireshark"][0].isdigit()
    assert document["kinds"]["sni"]["agreed"] > 0
    local_parts = {canaries.LOCAL_PART, canaries.RECIPIENT, canaries.PASSWORD, canaries.SUBJECT}
    assert not canaries.found_in(result.stdout_bytes) & local_parts
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"no capture at all, only text"])
def test_what_cannot_be_read_is_one_line_and_exit_2(tmp_path, content):
    file = tmp_path / "x.pcap"
    if content is not None:
        file.write_bytes(content)
    result = CliRunner().invoke(main, ["compare", str(file)], catch_exceptions=False)
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1), result.output
    assert "x.pcap" in result.stderr


def test_without_wireshark_it_says_what_to_install(monkeypatch, everything):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    result = CliRunner().invoke(main, ["compare", str(everything)], catch_exceptions=False)
    assert (result.exit_code, "apt install tshark" in result.stderr) == (2, True)
