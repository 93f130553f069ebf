"""Greeting, capabilities and log-in, line by line; whole dialogues are in `test_imap`."""

import pytest

from sensor.wire.imap_session import ImapSession


def after(*lines):
    session = ImapSession()
    for line in lines:
        session.capabilities(line)
    return session


@pytest.mark.parametrize(
    ("lines", "tls"),
    [
        ([b"* CAPABILITY IMAP4rev1 STARTTLS"], "offered"),
        ([b"* OK [CAPABILITY IMAP4rev1 starttls] ready"], "offered"),
        ([b"* CAPABILITY IMAP4rev1 XXXXXXXX"], "stripped"),
        ([b"* CAPABILITY IMAP4rev1 STARTTLS", b"* CAPABILITY IMAP4rev1 XXXXXXXX"], "offered"),
        ([b"* OK STARTTLS is nice"], "none"),
    ],
)
def test_capabilities(lines, tls):
    assert after(*lines).tls == tls


def test_a_greeting_names_the_server():
    session = ImapSession()
    session.greet(b"* PREAUTH imap.example.org ready")
    assert (session.greeted, session.server_name) == (True, "imap.example.org")
    assert (session.auth_mechanism, session.auth_success) == ("PREAUTH", True)


@pytest.mark.parametrize(
    ("verb", "line", "mechanism"),
    [
        (b"LOGIN", b'a LOGIN "u" "p"', "LOGIN"),
        (b"AUTHENTICATE", b"a AUTHENTICATE plain AHUAcA==", "PLAIN"),
        (b"AUTHENTICATE", b"a AUTHENTICATE", None),
        (b"AUTHENTICATE", b"a AUTHENTICATE s\xe9cret", "OTHER"),
    ],
)
def test_a_login_is_its_mechanism(verb, line, mechanism):
    session = ImapSession()
    session.login(verb, line)
    assert session.auth_mechanism == mechanism
