"""Facts of alerts: words of protocols and numbers, never what privacy forbids."""

from sensor.detect import evidence
from sensor.detect.event import Event
from sensor.detect.policy import Policy
from sensor.wire.records import Attachment, Dns, Fingerprint, Http, Imap, Pop3, Quic, Rdp, Rfb, Socks, Ssh, Ssl
from sensor.wire.records_calls import Rtp
from tests.sensor.detect.made_up import conn, flow, mail, observed, session, shipped


def facts(o, policy=None):
    return evidence.facts(Event(o, shipped().lists, policy or Policy()))


def test_a_mail_by_number_size_type_and_extension():
    found = facts(mail(Attachment("application/pdf", "pdf", 900), Attachment("image/png", None, 100, protection="zip")))
    assert (found["attachments"], found["attachment_bytes"]) == (2, 1_000)
    assert (found["mime_types"], found["extensions"], found["protections"]) == (
        "application/pdf, image/png",
        "pdf",
        "zip",
    )
    assert found["recipient_domains"] == "example.org"


def test_a_name_on_a_list_with_its_source_and_date():
    found = facts(flow("mmg.whatsapp.net"))
    assert (found["list"], found["list_name"], found["list_class"]) == ("messengers", "WhatsApp", "consumer")
    assert found["list_source"].startswith("v2fly")
    assert found["list_date"] == "2026-08-19"
    assert found["hosts"] == "mmg.whatsapp.net"


def test_a_session_by_what_came_of_it():
    found = facts(session("ssh", two_way=False))
    assert (found["answered"], found["established"], found["two_way"], found["duration"]) == (True, True, False, 600.0)


def test_every_record_has_facts_without_empty_ones():
    records = [
        Http(host="a.example"),
        Ssl(version="TLSv12"),
        Dns(1, is_response=False, query="a", qtype_name="A"),
        Ssh(),
        Rdp(),
        Rfb(),
        Pop3(),
        Imap(),
        Quic("1"),
        Socks(5),
        Fingerprint("x"),
        Rtp(111, 0),
    ]
    for record in records:
        found = facts(observed(record, conn()))
        assert None not in found.values()
        assert "" not in found.values()
        assert found["port"] == 443


def test_the_same_occurrence_further_on_counts_nothing_twice():
    old = {"attachments": 2, "mime_types": "a/b", "duration": 1.0}
    new = {"attachments": 2, "mime_types": "a/b, c/d", "duration": 9.0, "ended": True}
    assert evidence.latest(old, new) == {"attachments": 2, "mime_types": "a/b, c/d", "duration": 9.0, "ended": True}
    assert evidence.add(old, new)["attachments"] == 4
