import pytest

from sensor.wire.smtp_mail import DOMAINS, Session, Transaction

OPEN = b"Content-Type: application/pdf; name=canary.pdf\r\n\r\n%PDF-1.7"
SECRET = b"Content-Type: application/octet-stream; name=canary.apz\r\n\r\n\x01\x02\x03"


def sent(body: bytes, *recipients: str) -> Transaction:
    transaction = Transaction()
    for recipient in recipients:
        transaction.rcpt(recipient)
    transaction.body().feed(body)
    transaction.end_body(complete=True)
    return transaction


@pytest.mark.parametrize(
    ("body", "recipients", "expected"),
    [
        (SECRET, ["medical75.apicrypt.org"], "apicrypt"),
        (SECRET, ["apicrypt.org", "medical13.apicrypt.org"], "apicrypt"),
        (SECRET, ["medical75.apicrypt.org", "free.fr"], None),
        (SECRET, ["mssante.apicrypt.org"], None),
        (SECRET, ["notapicrypt.org"], None),
        (SECRET, [], None),
        (OPEN, ["medical75.apicrypt.org"], None),
    ],
)
def test_apicrypt_by_its_recipients_unless_anybody_could_open_it(body, recipients, expected):
    assert sent(body, *recipients).told(Session()).protection == expected


def test_recipients_are_counted_and_their_domains_bounded():
    told = sent(OPEN, *(f"d{i}.fr" for i in range(100))).told(Session())
    assert (told.rcptto_count, len(told.rcptto_domains)) == (100, DOMAINS)


def test_without_a_body_nothing_was_transferred():
    assert not Transaction().told(Session()).transferred
