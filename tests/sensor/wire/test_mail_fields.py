"""Header fields that stand first where a capture begins: a mail's, or somebody else's."""

import pytest

from sensor.wire import Likeness
from sensor.wire.mail_fields import begins_mail

YES, MAYBE, NO = Likeness.YES, Likeness.MAYBE, Likeness.NO


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Received: from x\r\n", YES),
        (b"From: a@b.fr\r\nTo: c@d.fr\r\n", YES),
        (b"Date: x\r\nFrom: a@b.fr\r\n\tx\r\nMessage-ID: <x>\r\n\r\n", YES),
        (b"Date: x\r\n", MAYBE),
        (b"Received: from", MAYBE),
        (b"From: a@b.fr\r\n", MAYBE),
        (b"Date: x\r\nContent-Type: text/html\r\n\r\n", NO),
        (b"Date: x\r\nServer: x\r\n", NO),
        (b"From: <sip:a@b>\r\nTo: <sip:c@d>\r\nCall-ID: x\r\n", NO),
        (b"Subject: x\r\nNewsgroups: fr.x\r\n", NO),
        (b"Date: " + b"x" * 600, NO),
        (b"X-Canary: x\r\nSubject: y\r\n", NO),
        (b"GET / HTTP/1.1\r\nSubject: y\r\n", NO),
        (b"", NO),
    ],
)
def test_begins_mail(data, expected):
    assert begins_mail(data) is expected
