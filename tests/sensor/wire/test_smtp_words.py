import pytest

from sensor.wire import Likeness
from sensor.wire.smtp_words import begins_command, domain_of, server_name


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (b"<canary@Labo.FR>", "labo.fr"),
        (b" <canary@labo.fr> SIZE=1 BODY=8BITMIME", "labo.fr"),
        (b"canary@labo.fr SIZE=1", "labo.fr"),
        (b'<"ca@nary"@labo.fr>', "labo.fr"),
        (b"<@relay.fr,@b.fr:canary@labo.fr>", "labo.fr"),
        (b"<canary@labo.fr.>", "labo.fr"),
        (b"<canary@[192.0.2.1]>", "[192.0.2.1]"),
        (b"<canary@[IPv6:2001:db8::1]>", "[ipv6:2001:db8::1]"),
        ("<canary@hôpital.fr>".encode(), "xn--hpital-ixa.fr"),
        (b"<>", None),
        (b"<postmaster>", None),
        (b"<canary@>", None),
        (b"<canary@a b>", None),
        (b"<canary@" + b"x" * 300 + b">", None),
        (b"<canary@\xff\xfe>", None),
        (b"", None),
    ],
)
def test_domain_of(path, expected):
    assert domain_of(path) == expected


@pytest.mark.parametrize(
    ("banner", "expected"),
    [
        (b"mx.Labo.fr ESMTP", "mx.labo.fr"),
        (b"localhost ESMTP", None),
        (b"", None),
        (b"5.2 ready", None),
        (b"**** ESMTP", None),
        (b"a@b.fr", None),
    ],
)
def test_server_name(banner, expected):
    assert server_name(banner) == expected


YES, MAYBE, NO = Likeness.YES, Likeness.MAYBE, Likeness.NO


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"QUIT\r\n", YES),
        (b"quit\n", YES),
        (b"QUI", MAYBE),
        (b"QUITE a lot\r\n", NO),
        (b"MAIL FROM:<", YES),
        (b"MAIL  from:<", YES),
        (b"MAIL FR", MAYBE),
        (b"MAIL ", MAYBE),
        (b"MAIL me\r\n", NO),
        (b"RCPT TO:<", YES),
        (b"DATA of patients\r\n", YES),
        (b"From: x", NO),
        (b"", MAYBE),
        (b"x" * 99, NO),
    ],
)
def test_begins_command(data, expected):
    assert begins_command(data) is expected
