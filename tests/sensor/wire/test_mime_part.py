import base64
import io
import quopri
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire.mime_fields import PartHeader
from sensor.wire.mime_kind import Place
from sensor.wire.mime_part import PEEK, Part, protection_of


def part(
    body: bytes,
    *,
    encoding: str = "base64",
    kind: str = "application/octet-stream",
    size: int = 1 << 20,
    place: Place | None = None,
) -> Part:
    leaf = Part(PartHeader(mime_type=kind, encoding=encoding), place or Place())
    for at in range(0, len(body), size):
        piece = body[at : at + size]
        leaf.body(b"##" + piece + b"##", 2, 2 + len(piece))
    return leaf


@given(st.binary(max_size=2_000), st.integers(1, 200), st.sampled_from([b"\r\n", b"\n"]))
def test_base64_is_counted(data, size, end):
    assert part(base64.encodebytes(data).replace(b"\n", end), size=size).size(delimited=True) == len(data)


@given(st.binary(max_size=500))
def test_quoted_printable_is_counted(data):
    data = data.replace(b"\r", b"").replace(b"\n", b"")
    text = quopri.encodestring(data).replace(b"\n", b"\r\n")
    assert part(text + b"\r\n", encoding="quoted-printable").size(delimited=True) == len(data)


@pytest.mark.parametrize(
    ("body", "delimited", "expected"),
    [(b"ab\r\n", True, 2), (b"ab\n", True, 2), (b"ab\r\n", False, 4), (b"", True, 0), (b"ab", True, 2)],
)
def test_the_last_line_end_belongs_to_the_boundary(body, delimited, expected):
    assert part(body, encoding="8bit").size(delimited=delimited) == expected


def test_only_the_ends_of_a_body_are_held():
    leaf = part(b"A" * 76 * 1_000, size=760)
    assert len(leaf._head) == len(leaf._tail) == PEEK


def encrypted_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("canary.txt", "x" * 100)
    data = bytearray(buffer.getvalue())
    data[6] |= 1
    return bytes(data)


def open_zip() -> bytes:
    data = bytearray(encrypted_zip())
    data[6] &= 0xFE
    return bytes(data)


CMS = bytes.fromhex("308006092a864886f70d010703a080")
FILES = {
    "zip": (encrypted_zip(), "zip"),
    "open zip": (open_zip(), None),
    "7z with its list encrypted": (
        b"7z\xbc\xaf\x27\x1c" + bytes(9_000) + bytes.fromhex("2406f10701") + bytes(40),
        "7z",
    ),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(9_000), None),
    "pdf, trailer at its end": (b"%PDF-1.7\n" + b"x" * 9_001 + b"trailer\n<< /Encrypt 5 0 R >>\n%%EOF\n", "pdf"),
    "pdf, linearised": (b"%PDF-1.7\ntrailer << /Encrypt 5 0 R >>" + b"x" * 9_000, "pdf"),
    "pdf": (b"%PDF-1.7\n" + b"x" * 9_000, None),
    "enveloped": (CMS + bytes(300), "smime"),
    "enveloped, authenticated": (bytes.fromhex("3080060b2a864886f70d0109100117a080") + bytes(300), "smime"),
    "signed only": (CMS.replace(b"\x07\x03", b"\x07\x02") + bytes(300), None),
    "pgp": (b"-----BEGIN PGP MESSAGE-----\n\nx", "pgp"),
    "nothing": (b"", None),
    "words": (b"canary", None),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("size", [61, 1 << 20])
def test_protection_by_content(name, size):
    data, expected = FILES[name]
    body = base64.encodebytes(data).replace(b"\n", b"\r\n")
    assert part(body, size=size).protection() == expected
    assert part(data, encoding="binary", size=size).protection() == expected


@given(st.binary(max_size=6_000), st.integers(0, 2))
def test_the_tail_is_decoded_in_step(data, tail):
    data += b"7z-tail-mark" + bytes(tail)
    leaf = part(base64.encodebytes(data))
    assert leaf._decoded(leaf._tail, tail=True).endswith(data[-12:])


@pytest.mark.parametrize(
    ("kind", "smime", "expected"),
    [
        ("application/pkcs7-mime", "enveloped-data", "smime"),
        ("application/x-pkcs7-mime", "authenveloped-data", "smime"),
        ("application/pkcs7-mime", "signed-data", None),
        ("application/edi-consent", None, "fse"),
        ("application/pdf", None, None),
    ],
)
def test_protection_by_type(kind, smime, expected):
    leaf = part(b"x", kind=kind)
    leaf.header.smime_type = smime
    assert leaf.protection() == expected


def test_pgp_mime_protects_what_it_holds():
    assert part(b"x", place=Place(encrypted=True)).protection() == "pgp"


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"%PDF-1.7", True), (b"\xff\xd8\xff\xe0", True), (encrypted_zip(), False), (b"\x13\x37", False)],
)
def test_legible(data, expected):
    assert part(base64.encodebytes(data)).legible() is expected


def test_broken_base64_says_nothing():
    assert part(b"!!!!\r\n=A=\r\nA").protection() is None
    assert protection_of(b"", b"") is None
