"""The section `influxdb` of vigie.yml."""

import pytest

from sensor.detect.policy_file import parse
from sensor.detect.policy_influx import Buckets, InfluxDB

GOOD = """practice: {site: tilleuls}
influxdb:
  url: https://influx.example.fr:8086/
  token_file: w.token
"""


def test_a_short_section_is_enough():
    policy, mistakes = parse(GOOD, "vigie.yml")
    assert not mistakes
    assert policy.influxdb == InfluxDB("https://influx.example.fr:8086", "tilleuls", "w.token")
    assert parse("", "vigie.yml")[0].influxdb is None


def test_everything_may_be_said():
    text = GOOD + "  org: dpo\n  site: annexe\n  buckets: {detail: a, figures: b, totals: c}\n"
    policy, mistakes = parse(text + "  read_token_file: r.token\n  ca_file: ca.pem\n", "vigie.yml")
    assert not mistakes
    assert policy.influxdb == InfluxDB(
        "https://influx.example.fr:8086", "annexe", "w.token", "dpo", Buckets("a", "b", "c"), "r.token", "ca.pem"
    )


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8086", "http://[::1]:8086", "http://localhost:8086", "https://10.0.0.7"]
)
def test_plain_http_goes_no_further_than_this_machine(url):
    policy, mistakes = parse(GOOD.replace("https://influx.example.fr:8086/", url), "vigie.yml")
    assert not mistakes
    assert policy.influxdb is not None
    assert policy.influxdb.url == url


@pytest.mark.parametrize(
    ("line", "wrong", "said"),
    [
        (3, "url: http://influx.example.fr:8086", "plain http only to this machine"),
        (3, "url: http://192.168.1.9:8086", "plain http only to this machine"),
        (3, "url: http://127.0.0.1.example.fr:8086", "plain http only to this machine"),
        (3, "url: ftp://influx.example.fr", "'url' must be an address"),
        (3, "url: https://somebody:word@influx.example.fr", "'url' must be an address"),
        (2, "org: vigie", "'url' is missing"),
        (3, "url: https://a.example.fr\n  site: 'a\\b'", "'site' must be"),
        (3, "url: https://a.example.fr\n  buckets: {detail: x, figures: x}", "three buckets are needed"),
        (3, "url: https://a.example.fr\n  token: 1234", "unknown key 'token'; did you mean 'token_file'?"),
    ],
)
def test_mistakes_are_named_with_their_line(line, wrong, said):
    text = GOOD.replace("url: https://influx.example.fr:8086/", wrong)
    mistakes = parse(text, "vigie.yml")[1]
    assert len(mistakes) == 1
    assert said in mistakes[0].text
    assert line <= mistakes[0].line <= line + 1
    assert mistakes[0].file == "vigie.yml"


@pytest.mark.parametrize(
    ("gone", "said"),
    [("  token_file: w.token\n", "'token_file' is missing"), ("practice: {site: tilleuls}\n", "'site' is missing")],
)
def test_what_is_missing_is_named(gone, said):
    mistakes = parse(GOOD.replace(gone, ""), "vigie.yml")[1]
    assert [said in one.text for one in mistakes] == [True]
