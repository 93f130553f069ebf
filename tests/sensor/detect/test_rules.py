"""Sigma rules: what a detection matches, and how mistakes are told. Each rule is written as people write it."""

from ipaddress import ip_address

import pytest

from sensor.detect import lists, rules
from sensor.detect.catalogue import Catalogue
from sensor.detect.event import Event
from sensor.detect.policy import Policy, Thresholds
from sensor.wire.records import Attachment, Dns, DnsAnswer, Http, Smtp, Ssl
from tests.sensor.detect.made_up import conn, flow, mail, observed, shipped

NAMES = lists.parse(
    [
        (
            "m.yml",
            (
                "list: messengers\ntitle: T\ndate: 2026-11-21\nclasses: [consumer]\nroles: [web]\nentries:\n"
                "  - {app: talk, name: Talk, class: consumer, source: S, date: 2026-11-21, confidence: high, web: [talk.example]}\n"
            ),
        )
    ]
)[0]


def read(text, file="r.yml"):
    return rules.parse([(file, text)], shipped().rules.catalogue, NAMES, Thresholds())


def rule(detection, service="conn", product="zeek"):
    return f"title: R\nname: r\nlogsource:\n  product: {product}\n  service: {service}\ndetection:\n{detection}\nlevel: low\n"


def one(line, service="conn"):
    """A rule whose detection is one line of one selection."""
    return rule(f"  sel:\n    {line}\n  condition: sel", service)


def matches(text, o):
    read_, mistakes = read(text)
    assert not mistakes, [str(m) for m in mistakes]
    return read_.rules[0].matches(Event(o, NAMES, Policy()))


def http(**more):
    values = {
        "method": "POST",
        "host": "www.Example.org",
        "uri": "/a/b.php",
        "user_agent": "curl/8",
        "status_code": 200,
    }
    return observed(Http(**(values | more)), conn(port=80))


@pytest.mark.parametrize(
    ("line", "matched"),
    [
        ("method: POST", True),
        ("method: post", True),  # Sigma: whatever the case
        ("method|cased: post", False),
        ("method: GET", False),
        ("method: [GET, POST]", True),
        ("method|contains: OS", True),
        ("host|startswith: www.", True),
        ("host|endswith: .org", True),
        ("host|endswith: .com", False),
        ("host|contains|all: [www, org]", True),
        ("host|contains|all: [www, com]", False),
        ("uri: '/a/*.php'", True),
        ("uri: '/?/b.php'", True),
        ("uri: '/??/b.php'", False),
        ("uri|re: '^/[ab]/.*\\.php$'", True),
        ("uri|re: '\\.asp$'", False),
        ("host|re|i: '^WWW'", True),
        ("host|re: '^WWW'", False),
        ("status_code: 200", True),
        ("status_code: '200'", True),
        ("status_code|lt: 200", False),
        ("status_code|lte: 200", True),
        ("status_code|gt: 199", True),
        ("status_code|gte: 201", False),
        ("status_code|neq: 404", True),
        ("status_code|neq: 200", False),
        ("upgrade: null", True),
        ("method: null", False),
        ("upgrade|exists: false", True),
        ("upgrade|exists: true", False),
        ("method|exists: true", True),
        ("upgrade|contains: web", False),  # a missing field matches nothing
        ("id.resp_p: 80", True),
        ("id.orig_h|cidr: 192.168.0.0/16", True),
        ("id.orig_h|cidr: [10.0.0.0/8, '2001:db8::/32']", False),
        ("id.orig_h|fieldref: device.ip", True),
        ("id.orig_h|fieldref: peer.ip", False),
        ("user_agent|windash|contains: 'x -y'", False),
        ("method|base64: x", False),
    ],
)
def test_one_line(line, matched):
    assert matches(one(line, "http"), http()) is matched


@pytest.mark.parametrize(
    ("condition", "matched"),
    [
        ("a and b", True),
        ("a and c", False),
        ("c or b", True),
        ("a and not c", True),
        ("not a", False),
        ("1 of sel_*", True),
        ("all of sel_*", False),
        ("1 of them", True),
        ("a and (c or b)", True),
        ("not 1 of sel_*", False),
    ],
)
def test_conditions(condition, matched):
    text = rule(
        "  a:\n    method: POST\n  b:\n    status_code: 200\n  c:\n    method: GET\n"
        f"  sel_1:\n    method: POST\n  sel_2:\n    method: GET\n  condition: {condition}",
        "http",
    )
    assert matches(text, http()) is matched


def test_a_list_of_mappings_is_any_of_them():
    text = rule("  sel:\n    - method: GET\n    - status_code: 200\n      method: POST\n  condition: sel", "http")
    assert matches(text, http())
    assert not matches(text, http(status_code=404))


