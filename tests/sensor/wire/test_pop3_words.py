"""Redis speaks so too: what is POP3 among those that answer +OK. More probes stand in `test_pop3`."""

import pytest

from sensor.wire import Likeness
from sensor.wire.pop3_words import begins_answer, probe

YES, MAYBE, NO = Likeness.YES, Likeness.MAYBE, Likeness.NO


@pytest.mark.parametrize(
    ("orig", "resp", "expected"),
    [
        (b"AUTH canary\r\n", b"+OK\r\n", MAYBE),
        (b"AUTH canary\r\nQUIT\r\n", b"+OK\r\n+OK\r\n", MAYBE),
        (b"AUTH PLAIN\r\n", b"+OK ready\r\n+ \r\n", YES),
        (b"LIST x\r\n", b"-ERR unknown\r\n", MAYBE),
        (b"USER x\r\n", b"+OK\r\n", YES),
        (b"STAT\r\n", b"+OK\r\n", YES),
        (b"", b"+OK\r\n", MAYBE),
    ],
)
def test_probe(orig, resp, expected):
    assert probe(orig, resp) is expected


@pytest.mark.parametrize(("data", "expected"), [(b"+OK x", YES), (b"-ER", MAYBE), (b"+OKAY", NO), (b"x", NO)])
def test_begins_answer(data, expected):
    assert begins_answer(data) is expected
