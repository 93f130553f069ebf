"""Mails within signatures made here, in both ways of BER, by the words of RFC 5652, and what may be told of them."""

import base64
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensor.wire.mime import DEPTH, MimeScanner
from sensor.wire.mime_signed import FIELDS
from sensor.wire.records import Attachment

SIGNED, ENVELOPED, DATA = (bytes.fromhex("2a864886f70d0107" + last) for last in ("02", "03", "01"))
PDF = Attachment("application/pdf", "pdf", 3_000)
ITSELF = "application/pkcs7-mime"
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nBonjour,\r\nle canari.\r\n"
WITH_PDF = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="BB"\r\n\r\n--BB\r\n\r\nBonjour\r\n'
    b'--BB\r\nContent-Type: application/pdf; name="canari.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.encodebytes(bytes(3_000)).replace(b"\n", b"\r\n")
    + b"--BB--\r\n"
)


def whole(tag, *content):
    """A value whose length is said."""
    body = b"".join(content)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    said = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(said))) + said + body


def open_ended(tag, *content):
    return bytes((tag, 0x80)) + b"".join(content) + b"\0\0"


def row(content, each=100):
    return [whole(4, content[at : at + each]) for at in range(0, len(content), each)]


def cms(octets, *, enter=whole, kind=SIGNED, inner=DATA):
    content = [] if octets is None else [enter(0xA0, octets)]
    said = [
        whole(2, b"\1"),
        whole(0x31, whole(0x30, b"\5\0")),
        enter(0x30, whole(6, inner), *content),
        whole(0xA0, bytes(900)),
    ]
    return enter(0x30, whole(6, kind), enter(0xA0, enter(0x30, *said)))


def sealed(content, how="definite"):
    match how:
        case "definite":
            return cms(whole(4, content))
        case "open":
            return cms(open_ended(0x24, *row(content)), enter=open_ended)
        case _:
            return cms(whole(0x24, *row(content)))


def mail(body, head=b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"):
    lines = base64.encodebytes(body).replace(b"\n", b"\r\n")
    return b"From: a@cabinet.fr\r\n" + head + b"Content-Transfer-Encoding: base64\r\n\r\n" + lines


def read(data, cuts=()):
    scanner = MimeScanner()
    places = [0, *sorted(cuts), len(data)]
    for first, past in pairwise(places):
        scanner.feed(data[first:past])
    return scanner.finish(complete=True)


HOW = ("definite", "open", "a row of known length")


@pytest.mark.parametrize("how", HOW)
def test_the_files_of_a_signed_mail_are_told_instead_of_the_signature(how):
    found = read(mail(sealed(WITH_PDF, how)))
    assert found.attachments == (PDF,)
    assert found.protection is None


@pytest.mark.parametrize("how", HOW)
def test_a_signed_mail_of_words_has_no_attachment(how):
    assert read(mail(sealed(TEXT, how))).attachments == ()


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: application/x-pkcs7-mime; name=smime.p7m\r\nContent-Disposition: attachment; filename=smime.p7m\r\n",
        b"Content-Type: application/octet-stream; name=smime.p7m\r\n",
    ],
)
def test_a_type_that_does_not_say_what_it_is(head):
    assert read(mail(sealed(WITH_PDF), head)).attachments == (PDF,)
    assert read(mail(sealed(TEXT), head)).attachments == ()


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\r\n" + bytes(5_000),
        b"Note: signed\r\n\r\nContent-Type: x\r\n",
        b"A: " + b"x" * 2 * FIELDS,
        b"",
        TEXT[:9],
    ],
)
def test_a_file_that_was_signed_stays_a_file(content):
    (told,) = read(mail(sealed(content))).attachments
    assert (told.mime_type, told.extension, told.protection) == (ITSELF, "p7m", None)


@pytest.mark.parametrize(
    "body",
    [
        cms(None),
        cms(whole(4, WITH_PDF), inner=ENVELOPED),
        cms(whole(5, WITH_PDF)),
        cms(open_ended(4, WITH_PDF)),
        b"\x30\x86\1\1\1\1\1\1" + bytes(90),
        bytes(300),
        sealed(TEXT)[:70],
    ],
)
def test_what_cannot_be_opened_is_told_as_it_is(body):
    assert [told.mime_type for told in read(mail(body)).attachments] == [ITSELF]


def test_an_encrypted_mail_is_not_opened():
    (told,) = read(
        mail(cms(whole(4, WITH_PDF), kind=ENVELOPED), b"Content-Type: application/pkcs7-mime\r\n")
    ).attachments
    assert told.protection == "smime"


def test_an_encrypted_mail_within_a_signature_is_protected():
    secret = mail(
        cms(None, kind=ENVELOPED),
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n",
    )
    found = read(mail(sealed(secret)))
    assert [told.protection for told in found.attachments] == ["smime"]
    assert found.protection == "smime"


def test_signatures_within_signatures_are_opened_to_a_depth():
    inner = WITH_PDF
    for _ in range(DEPTH):
        inner = mail(sealed(inner))
    assert read(inner).attachments == (PDF,)
    assert [told.mime_type for told in read(mail(sealed(inner))).attachments] == [ITSELF]


@pytest.mark.parametrize(("at", "mime_type"), [(250, ITSELF), (1_000, "application/pdf")])
def test_bytes_that_are_missing(at, mime_type):
    data = mail(sealed(WITH_PDF, "open"))
    scanner = MimeScanner()
    scanner.feed(data[:at])
    scanner.gap(200)
    scanner.feed(data[at + 200 :])
    (told,) = scanner.finish(complete=True).attachments
    assert (told.mime_type, told.complete) == (mime_type, False)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), how=st.sampled_from(HOW), content=st.sampled_from((TEXT, WITH_PDF)))
def test_cuts_change_nothing(data, how, content):
    said = mail(sealed(content, how))
    cuts = data.draw(st.sets(st.integers(1, len(said) - 1), max_size=30))
    assert read(said, cuts) == read(said)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_spoiled_structures_are_told_or_opened(data):
    """Nothing is lost: the file within is told, or the signature as a file."""
    body = bytearray(sealed(WITH_PDF, data.draw(st.sampled_from(HOW))))
    for at in data.draw(st.sets(st.integers(0, body.index(WITH_PDF[:20]) - 1), min_size=1, max_size=4)):
        body[at] = data.draw(st.integers(0, 255))
    assert read(mail(bytes(body))).attachments
