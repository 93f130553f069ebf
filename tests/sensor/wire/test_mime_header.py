import pytest

from sensor.wire.mime_fields import FIELD_LIMIT, PartHeader
from sensor.wire.mime_header import DOMAINS, Correspondents, HeaderReader, Line


def read(*lines: bytes) -> tuple[PartHeader, Correspondents, Line]:
    part, people = PartHeader(), Correspondents()
    reader = HeaderReader(part, people)
    last = Line.TAKEN
    for line in lines:
        last = reader.line(line)
    return part, people, last


def test_folded_lines_are_one_field():
    part, _, last = read(b"Content-Type: image/png;\r\n", b"\tname=\r\n", b" x.png\r\n", b"\r\n")
    assert (part.mime_type, part.extension, last) == ("image/png", "png", Line.END)


@pytest.mark.parametrize("line", [b"words without a colon\r\n", b"SGVsbG8=\r\n", b": x\r\n", b"a b: c\r\n"])
def test_the_body_may_begin_without_an_empty_line(line):
    part, _, last = read(b"Content-Type: image/png\r\n", line)
    assert (part.mime_type, last) == ("image/png", Line.OTHER)


def test_an_mbox_line_is_passed_over():
    assert read(b"From canary@x.fr Mon\r\n", b"Subject: x\r\n")[2] is Line.TAKEN


def test_a_field_is_read_up_to_its_limit():
    reader = HeaderReader(PartHeader())
    reader.line(b"Content-Type: image/png")
    for _ in range(100):
        reader.more(b" " * 1_000)
    assert len(reader._field) == FIELD_LIMIT
    reader.more(b"; name=x.pdf")
    reader.end()
    assert (reader.part.mime_type, reader.part.named) == ("image/png", False)


def test_a_broken_field_says_nothing():
    reader = HeaderReader(PartHeader())
    reader.line(b"Content-Type: image/png\r\n")
    reader.broken()
    reader.line(b" ; name=x.pdf\r\n")
    assert reader.line(b"\r\n") is Line.END
    assert reader.part == PartHeader()


def test_other_fields_are_not_held():
    reader = HeaderReader(PartHeader(), Correspondents())
    reader.line(b"Subject: canary\r\n")
    assert not reader._field


def test_domains_are_told_and_bounded():
    _, people, _ = read(*(b"To: canary <canary@D%d.fr>\r\n" % i for i in range(100)), b"\r\n")
    assert len(people.to) == DOMAINS
    assert next(iter(people.to)) == "d0.fr"


def test_an_at_sign_in_a_name_is_no_domain():
    _, people, _ = read(b'From: "canary@name" <canary@real.fr>\r\n', b"\r\n")
    assert people.sender == "real.fr"
