"""Where a body begins and ends when no commands say so; whole dialogues are in `test_smtp`, commands in `test_smtp_client`."""

import pytest

from sensor.wire.smtp_body import Bodies, State
from sensor.wire.smtp_mail import Session
from sensor.wire.smtp_replies import DueReplies

MAIL = b"Subject: x\r\n\r\nhello\r\n.\r\n"


def bodies(state, data):
    made = Bodies(Session(), DueReplies())
    made.state, made.buffer = state, data
    return made


@pytest.mark.parametrize(("data", "state"), [(MAIL, State.BODY), (b"QUIT\r\n", State.COMMAND), (b"QUI", State.ASKED)])
def test_after_data_the_next_bytes_tell(data, state):
    made = bodies(State.ASKED, data)
    assert made.take_after_data() is (state is not State.ASKED)
    assert made.state is state


@pytest.mark.parametrize("data", [b"hello world\r\n", b"\x00\x01\x02\x03\x04\r\n"])
def test_when_lost_what_is_no_command_is_taken_for_a_body(data):
    made = bodies(State.LOST, data)
    made.take_lost()
    made.end()
    assert made.told == [], "it may have been anything"


def test_a_body_that_nobody_ended_is_told_incomplete():
    made = bodies(State.ASKED, b"Subject: x\r\n\r\nhello")
    made.take_after_data()
    made.take_body()
    made.end()
    assert [(told.transferred, told.complete) for told in made.told] == [(True, False)]
