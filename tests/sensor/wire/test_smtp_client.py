"""The client's side alone; whole dialogues are in test_smtp."""

import pytest

from sensor.wire.smtp_client import LINE_LIMIT, SLICE, ClientSide, State
from sensor.wire.smtp_mail import Session
from sensor.wire.smtp_replies import DueReplies

ENVELOPE = b"MAIL FROM:<a@b.fr>\r\nRCPT TO:<c@d.fr>\r\n"


def client(*, server_heard: bool = False) -> ClientSide:
    side = ClientSide(Session(), DueReplies())
    side.server_heard = server_heard
    return side


def test_alone_it_tells_at_the_end_mark():
    side = client()
    side.feed(b"EHLO x\r\n" + ENVELOPE + b"DATA\r\nSubject: x\r\n\r\nhi\r\n.\r\nQUIT\r\n")
    assert [(t.transferred, t.accepted) for t in side.told] == [(True, None)]


def test_with_a_server_it_waits_for_the_answer():
    side = client(server_heard=True)
    side.feed(b"EHLO x\r\n" + ENVELOPE + b"DATA\r\nSubject: x\r\n\r\nhi\r\n.\r\n")
    assert side.told == []
    assert side.state is State.COMMAND


@pytest.mark.parametrize("data", [b"x" * 50_000, b"MAIL FROM:<" + b"a" * 50_000, b"AUTH PLAIN " + b"A" * 50_000])
def test_an_endless_command_is_not_held(data):
    side = client(server_heard=True)
    for at in range(0, len(data), 1_000):
        side.feed(data[at : at + 1_000])
        assert len(side.buffer) <= LINE_LIMIT
    side.feed(b"\r\nEHLO x\r\n")
    assert side.session.helo


def test_what_is_taken_at_once_is_bounded():
    side = client()
    side.feed(b"NOOP\r\n" * 10_000)
    assert len(side.buffer) < SLICE
    assert side.strange == 0


@pytest.mark.parametrize("size", [b"99999999999999999999", b"-1", b"x", b""])
def test_a_chunk_of_an_impossible_size_is_none(size):
    side = client()
    side.feed(b"BDAT " + size + b"\r\nNOOP\r\n")
    assert side.state is State.COMMAND


def test_RSET_tells_what_went_over_the_wire_of_a_body():  # noqa: N802 - the command's name
    side = client()
    side.feed(ENVELOPE + b"BDAT 5\r\nhelloRSET\r\n")
    assert [(t.transferred, t.complete, t.size) for t in side.told] == [(True, False, 5)]
