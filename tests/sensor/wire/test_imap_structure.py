import pytest

from sensor.wire.imap_structure import DEPTH, PARTS, structure

TEXT = b'("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 8 1 NIL NIL NIL NIL)'
PDF = b'("application" "pdf" ("name" "canary.pdf") NIL NIL "BASE64" 10 NIL NIL NIL NIL)'
IMAGE = b'("image" "png" NIL "<canary@x>" NIL "base64" 10 NIL ("inline" ("filename" "canary.png")) NIL NIL)'


def test_a_single_part():
    parts = structure(PDF)
    assert [(s, p.mime_type, p.extension, p.encoding) for s, p in parts.items()] == [
        ("1", "application/pdf", "pdf", "base64")
    ]


def test_parts_by_section():
    inner = b"(" + TEXT + IMAGE + b' "related" ("boundary" "C") NIL NIL NIL)'
    parts = structure(b"(" + inner + PDF + b' "mixed" ("boundary" "B") NIL NIL) FLAGS ())')
    assert {s: p.mime_type for s, p in parts.items()} == {
        "1.1": "text/plain",
        "1.2": "image/png",
        "2": "application/pdf",
    }
    assert (parts["1.2"].content_id, parts["1.2"].disposition, parts["1.2"].named) == (True, "inline", True)
    assert "canary" not in repr(parts)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"NIL",
        b"(",
        b")",
        b'"x"',
        b"(" * (DEPTH + 9) + b")" * (DEPTH + 9),
        b'("a" "b")',
        b"(((((",
        b'("text" "plain" NIL NIL NIL)',
    ],
)
def test_what_cannot_be_read_says_nothing(text):
    assert structure(text) == {}


def test_parts_are_bounded():
    assert len(structure(b"(" + PDF * 500 + b' "mixed")')) == PARTS
