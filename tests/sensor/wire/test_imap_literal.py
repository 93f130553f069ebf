import base64

import pytest

from sensor.wire.imap_literal import MIME_LIMIT, OnePart, OwnHeader, Whole
from sensor.wire.mime_fields import PartHeader

MAIL = b"Content-Type: application/pdf; name=canary.pdf\r\n\r\nHello"


def test_a_whole_mail():
    whole = Whole()
    whole.feed(MAIL)
    mail = whole.finish(complete=True)
    assert mail is not None
    assert [(a.extension, a.size) for a in mail.attachments] == [("pdf", 5)]


@pytest.mark.parametrize(
    ("header", "decoded", "attachments", "images"),
    [
        (PartHeader(mime_type="application/pdf", encoding="base64"), False, [8], 0),
        (PartHeader(mime_type="application/pdf", encoding="base64"), True, [12], 0),
        (PartHeader(mime_type="text/html", encoding="base64"), False, [], 0),
        (PartHeader(mime_type="image/png", encoding="base64", content_id=True), False, [], 1),
        (None, False, [8], 0),
    ],
    ids=["encoded", "decoded", "words", "decoration", "unknown, begins like a PDF"],
)
def test_one_part(header, decoded, attachments, images):
    part = OnePart(header, decoded=decoded)
    part.feed(base64.b64encode(b"%PDF-1.7"))
    mail = part.finish(complete=True)
    assert mail is not None
    assert ([a.size for a in mail.attachments], mail.inline_images) == (attachments, images)


@pytest.mark.parametrize("size", [1, 2, 3, 99])
def test_a_quoted_printable_part_in_any_cut(size):
    part = OnePart(PartHeader(mime_type="application/csv", encoding="quoted-printable"), decoded=False)
    data = b"a=C3=A9b=\r\nc\r\n"
    for at in range(0, len(data), size):
        part.feed(data[at : at + size])
    mail = part.finish(complete=True)
    assert mail is not None
    assert mail.attachments[0].size == len("aébc\r\n".encode())


def test_an_unknown_part_of_words_is_none():
    part = OnePart(None, decoded=False)
    part.feed(b"canary words")
    part.gap(3)
    mail = part.finish(complete=True)
    assert mail is not None
    assert (mail.attachments, mail.complete, mail.size) == ((), False, 15)


def test_a_parts_own_header():
    own = OwnHeader()
    own.feed(b"Content-Type: application/pdf;\r\n name=canary.pdf\r\n\r\n")
    own.gap(3)
    assert own.finish(complete=True) is None
    assert (own.part.mime_type, own.part.extension) == ("application/pdf", "pdf")


def test_a_parts_own_header_is_bounded():
    own = OwnHeader()
    for _ in range(100):
        own.feed(b"x" * 1_000)
    assert len(own._data) == MIME_LIMIT
