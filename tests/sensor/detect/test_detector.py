"""The detector as a whole: who is told about, how sure, what is praised, what the figures say."""

import time
from dataclasses import replace

import pytest

from sensor.detect.detector import Detector
from sensor.detect.lists import Lists
from sensor.detect.policy import Policy
from sensor.detect.policy_file import parse
from sensor.detect.rules import RuleSet
from sensor.track.observation import Device, Direction
from sensor.wire.records import Attachment, Http
from tests.sensor.detect.made_up import MORNING, POST, S, conn, detector, flow, mail, observed, sent, session

GUEST = Device("192.168.50.4", None, group="guest")
PDF = Attachment("application/pdf", "pdf", 1_000)
INSIDE = Direction.INTERNAL


def one(o, **more):
    (alert,) = detector(**more).observe(o)
    return alert


def test_nothing_is_told_without_rules():
    silent = Detector(RuleSet(), Lists(), Policy())
    assert silent.observe(mail(PDF)) == []
    assert silent.observe(session()) == []


@pytest.mark.parametrize(
    ("source", "host", "confidence"),
    [
        ("sni", "web.whatsapp.com", "certain"),
        ("certificate", "web.whatsapp.com", "certain"),
        ("dns", "web.whatsapp.com", "probable"),  # an address that the device's own questions explain
        ("sni", "edge-chat.messenger.com", "probable"),  # a name that nobody verified
    ],
)
def test_confidence_is_never_more_than_the_evidence(source, host, confidence):
    assert one(flow(host, out=9_000, into=9_000, source=source)).confidence == confidence


def test_a_programs_own_bytes_are_certain_and_its_alert_is_that_of_its_names():
    by_bytes = one(flow("1dot1.example", source="dns", app="whatsapp", port=5222, out=900, ended=True))
    assert (by_bytes.app, by_bytes.confidence, by_bytes.fr.title) == (
        "whatsapp",
        "certain",
        "WhatsApp est présent sur un appareil",
    )
    by_name = one(flow("wa.me", out=900, into=900, ended=True))
    assert by_bytes.id == by_name.id
    talk = one(flow(None, app="whatsapp", port=5222, out=5_000, into=9_000))
    assert (talk.rule, talk.confidence) == ("messaging-consumer", "certain")


def test_a_connection_whose_start_was_not_seen_is_probable():
    alert = one(session(midstream=True))
    assert alert.confidence == "probable"
    assert dict(alert.evidence)["start_seen"] is False


def test_the_controlled_post_is_the_device_of_a_session_inside():
    policy, _ = parse("devices: [{name: Serveur, ip: 192.168.1.30}]", "vigie.yml")
    alert = one(session(direction=INSIDE), policy=policy)
    assert (alert.device.ip, alert.device.name) == ("192.168.1.30", "Serveur")
    assert (alert.peer.ip, alert.peer.host, alert.peer.host_source) == (POST.ip, "Accueil", None)
    assert (alert.bytes_out, alert.bytes_in) == (20_000, 90_000)  # as the controlled post sent and got them


def test_a_session_from_outside_counts_from_the_posts_side():
    alert = one(session())
    assert (alert.bytes_out, alert.bytes_in) == (90_000, 20_000)


def test_of_a_guests_device_only_control_from_outside_is_told():
    watching = detector()
    assert watching.observe(mail(PDF, device=GUEST)) == []
    assert watching.observe(session(direction=Direction.OUTBOUND, device=GUEST)) == []
    assert [a.rule for a in watching.observe(session(device=GUEST))] == ["remote-inbound-desktop"]


def test_a_session_that_grows_is_one_alert():
    watching, c = detector(), conn(direction=Direction.INBOUND, port=3389, out=9_000, into=9_000)
    first = watching.observe(session(of=c))[0]
    grown = conn(direction=Direction.INBOUND, port=3389, out=90_000, into=9_500, seconds=900, uid=c.uid, ended=True)
    last = watching.observe(session(of=grown))[0]
    assert (first.id, first.count, first.ended) == (last.id, 1, False)
    assert (last.count, last.bytes_out, last.ended) == (1, 90_000, True)


def test_two_sessions_are_two_alerts():
    watching = detector()
    a = watching.observe(session(ts=MORNING))[0]
    b = watching.observe(session(ts=MORNING + 60 * S))[0]
    assert a.id != b.id


def test_an_upload_grows_over_its_increments():
    watching = detector()
    c = conn(out=1, into=1)
    told = [
        a for n in range(10) for a in watching.observe(sent("x.wetransfer.net", 100_000, 10, of=c, ts=MORNING + n * S))
    ]
    assert len(told) == 9
    assert {a.id for a in told} == {told[0].id}
    assert (told[-1].bytes_out, told[-1].bytes_in, told[-1].packets, told[-1].count) == (1_000_000, 100, 100, 1)
    assert told[-1].peer.hds == "not_listed"
    assert (told[-1].first_seen, told[-1].last_seen) == (MORNING, MORNING + 9 * S)


