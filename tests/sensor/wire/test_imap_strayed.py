"""What comes behind a gap is a mail's until a line is the dialogue's again."""

import pytest

from sensor.wire.imap_strayed import Strayed

PDF = (
    b"--B",
    b'Content-Type: application/pdf; name="canary.pdf"',
    b"Content-Transfer-Encoding: base64",
    b"",
    b"SGVsbG8=",
)


@pytest.mark.parametrize(
    ("line", "tags", "taken"),
    [
        (b"Bonjour,", {b"a1"}, True),
        (b"a1 OK done", {b"a1"}, False),
        (b"tout OK pour demain", {b"a1"}, True),
        (b"* 7 EXISTS", (), False),
        (b"* une liste", (), True),
        (b"+ go on", (), False),
        (b"a2 NOOP", None, False),
        (b"a1 OK done", None, True),
    ],
)
def test_whose_line_it_is(line, tags, taken):
    assert Strayed().takes(line, tags) is taken


def test_a_file_in_it_is_told_and_was_not_seen_whole():
    strayed = Strayed()
    assert all(strayed.takes(line, ()) for line in PDF)
    mail = strayed.finish()
    assert [(a.mime_type, a.extension) for a in mail.attachments] == [("application/pdf", "pdf")]
    assert not mail.complete


def test_words_alone_are_nothing():
    strayed = Strayed()
    assert strayed.takes(b"Bonjour,", ())
    assert strayed.finish() is None
