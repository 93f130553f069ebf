import pytest

from sensor.wire.imap_words import COMMAND, FETCH, LITERAL, SECTION, TAGGED, UNTAGGED


@pytest.mark.parametrize(
    ("line", "item", "section", "offset"),
    [
        (b"* 1 FETCH (UID 7 BODY[] {10}", b"BODY", b"", None),
        (b"* 1 FETCH (body[1.2]<400> {10}", b"body", b"1.2", b"400"),
        (b" BINARY[2] ~{10}", b"BINARY", b"2", None),
        (b" RFC822.TEXT {10}", b"RFC822.TEXT", None, None),
        (b' BODY[HEADER.FIELDS ("X")] {10}', b"BODY", b'HEADER.FIELDS ("X")', None),
    ],
)
def test_sections(line, item, section, offset):
    found = SECTION.search(line)
    assert found is not None
    assert found.groups() == (item, section, offset)


@pytest.mark.parametrize("line", [b"a UID FETCH 1 x", b"A.1 noop\r\n", b"a1 LOGIN x y"])
def test_commands(line):
    assert COMMAND.match(line)


@pytest.mark.parametrize("line", [b"DONE", b"* OK", b"a FETCHED", b"Y2FuYXJ5", b"+ FETCH"])
def test_no_commands(line):
    assert COMMAND.match(line) is None


def test_answers():
    assert TAGGED.match(b"a1 OK [X] done")
    assert UNTAGGED.match(b"* 12 EXISTS\r\n")
    assert not UNTAGGED.match(b"*1\r\n")
    assert FETCH.match(b"* 12 fetch (FLAGS ())")
    assert LITERAL.search(b"x {12}")
    assert not LITERAL.search(b"x {12} ")