def test_fields_with_several_values_match_if_any_does():
    dns = Dns(
        1, is_response=True, query="a.talk.example", qtype_name="A", answers=(DnsAnswer("a", "A", "192.0.2.1", 60),)
    )
    o = observed(dns, conn(port=53, proto="udp"))
    assert matches(one("answers|cidr: 192.0.2.0/24", "dns"), o)
    assert not matches(one("answers: 192.0.2.2", "dns"), o)
    assert matches(one("TTLs|lt: 100", "dns"), o)


def test_placeholders_look_names_up_in_a_list():
    line = "server_name|expand: '%messengers%'"
    assert matches(one(line, "ssl"), observed(Ssl(server_name="x.talk.example"), conn()))
    assert not matches(one(line, "ssl"), observed(Ssl(server_name="talk.example.org"), conn()))
    assert not matches(one(line, "ssl"), observed(Ssl(), conn()))


def test_flags_are_true_or_false():
    o = observed(Smtp(tls="established"), conn())
    assert matches(one("tls: true", "smtp"), o)
    assert not matches(one("tls: false", "smtp"), o)


def test_fields_of_the_post_and_its_peer():
    o = flow("www.talk.example", out=5_000, into=70)
    for line in (
        "device.ip: 192.168.1.20",
        "peer.list: messengers",
        "peer.app: talk",
        "peer.class: consumer",
        "direction: outbound",
        "bytes_out: 5000",
        "bytes_in|lt: 71",
        "bytes_both: 5070",
        "ratio|gt: 1",
        "service: ssl",
        "duration|gte: 10",
        "allowed: false",
        "peer.own: false",
        "contract: none",
    ):
        assert matches(one(line), o), line


def test_attachments_that_nothing_protects_are_counted_apart():
    o = mail(Attachment("a/b", "p7m", 9, protection="smime"), Attachment("a/b", "pdf", 9))
    assert matches(one("open_attachments: 1", "smtp"), o)
    assert matches(one("attachments: 2", "smtp"), o)
    assert matches(one("attachment.extension: pdf", "smtp"), o)


ZEEK_RULES = {  # as published for Zeek logs, in shape
    "public rdp": rule(
        "  filter:\n    id.orig_h|cidr:\n      - '::1/128'\n      - '10.0.0.0/8'\n      - '192.168.0.0/16'\n  condition: not filter",
        "rdp",
    ),
    "put": rule("  sel:\n    user_agent|contains: WebDAV\n    method: PUT\n  condition: sel", "http"),
    "mining": rule(
        "  sel:\n    query|endswith: .pool.example\n  no:\n    answers: ['127.0.0.1', '0.0.0.0']\n  condition: sel and not no",
        "dns",
    ),
}


@pytest.mark.parametrize("name", ZEEK_RULES)
def test_rules_for_zeek_load_unchanged_and_tell_with_defaults(name):
    read_, mistakes = read(ZEEK_RULES[name])
    assert not mistakes
    telling = read_.rules[0].telling
    assert (telling.category, telling.nature, telling.per) == ("exposure", "event", "day")
    assert telling.fr.title == telling.en.title == "R"
    assert telling.fr.advice != telling.en.advice


def test_a_rule_for_a_log_that_nothing_fills_sleeps():
    read_, mistakes = read(one("certificate.serial: x", "x509"))
    assert not mistakes
    assert not read_.rules
    assert [(a.name, a.service, a.line) for a in read_.asleep] == [("r", "x509", 1)]


def test_a_title_with_braces_is_shown_as_it_is():
    read_, _ = read(one("method: GET", "http").replace("title: R", "title: 'A {device} {x}'"))
    assert read_.rules[0].telling.fr.title.format_map({}) == "A {device} {x}"


CORRELATION = """
title: Many
name: many
correlation:
  type: {type}
  rules: [{rules}]
  group-by: [{group}]
  timespan: {span}
  condition: {{{condition}}}
level: low
"""


def correlation(**more):
    values = {"type": "event_count", "rules": "r", "group": "device.ip", "span": "5m", "condition": "gte: 3"} | more
    return one("method: GET", "http") + "---" + CORRELATION.format(**values)


