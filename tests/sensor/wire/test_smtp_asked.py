"""What a client asked, told at the dialogue's end: envelopes that came to nothing too. The tables are test_smtp's."""

import pytest

from sensor.wire.records import Smtp
from sensor.wire.records_dialogues import SmtpDialogue
from sensor.wire.smtp import SmtpReader
from sensor.wire.smtp_asked import DOMAIN_BYTES, DOMAINS, Asked
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, OrigGap, Resp, RespEnd, check, records
from tests.sensor.wire.smtp_dialogues import BANNER, DATA, DOT, EHLO, ENVELOPE, FROM, HELLO, MAIL, OFFER, OK, QUIT, RCPT

NO = Resp(b"550 5.1.1 no such mailbox\r\n")
REFUSED = SmtpDialogue(("EHLO", "MAIL", "RCPT", "QUIT"), ("cabinet.fr",), ("labo.fr",), envelopes=1)


def dialogue(*steps):
    """The one dialogue that is told."""
    told = [record for record in records(SmtpReader, steps) if isinstance(record, SmtpDialogue)]
    assert len(told) == 1
    return told[0]


def test_an_envelope_that_the_server_refused():
    assert dialogue(*HELLO, FROM, OK, RCPT, NO, *QUIT[:2]) == REFUSED


def test_one_that_the_client_took_back_and_one_with_its_mail():
    again = [
        Orig(b"MAIL FROM:<canaryfrom@hopital.fr>\r\n"),
        OK,
        RCPT,
        OK,
        DATA,
        Resp(b"354 go\r\n"),
        Orig(MAIL),
        DOT,
        OK,
    ]
    assert dialogue(*HELLO, FROM, OK, RCPT, OK, Orig(b"rset\r\n"), OK, *again, *QUIT[:2]) == SmtpDialogue(
        ("EHLO", "MAIL", "RCPT", "RSET", "DATA", "QUIT"),
        ("cabinet.fr", "hopital.fr"),
        ("labo.fr",),
        envelopes=2,
        mails=1,
    )


def test_it_comes_last_and_once():
    told = records(SmtpReader, [*HELLO, *ENVELOPE, Orig(MAIL), DOT, OK, *QUIT[:2]])
    assert [type(record).__name__ for record in told] == ["Smtp", "SmtpDialogue"]


def test_before_tls_begins():
    asked = SmtpDialogue(("EHLO", "STARTTLS"))
    steps = [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"STARTTLS\r\n"),
        Resp(b"220 go\r\n"),
        Orig(b"\x16\x03\1"),
        asked,
        Handover(b"\x16\x03\1"),
    ]
    check(SmtpReader, steps, but=(Smtp,))


def test_a_line_that_answers_a_log_in_is_no_command():
    secret = [Orig(b"AUTH LOGIN\r\n"), Resp(b"334 VXNlcm5hbWU6\r\n"), Orig(b"QUIT\r\n"), Resp(b"535 no\r\n")]
    assert dialogue(*HELLO, *secret, Orig(b"NOOP\r\n"), OK, OrigEnd(), RespEnd()).commands == ("EHLO", "AUTH", "NOOP")


def test_an_unknown_word_is_told_as_other_only():
    assert dialogue(*HELLO, Orig(b"c2VjcmV0 x\r\n"), NO, Orig(b"canary\r\n"), NO, *QUIT[:2]).commands == (
        "EHLO",
        "OTHER",
        "QUIT",
    )


def test_behind_a_gap_what_is_seen_is_told():
    assert dialogue(*HELLO, OrigGap(40), RCPT, OK, OrigEnd(), RespEnd()).rcptto_domains == ("labo.fr",)


@pytest.mark.parametrize("steps", [[BANNER, RespEnd()], [BANNER, OrigEnd(), RespEnd()]])
def test_of_a_server_alone_nothing_is_known(steps):
    assert not any(isinstance(record, SmtpDialogue) for record in records(SmtpReader, steps))


def test_domains_are_bounded_in_number_and_in_bytes():
    many, long = Asked(), Asked()
    for number in range(5_000):
        many.sender(f"d{number}.fr")
        many.recipient(f"d{number}.fr")
        long.recipient(f"{number:0253}")
    many.command(b"MAIL")
    long.command(b"RCPT")
    told = many.told()
    assert (told.envelopes, len(told.mailfrom_domains) + len(told.rcptto_domains)) == (5_000, DOMAINS)
    assert DOMAIN_BYTES - 253 < sum(map(len, long.told().rcptto_domains)) <= DOMAIN_BYTES
