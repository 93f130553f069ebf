"""Mail whose packets came in another order, twice, in one direction or not at all, through the whole chain: told, and how surely."""

import base64
import random

import pytest
from scapy.layers.inet import IP, TCP

from tests.privacy.conversations import OUTSIDE, POST, alerts_of, imap, message, pop3, smtp, tcp
from tests.sensor.detect.made_up import shipped

SCAN = (
    b'Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64',
    base64.encodebytes(random.Random(8).randbytes(60_000)).replace(b"\n", b"\r\n"),
)
MAIL = message(SCAN, body="Bonjour. " * 300)
HEAD = b"Content-Type: application/pdf"
CERTAIN, PROBABLE = ("mail", "certain", "pdf"), ("mail", "probable", None)
WAYS = {"smtp": (smtp(MAIL), 25), "pop3": (pop3(MAIL), 110), "imap": (imap(MAIL), 143)}


def heard(packets):
    """(category, confidence, extensions) of what is told of attachments."""
    alerts = alerts_of(packets, settings=shipped())
    return [
        (str(a.category), str(a.confidence), dict(a.evidence).get("extensions")) for a in alerts if a.category == "mail"
    ]


def payload(packet):
    return bytes(packet[TCP].payload)[: packet[IP].len - 40] if packet[IP].len else bytes(packet[TCP].payload)


def packets_of(way):
    says, port = WAYS[way]
    return [(at, packet.__class__(bytes(packet))) for at, packet in tcp(says, port=port)]


@pytest.mark.parametrize("way", WAYS)
def test_another_order_and_twice(way):
    packets, chance = packets_of(way), random.Random(5)
    shaken = [(at + chance.random() * 0.004 * bool(payload(packet)), packet) for at, packet in packets]
    again = [(at + chance.random() * 0.003, packet) for at, packet in packets if chance.random() < 0.2]
    assert heard([*shaken, *again]) == [CERTAIN]


@pytest.mark.parametrize("way", WAYS)
def test_some_of_the_attachment_is_lost(way):
    packets = packets_of(way)
    first = next(n for n, (_, packet) in enumerate(packets) if HEAD in payload(packet))
    assert heard(packets[: first + 5] + packets[first + 12 :]) == [CERTAIN]


@pytest.mark.parametrize("way", WAYS)
def test_its_fields_are_lost(way):
    """That a file went is plain from its bytes; what it was is not known."""
    packets = packets_of(way)
    first = next(n for n, (_, packet) in enumerate(packets) if HEAD in payload(packet))
    assert heard(packets[:first] + packets[first + 1 :]) == [PROBABLE]


def test_the_answers_own_beginning_is_lost_too():
    packets = packets_of("pop3")
    first = next(n for n, (_, packet) in enumerate(packets) if b"octets" in payload(packet))
    assert heard(packets[:first] + packets[first + 3 :]) == [PROBABLE]


@pytest.mark.parametrize(("side", "expected"), [(POST, [CERTAIN]), (OUTSIDE, [])])
def test_one_direction_only(side, expected):
    assert heard([(at, packet) for at, packet in packets_of("smtp") if packet[IP].src == side]) == expected


def test_the_capture_begins_in_the_attachment():
    packets = packets_of("smtp")
    first = next(n for n, (_, packet) in enumerate(packets) if HEAD in payload(packet))
    assert heard(packets[first + 3 :]) == [PROBABLE]


def test_one_direction_only_that_begins_in_the_attachment():
    packets = [(at, packet) for at, packet in packets_of("smtp") if packet[IP].src == POST]
    first = next(n for n, (_, packet) in enumerate(packets) if HEAD in payload(packet))
    assert heard(packets[first + 3 :]) == [PROBABLE]


def test_an_answer_of_imap_whose_line_with_the_length_is_lost():
    packets = packets_of("imap")
    line = next(n for n, (_, packet) in enumerate(packets) if b"BODY[] {" in payload(packet))
    first = next(n for n, (_, packet) in enumerate(packets) if HEAD in payload(packet))
    assert line < first or HEAD in payload(packets[line][1])
    assert heard(packets[:line] + packets[max(line, first) + 1 :]) == [PROBABLE]


def test_it_ends_in_the_attachment():
    packets = packets_of("smtp")
    first = next(n for n, (_, packet) in enumerate(packets) if HEAD in payload(packet))
    assert heard(packets[: first + 2]) == [CERTAIN]


@pytest.mark.parametrize("answer", [b"554 5.7.1 refused\r\n", b"452 4.3.1 no room\r\n"])
def test_refused_after_it_was_sent(answer):
    """Who was on the way has read it."""
    says = smtp(MAIL)
    at = next(n for n, said in enumerate(says) if MAIL in said.data) + 1
    says[at] = says[at].__class__(answer, client=False)
    assert heard(tcp(says)) == [CERTAIN]


def test_reset_before_its_body_it_never_went():
    says = smtp(MAIL)
    at = next(n for n, said in enumerate(says) if MAIL in said.data)
    assert (
        heard(tcp([*says[: at - 2], says[0].__class__(b"RSET\r\n"), says[0].__class__(b"250 ok\r\n", client=False)]))
        == []
    )