def test_a_rule_that_a_correlation_counts_tells_nothing_itself():
    read_, mistakes = read(correlation())
    assert not mistakes
    assert [r.tell for r in read_.rules] == [False]
    many = read_.correlations[0]
    assert (many.kind, many.timespan, many.op, many.count, many.group) == (
        "event_count",
        300_000_000_000,
        "gte",
        3,
        ("device.ip",),
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (one("methd: GET", "http"), 8, "unknown field 'methd'"),
        (one("method|contain: GET", "http"), 8, "Unknown modifier 'contain'"),
        (one("host|expand: '%nothing%'", "http"), 8, "no list is called 'nothing'"),
        (one("host|expand: 'a%messengers%'", "http"), 8, "'%messengers%' must stand alone"),
        (one("id.orig_h|cidr: 10.0.0.0/99", "http"), None, "10.0.0.0/99"),
        (one("status_code|lt: many", "http"), None, "many"),
        (one("uri|re: '['", "http"), None, "["),
        (one("x: 1", "netflow"), 5, "unknown service 'netflow'"),
        (one("x: 1").replace("zeek", "windows"), 4, "'product' must be vigie or zeek, not 'windows'"),
        (rule("  sel:\n    method: GET\n  condition: sell", "http"), 9, "'sell' not defined"),
        (rule("  sel:\n    method: GET\n  condition: sel and", "http"), None, ""),
        (rule("  sel:\n    - word\n  condition: sel", "http"), None, "words without a field"),
        (rule("  sel:\n    method: GET", "http"), None, "at least one condition"),
        (one("method: GET", "http").replace("level: low", "level: loud"), 10, "'loud' is not a valid Sigma rule level"),
        (one("method: GET", "http").replace("name: r", "id: 1"), 2, "'id' must be a UUID"),
        (one("method: GET", "http").replace("name: r", "id: abc"), 1, "identifier must be an UUID"),
        ("- a\n", 1, "a rule is a mapping"),
        ("title: A\nlogsource: {product: zeek, service: http}\n", 1, "must have a detection"),
        ("action: global\ntitle: A\n", 1, "'action' is not read here"),
        (one("method: GET", "http") + "---\n" + one("method: GET", "http"), 13, "'r' is already the rule at r.yml:1"),
        (correlation(rules="nobody"), 16, "no rule is called 'nobody'"),
        (correlation(group="device.color"), 17, "unknown field 'device.color'"),
        (correlation(type="temporal"), None, "not read here"),
        (correlation(type="value_sum", condition="gte: 3"), None, "without field reference"),
        (correlation(condition="lt: 3"), None, "must be gte or gt"),
        (correlation(span="5x"), None, "5x"),
    ],
)
def test_mistakes_say_where(text, line, said):
    _, mistakes = read(text)
    assert len(mistakes) == 1, [str(m) for m in mistakes]
    assert said in mistakes[0].text
    assert mistakes[0].file == "r.yml"
    if line is not None:
        assert mistakes[0].line == line, str(mistakes[0])


VIGIE = """
vigie:
  category: remote
  nature: session
  per: day
  legal: [rgpd-32]
  fr: {title: T, advice: A, expected: E, seen: "{device} {peer}"}
  en: {title: T, advice: A, expected: E, seen: "{device} {peer}"}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("remote", "remotes", 12, "'category' must be one of mail, messaging"),
        ("category: remote", "kind: remote", 12, "unknown key 'kind'"),
        ("per: day", "per: week", 14, "'per' must be one of day, session, month"),
        ("rgpd-32", "rgpd-99", 15, "no legal reference is called 'rgpd-99'"),
        ('  fr: {title: T, advice: A, expected: E, seen: "{device} {peer}"}\n', "", 11, "'fr' is missing"),
        ("en: {title: T, ", "en: {", 17, "'title' is missing"),
        ("en: {title: T", "en: {title: '{who}'", 17, "unknown placeholder {who}"),
        ("en: {title: T", "en: {title: '{who'", 17, "braces"),
        ("per: day", "unless: nobody", 1, "'unless': no rule is called 'nobody'"),
        ("per: day", "same_as: nobody", 1, "'same_as': no rule is called 'nobody'"),
        ("per: day", "threshold: lots", 14, "'threshold' must be one of"),
    ],
)
def test_mistakes_in_the_vigie_block(old, new, line, said):
    text = one("method: GET", "http").rstrip("\n") + VIGIE
    assert not read(text)[1]
    _, mistakes = read(text.replace(old, new))
    found = [m for m in mistakes if said in m.text]
    assert found, [str(m) for m in mistakes]
    assert found[0].line == line, str(found[0])


def test_all_mistakes_of_all_files_come_together():
    catalogue: Catalogue = shipped().rules.catalogue
    files = [("a.yml", one("x: 1", "http")), ("b.yml", one("y: 1", "http").replace("name: r", "name: s"))]
    _, mistakes = rules.parse(files, catalogue, NAMES, Thresholds())
    assert [(m.file, m.line) for m in mistakes] == [("a.yml", 8), ("b.yml", 8)]


def test_addresses_compare_within_their_family_only():
    assert ip_address("::ffff:10.0.0.1").version == 6
    assert not matches(one("id.resp_h|cidr: '::/0'"), flow(None))
