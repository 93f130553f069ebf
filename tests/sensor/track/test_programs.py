"""Records that show which program speaks."""

import pytest

from sensor.track.programs import program
from sensor.wire.records import Fingerprint, Irc, Ssh, Ssl, Stun, Xmpp


@pytest.mark.parametrize(
    ("record", "app"),
    [
        (Fingerprint("whatsapp"), "whatsapp"),
        (Ssl(subject="AnyDesk Client"), "anydesk"),
        (Ssl(client_subject="AnyDesk Client"), "anydesk"),
        (Ssl(subject="AnyNet Relay"), "anydesk"),
        (Ssl(subject="anydesk.example.org"), None),
        (Ssl(server_name="AnyDesk Client"), None),
        (Ssl(), None),
        (Irc(), "irc"),
        (Xmpp(), "xmpp"),
        (Stun("allocate", app="whatsapp"), "whatsapp"),
        (Stun("binding"), None),
        (Ssh(), None),
    ],
)
def test_program(record, app):
    assert program(record) == app
