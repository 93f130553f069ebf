"""`vigie inspect --explain`: a flow's own story, beside the report and never inside the JSON."""

import ast
import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from dashboard.cli import explain, main
from dashboard.cli.explain import ALL, Explainer
from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.detect import evidence
from sensor.detect.rules import RuleSet
from sensor.settings import load
from sensor.track.observation import Device, Hidden
from tests.privacy.conversations import PDF, C, message, smtp, tcp, udp
from tests.privacy.conversations import capture as capture_of
from tests.sensor.track.test_any_packets import ACK, CAPSULES, DIALOGUES, PSH, Side, ip, packets_of

SMTP = [
    bytes(CAPSULES["none"](packet)) for packet in packets_of(DIALOGUES["smtp"], 9, lambda n: [], list, lambda n: [])
]
POST, MX = Side(bytes((192, 168, 1, 10)), 51001, 5), Side(bytes((93, 184, 216, 34)), 2223, 9)
STRANGE = [CAPSULES["none"](ip(POST, MX, PSH | ACK, b"\x00\xff" * 90))]
WORDLESS = [
    CAPSULES["none"](ip(replace_port(POST), MX, 2)) for replace_port in (lambda side: replace(side, port=51002),)
]


@pytest.fixture
def capture(tmp_path):
    data = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")
    for number, packet in enumerate([*SMTP, *STRANGE, *WORDLESS]):
        size = len(packet).to_bytes(4, "little")
        data += (1_790_000_000 + number).to_bytes(4, "little") + bytes(4) + size + size + packet
    path = tmp_path / "a.pcap"
    path.write_bytes(data)
    return path


def told(*arguments):
    return CliRunner().invoke(main, ["inspect", *map(str, arguments)])


def stories(text):
    """First line of each flow → its other lines."""
    blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith(("Flow ", "Flux "))]
    return {block[0].partition(" (")[0]: [line.strip() for line in block[1:]] for block in blocks}


def test_each_flow_has_its_story(capture):
    found = stories(told(capture, "--explain", "all", "--lang", "en").stdout)
    mail, strange, wordless = found.values()
    assert next(iter(found)) == "Flow C1 tcp 192.168.1.10 port 51000 → 93.184.216.34 port 2222"
    assert "read by: smtp" in mail
    assert any(line.startswith("record smtp: ") and "application/pdf" in line for line in mail)
    assert any(line.startswith("alert mail-attachment-in-clear (") for line in mail)
    assert "evidence attachments' types: application/pdf".replace("'", "’") in mail
    assert "counted: the smtp record" in mail
    assert {"read by: no reader knew these bytes", "missing: only one direction was seen"} <= set(strange)
    assert {"missing: its beginning was not seen", "counted for no alert"} <= set(strange)
    assert "read by: nobody, it carried nothing" in wordless


@pytest.mark.parametrize("wanted", ["C1", "1:"])
def test_one_flow_by_its_uid_or_its_community_id(capture, wanted):
    if wanted == "1:":
        wanted = json.loads(told(capture, "--json").stdout.splitlines()[0])["community_id"]
    assert [*stories(told(capture, "--explain", wanted).stdout)] == [
        "Flux C1 tcp 192.168.1.10 port 51000 → 93.184.216.34 port 2222"
    ]


def test_a_flow_that_is_not_there(capture):
    assert "No flow C99 " in told(capture, "--explain", "C99", "--lang", "en").stdout


def test_json_stays_json(capture):
    result = told(capture, "--explain", "all", "--json")
    assert [json.loads(line)["rule"] for line in result.stdout.splitlines()]
    assert "Flux C1 " in result.stderr


def test_with_a_policy_the_practices_addresses_are_not_told(capture, tmp_path):
    config = tmp_path / "vigie.yml"
    config.write_text("privacy: pseudonym\n")
    out = told(capture, "--explain", "all", "--config", config).stdout
    assert "Flux C1 " in out
    assert "192.168.1.10" not in out


