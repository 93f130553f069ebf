from sensor.wire.smtp_mail import Transaction
from sensor.wire.smtp_replies import MOST_DUE, DueReplies, Want


def test_answers_come_in_order():
    due = DueReplies()
    for want in (Want.OTHER, Want.OTHER, Want.DATA, Want.QUIT):
        due.add(want)
    assert [due.take(code)[0].want for code in (250, 250, 354, 221)] == [Want.OTHER, Want.OTHER, Want.DATA, Want.QUIT]
    assert due.take(250) == (None, [])


def test_354_finds_its_data_again():
    due, mail = DueReplies(), Transaction()
    due.add(Want.OTHER, count=3)
    due.add(Want.BODY, mail)
    due.add(Want.DATA)
    found, passed = due.take(354)
    assert (found.want, passed) == (Want.DATA, [mail])


def test_334_without_a_log_in_answers_nothing():
    due = DueReplies()
    due.add(Want.OTHER)
    assert due.take(334) == (None, [])
    assert due.has(Want.OTHER)


def test_bodies_are_kept_apart():
    due = DueReplies()
    mails = [Transaction(), Transaction()]
    for mail in mails:
        due.add(Want.BODY, mail)
    assert [due.take(250)[0].transaction is mail for mail in mails] == [True, True]


def test_bounded_and_what_it_forgets_is_handed_back():
    due, forgotten = DueReplies(), []
    for _ in range(3 * MOST_DUE):
        forgotten += due.add(Want.BODY, Transaction())
    assert len(due._due) <= MOST_DUE
    assert len(forgotten) + len(due._due) == 3 * MOST_DUE
