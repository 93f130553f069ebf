"""Why a file was not read, in French; and every reason there is has its French."""

import ast
from pathlib import Path

import pytest

from dashboard.cli.refusals import FRENCH, refusal

CAPTURE = Path(__file__).parents[3] / "sensor" / "capture"


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("a.pcap: no such file", "a.pcap : ce fichier n’existe pas"),
        ("a.pcap: cut within its header, at byte 20", "a.pcap : coupé dans son en-tête, à l’octet 20"),
        ("a: b.pcap: offset 40: cut in mid-packet", "a: b.pcap : position 40 : coupé au milieu d’un paquet"),
        ("a.gz: the compressed data is damaged or cut, at byte 3 of what it holds",
         "a.gz : les données compressées sont abîmées ou coupées, à l’octet 3 de son contenu"),
        ("a.txt: not a capture file (byte 0: 74 68); Wireshark's editcap cannot read it either",
         "a.txt : ce n’est pas un fichier de capture (octet 0 : 74 68) ; editcap de Wireshark ne le lit pas non plus"),
        ("a.txt: not a capture file (byte 0: 74); other formats are read with Wireshark's editcap, which is not installed (package x)",
         "a.txt : ce n’est pas un fichier de capture (octet 0 : 74) ; les autres formats se lisent avec editcap de Wireshark, qui n’est pas installé (paquet x)"),
        ("a.pcap: cannot be read (Input/output error)", "a.pcap : ne peut pas être lu (Input/output error)"),
        ("empty file: no such file", "empty file : ce fichier n’existe pas"),
        ("a.pcap: never heard of", "a.pcap: never heard of"),
    ],
)  # fmt: skip
def test_refusal(english, french):
    assert refusal(english, "fr") == french
    assert refusal(english, "en") == english


def test_each_reason_has_its_french():
    """The texts that the modules of capture files return, keep in a table or name as what went wrong."""
    for module, texts in {"section.py": ast.Return, "files.py": ast.Dict}.items():
        found = {
            node.value
            for holder in ast.walk(ast.parse((CAPTURE / module).read_text()))
            if isinstance(holder, texts)
            for node in ast.walk(holder)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
        }
        assert len(found) >= 4
        assert found - FRENCH.keys() == set()
