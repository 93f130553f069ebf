import pytest

from sensor.wire.mime import MimeScanner
from sensor.wire.smtp_dots import DotText
from sensor.wire.smtp_words import begins_command


class Heard(MimeScanner):
    """Keeps what it is fed: only a test may."""

    def __init__(self) -> None:
        super().__init__()
        self.text = b""

    def feed(self, data: bytes) -> None:
        self.text += data


def run(data: bytes, size: int = 1 << 20) -> tuple[bytes, bytes | None]:
    heard = Heard()
    text = DotText(heard, begins_command)
    for at in range(0, len(data), size):
        rest = text.feed(data[at : at + size])
        if rest is not None:
            return heard.text, rest + data[at + size :]
    return heard.text, (b"" if text.maybe else None)


CASES = [
    (b"a\r\n.\r\nQUIT\r\n", (b"a\r\n", b"QUIT\r\n")),
    (b".\r\nrest", (b"", b"rest")),
    (b"..\r\n...x\r\n.\r\n", (b".\r\n..x\r\n", b"")),
    (b".x\r\n.\r\n", (b"x\r\n", b"")),
    (b"a\n..b\n.\nQUIT\n", (b"a\n.b\n", b"QUIT\n")),
    (b"a\n.\r\nrest", (b"a\n", b"rest")),
    (b"a\r\n.\nb\r\n.\r\n", (b"a\r\n.\nb\r\n", b"")),
    (b"a\r\n.\nQUIT\r\n", (b"a\r\n", b"QUIT\r\n")),
    (b"a\r\nb\n.\r\nRSET\r\n", (b"a\r\nb\n", b"RSET\r\n")),
    (b"a\r\n.\n", (b"a\r\n", b"")),
    (b"a\r\n.\rb\r\n.\r\n", (b"a\r\n\rb\r\n", b"")),
    (b"a.\r\n.\r\n", (b"a.\r\n", b"")),
    (b"goes on\r\n", (b"goes on\r\n", None)),
]


@pytest.mark.parametrize(("data", "expected"), CASES)
@pytest.mark.parametrize("size", [1, 2, 3, 1 << 20])
def test_text_and_rest(data, expected, size):
    assert run(data, size) == expected


def test_after_a_gap_a_dot_line_at_once_is_the_end():
    text = DotText(Heard(), begins_command)
    text.feed(b"a\r\nb")
    text.gap(10)
    text.after_gap(b".\r\nQUIT\r\n")
    assert text.feed(b".\r\nQUIT\r\n") == b"QUIT\r\n"


def test_after_a_gap_a_dot_within_a_line_is_none():
    text = DotText(Heard(), begins_command)
    text.gap(10)
    text.after_gap(b".x\r\n")
    assert text.feed(b".x\r\n") is None
    assert text.feed(b".\r\n") == b""