def observed(capture):
    seen = []
    list(Chain(replace(load(None, None), rules=RuleSet()), seed=1, watcher=seen.append).run(open_capture(capture)))
    return seen


def test_of_a_guest_only_counts(capture):
    teller = Explainer(ALL)
    for one in observed(capture):
        teller.take(
            replace(one, device=Device("192.168.1.10", None, group="guest"), peer=replace(one.peer, host="x.example"))
        )
    text = "\n".join(teller.lines([], "en"))
    assert "seen: " in text
    assert "record" not in text
    assert "x.example" not in text
    assert "a guest's device" in text
    assert "192.168.1.10" not in text


def test_a_flood_of_flows_is_bounded_and_said(capture, monkeypatch):
    monkeypatch.setattr(explain, "FLOWS", 2)
    teller = Explainer(ALL)
    for one in observed(capture):
        teller.take(one)
    assert [*teller.lines([], "en")][-1] == "1 more flows were not kept."


def test_both_languages_have_the_same_words():
    assert explain._WORDS["fr"].keys() == explain._WORDS["en"].keys()
    assert explain.EVIDENCE["fr"].keys() == explain.EVIDENCE["en"].keys()
    assert {f"hidden.{word}" for word in get_args(Hidden)} <= explain._WORDS["fr"].keys()


def test_each_fact_that_an_alert_may_hold_has_its_words():
    tree = ast.parse(Path(str(evidence.__file__)).read_text())
    keys = [key for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys]
    keys += [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    facts = {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    assert len(facts) > 40
    assert facts - explain.EVIDENCE["fr"].keys() == set()


def test_a_verdict_is_told_in_sentences_before_its_facts(capture):
    mail, *_ = stories(told(capture, "--explain", "all", "--lang", "fr").stdout).values()
    at = next(number for number, line in enumerate(mail) if line.startswith("alerte mail-attachment-in-clear ("))
    counted, seen, advice, *facts = mail[at + 1 :]
    assert counted == "a compté : le relevé smtp"
    assert seen.startswith("constaté : 192.168.1.10 ")
    assert advice.startswith("conseil : ")
    assert "preuve sens : sortant" in facts
    assert not [line for line in facts if "True" in line or "_" in line.partition(" : ")[0]]


def test_each_flow_of_an_alert_is_told_what_it_counted_for(tmp_path):
    """Two mails are one alert: both flows made it."""
    path = capture_of(tmp_path / "two.pcap", tcp(smtp(message(PDF))) + tcp(smtp(message(PDF)), at=5.0))
    one, two = stories(told(path, "--explain", "all", "--lang", "en").stdout).values()
    for flow in (one, two):
        assert any(line.startswith("alert mail-attachment-in-clear (") for line in flow)
        assert "evidence mails: 2" in flow
        assert "counted: the smtp record" in flow


def test_why_a_reader_stopped_is_told_with_its_flow(tmp_path):
    talk = [C(b"GET / HTTP/1.1\r\nHost: " + b"x" * 100_000 + b"\r\n\r\n")]
    path = capture_of(
        tmp_path / "stopped.pcap", tcp(talk) + udp(b"\x00\x07\x01\x00\x00\x01" + bytes(6) + b"\xc0\x0c\0\1\0\1", b"\0")
    )
    text = told(path, "--explain", "all", "--lang", "en").stdout
    assert "reading stopped: http: a line of more than 16384 bytes" in text
    french = told(path, "--explain", "all", "--lang", "fr").stdout
    assert "lecture arrêtée : http : une ligne de plus de 16384 octets" in french
    assert "reading stopped: dns: a pointer that does not go back" in text


def test_a_person_reads_words_not_python(capture):
    text = told(capture, "--explain", "all").stdout
    assert "(sortant)" in text
    assert "attachments (application/pdf" in text
    assert not [sign for sign in ("Attachment(", "=True", "('", "Direction.") if sign in text]
