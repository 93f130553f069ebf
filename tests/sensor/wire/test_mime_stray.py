"""Base64 whose fields nobody saw: a file, or nothing that may be told."""

import base64
import random

import pytest

from sensor.wire.mime import MimeScanner
from sensor.wire.mime_stray import LEAST, StrayFile
from sensor.wire.records import Attachment
from tests.sensor.wire.test_mime import crlf

BINARY = random.Random(3).randbytes(20_007)
GUESS = Attachment("application/octet-stream", None, 20_007, complete=False, guessed=True)


def encoded(data, line=57):
    return b"".join(base64.b64encode(data[at : at + line]) + b"\r\n" for at in range(0, len(data), line))


def found(text):
    stray = StrayFile()
    for line in text.splitlines(keepends=True):
        stray.feed(line, 0, len(line))
    return stray.found()


def test_bytes_that_no_text_has_are_a_file():
    assert found(encoded(BINARY)) == GUESS


@pytest.mark.parametrize(
    "text",
    [
        encoded(BINARY[: LEAST - 60]),
        encoded(("Bonjour à tous, voici la suite. " * 1_000).encode()),
        b"word " * 10 + b"\r\n",
        b"",
        b"%" * 76 + b"\r\n",
    ],
    ids=["a signature, a logo", "words", "plain words", "nothing", "no base64"],
)
def test_what_may_be_anything_else_is_not_told(text):
    assert found(text) is None


FIELDS = "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\ncanary\n"
FILE = "--B\nContent-Type: application/pdf; name=canary.pdf\nContent-Transfer-Encoding: base64\n\n"


@pytest.mark.parametrize("size", [1, 1_460, 1 << 20])
@pytest.mark.parametrize("words", ["", "Content-Transfer-Encoding: base64\n"])
def test_a_gap_over_a_files_fields(size, words):
    scanner = MimeScanner()
    scanner.feed(crlf(FIELDS.replace("\n\ncanary", "\n" + words + "\nY2FuYXJ5")))
    scanner.gap(len(FILE) + 30)
    body = encoded(BINARY)[39:] + b"--B--\r\n"
    for at in range(0, len(body), size):
        scanner.feed(body[at : at + size])
    (told,) = scanner.finish(complete=True).attachments
    assert (told.guessed, told.complete, told.extension) == (True, False, None)
    assert len(BINARY) - 60 <= told.size <= len(BINARY)


def test_a_gap_within_a_file_makes_no_other_of_it():
    scanner = MimeScanner()
    scanner.feed(crlf(FIELDS + FILE) + encoded(BINARY)[:1_000])
    scanner.gap(3_000)
    scanner.feed(encoded(BINARY)[4_000:] + b"--B--\r\n")
    assert [(a.extension, a.guessed) for a in scanner.finish(complete=True).attachments] == [("pdf", False)]
