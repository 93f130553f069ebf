"""The words of `vigie compare`: both languages say everything, and the report reads as sentences."""

import pytest
from click.testing import CliRunner

from dashboard.cli import compare as command
from dashboard.cli import main
from dashboard.compare import Kind, Views
from dashboard.compare.judge import Why
from dashboard.compare.words import KINDS, REASONS, REPORT


@pytest.mark.parametrize("catalogue", [REPORT, KINDS, REASONS])
def test_both_languages_say_everything(catalogue):
    assert catalogue["fr"].keys() == catalogue["en"].keys()
    assert all(catalogue["fr"].values())


def test_every_kind_and_reason_has_its_words():
    assert set(KINDS["fr"]) == set(Kind)
    assert set(REASONS["fr"]) == set(Why)


def views(**values: set[str]) -> Views:
    made = Views()
    flow = made.flow("1:x")
    flow.ends = "tcp 192.0.2.1:4000 > 198.51.100.2:443"
    for kind, found in values.items():
        flow.values[Kind(kind)] |= found
    return made


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("fr", ["x.pcap : 2 paquets, lus aussi par Wireshark 4.0", "  nom demandé en TLS                           0 sur       1 pareils     0,0\u202f%",
                "    nom demandé en TLS : Wireshark seul lit « a.example »", "      sans doute juste : Wireshark, c’était sur le câble, et Vigie ne l’a pas lu"]),
        ("en", ["x.pcap: 2 packets, read by Wireshark 4.0 too", "  name asked for in TLS                        0 of       1 alike      0.0%",
                "    name asked for in TLS: only Wireshark reads “a.example”", "      more likely right: Wireshark, it was on the wire, and Vigie did not read it"]),
    ],
)  # fmt: skip
def test_the_report_reads_as_sentences(monkeypatch, lang, lines):
    from dashboard.compare import theirs

    monkeypatch.setattr(theirs, "version", lambda: "4.0")
    monkeypatch.setattr(theirs, "read", lambda *_, **__: views(protocol={"ssl"}, sni={"a.example"}))
    monkeypatch.setattr(command.ours, "read", lambda *_: (views(protocol={"ssl"}), 2))
    result = CliRunner().invoke(main, ["compare", "x.pcap", "--lang", lang], catch_exceptions=False)
    said = result.stdout.splitlines()
    assert [line for line in lines if line not in said] == [], result.stdout
    assert "  tcp 192.0.2.1:4000 > 198.51.100.2:443" in said


def test_where_both_read_the_same_it_says_so(monkeypatch):
    from dashboard.compare import theirs

    monkeypatch.setattr(theirs, "version", lambda: "4.0")
    monkeypatch.setattr(theirs, "read", lambda *_, **__: views(protocol={"ssl"}))
    monkeypatch.setattr(command.ours, "read", lambda *_: (views(protocol={"ssl"}), 2))
    assert "Les deux lisent la même chose." in CliRunner().invoke(main, ["compare", "x.pcap"]).stdout