def test_messenger_flows_of_a_day_are_one_alert_by_app():
    watching = detector()
    a = watching.observe(flow("web.whatsapp.com", out=9_000, into=9_000))[0]
    b = watching.observe(flow("mmg.whatsapp.net", out=9_000, into=9_000, peer_ip="198.51.100.4"))[0]
    c = watching.observe(sent("www.whatsapp.com", 10_000, 60_000))[0]
    assert a.id == b.id == c.id
    assert (c.app, c.count, c.bytes_out) == ("whatsapp", 3, 28_000)


@pytest.mark.parametrize(
    ("flow_", "praise"),
    [
        (flow("smtp.mssante.fr", port=465, out=9_000, into=3_000, ended=True), {"mssante": 1}),
        (
            flow("x.medecin.mssante.fr", port=2525, services=("smtp", "ssl"), out=9_000, into=3_000, ended=True),
            {"mssante": 1},
        ),
        (
            flow("smtp.mssante.fr", port=25, services=("smtp",), out=9_000, into=3_000, ended=True),
            {},
        ),
        (flow("smtp.mssante.fr", port=465, out=900, into=300, ended=True), {}),
        (flow("smtp.mssante.fr", port=465, out=9_000, into=3_000), {}),
        (flow("app.doctolib.fr", out=900_000, into=9_000, ended=True), {"hds": 1}),
        (flow("app.doctolib.fr", out=9_000, into=900_000, ended=True), {}),
        (flow("x.s3.amazonaws.com", out=900_000, into=9_000, ended=True), {}),
        (flow("smtp.orange.fr", port=465, out=9_000, into=3_000, ended=True), {"mail": 1}),
        (flow("mail.example", port=2525, services=("smtp", "ssl"), out=9_000, into=3_000, ended=True), {"mail": 1}),
        (flow("mail.example", port=587, services=("smtp",), out=9_000, into=3_000, ended=True), {}),
        (flow("mail.example", port=587, services=("smtp", "ssl"), out=900, into=900, ended=True), {}),  # a log-in alone
        (flow("imap.example", port=143, services=("imap", "ssl"), out=9_000, into=3_000, ended=True), {}),
    ],
)
def test_what_was_done_right_is_counted_and_not_told(flow_, praise):
    watching = detector()
    assert watching.observe(flow_) == []
    assert {what: times for what, times in watching.figures().done_right.items() if times} == praise


def test_alerts_of_an_earlier_run_go_on():
    first = one(mail(PDF))
    again = one(mail(PDF), known=(first,))
    assert (again.id, again.count) == (first.id, 2)
    assert dict(again.evidence)["attachments"] == 2
    assert again.bytes_out == 2 * first.bytes_out


def test_figures_name_the_tables():
    watching = detector()
    watching.observe(mail(PDF))
    assert watching.figures().evictions == {"alerts": 0, "alert_conns": 0, "volumes": 0, "calls": 0, "sums": 0}
    assert watching.figures().alerts == 1


def test_time_goes_on_without_harm():
    watching = detector()
    watching.observe(sent("x.wetransfer.net", 100_000))
    assert watching.tick(MORNING + 7200 * S) == []
    assert watching.observe(sent("x.wetransfer.net", 150_000, ts=MORNING + 7201 * S)) == []


def test_records_that_no_rule_wants_cost_next_to_nothing():
    watching = detector()
    assert watching.observe(observed(Http(host="www.example.org"), conn(port=80))) == []


def test_names_from_the_wire_cannot_pose_as_the_device():
    alert = one(mail(PDF, rcptto_domains=("{device}",)))
    assert dict(alert.evidence)["recipient_domains"] == "{device}"
    hostile = one(flow("{device}.web.whatsapp.com", out=9_000, into=9_000))
    assert hostile.fr.seen.count("{device}") == 1


def test_a_usual_observation_costs_a_few_microseconds():
    watching = detector()
    usual = [
        flow("www.example.org", out=9_000, into=90_000),
        sent("www.example.org", 900),
        flow(None, out=9_000, into=1),
    ]

    def spent():
        start = time.process_time()
        for _ in range(500):
            for o in usual:
                watching.observe(o)
        return (time.process_time() - start) / 1500

    assert min(spent() for _ in range(5)) < 100e-6  # about 8 µs on the machine this was written on


TERMS, _ = parse("contracts: [{provider: Logimed, reference: TM-1, tools: [rdp], hours: 8h-19h}]", "vigie.yml")


def test_a_session_that_outlasts_its_hours_says_so_while_it_lasts():
    made = detector(TERMS)
    start = MORNING + 9 * 3_600 * S  # six o'clock in the evening
    running = conn(direction=Direction.INBOUND, port=3389, out=9_000, into=90_000, ts=start)
    told = []
    for minutes in (10, 50, 70, 80):
        later = replace(running, last_ts=start + minutes * 60 * S)
        told.append(made.observe(replace(session("rdp", of=later), ts=later.last_ts)))
    assert [[alert.rule for alert in alerts] for alerts in told] == [
        ["remote-inbound-covered"],
        ["remote-inbound-covered"],
        ["remote-inbound-desktop"],
        ["remote-inbound-desktop"],
    ]
    assert dict(told[2][0].evidence)["contract"] == "hour"
    assert told[2][0].id == told[3][0].id
