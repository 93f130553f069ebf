"""vigie.yml, read as the practice writes it."""

from datetime import date, time

import pytest

from sensor.detect.policy import Policy
from sensor.detect.policy_file import parse

FULL = """
practice: {name: Cabinet des Tilleuls, site: Rennes, timezone: Europe/Paris, language: fr}
dpo: {name: A. Martin, mail: dpo@example.org}
networks:
  local: [192.0.2.0/24, "2001:db8::/48"]
  guest: [192.168.50.0/24]
  personal: [192.168.60.0/24]
  sites: [198.51.100.7]
  guest_vlans: [50]
  personal_vlans: [60]
devices:
  - {name: Accueil, mac: 00-11-22-33-44-20}
  - {name: Serveur, ip: 192.168.1.2}
  - {name: Tablette, ip: 192.168.1.9, group: personal, allowed: [whatsapp]}
contracts:
  - provider: Logimed
    reference: TM-2026-4
    tools: [rdp, teamviewer]
    posts: [Serveur]
    hosts: [support.example.org]
    networks: [203.0.113.0/28]
    days: [lun-ven, sat]
    hours: 8h-19h30
    since: 2026-01-01
    until: 2027-12-31
hds:
  - {host: sauvegarde.example.org, contract: HDS-12, until: 2028-01-31}
thresholds: {transfer: 300 kB, unknown: "50 Mo", cloud: 250000}
quiet_hours: 20:00-07:00
retention: {detail_days: 5, alerts_months: 3, totals_months: 12}
privacy: fleet
allowed_apps: [signal]
report: {without: [glossary, devices]}
"""


def read(text):
    policy, mistakes = parse(text, "vigie.yml")
    assert not mistakes, [str(m) for m in mistakes]
    return policy


def wrong(text):
    return [str(m) for m in sorted(parse(text, "vigie.yml")[1])]


def test_everything_that_can_be_written():
    policy = read(FULL)
    assert policy.practice.name == "Cabinet des Tilleuls"
    assert str(policy.practice.timezone) == "Europe/Paris"
    assert (policy.dpo_name, policy.dpo_mail) == ("A. Martin", "dpo@example.org")
    assert policy.report.without == {"glossary", "devices"}
    contract = policy.contracts[0]
    assert contract.tools == ("rdp", "teamviewer")
    assert contract.days == {0, 1, 2, 3, 4, 5}
    assert (contract.hours.start, contract.hours.end) == (time(8), time(19, 30))
    assert (contract.since, contract.until) == (date(2026, 1, 1), date(2027, 12, 31))
    assert policy.hds[0].contract == "HDS-12"
    thresholds = policy.thresholds
    assert (thresholds.transfer, thresholds.unknown, thresholds.cloud, thresholds.ai) == (
        300_000,
        50_000_000,
        250_000,
        200_000,
    )
    assert policy.quiet_hours.hold(time(23))
    assert policy.quiet_hours.hold(time(6))
    assert not policy.quiet_hours.hold(time(12))
    assert (policy.retention.detail_days, policy.retention.alerts_months, policy.retention.totals_months) == (5, 3, 12)
    assert policy.privacy == "fleet"
    assert policy.allowed_apps == {"signal"}


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "---\n"])
def test_nothing_written_is_every_default(text):
    policy = read(text)
    assert policy == Policy()
    assert policy.privacy == "pseudonym"
    assert str(policy.practice.timezone) == "Europe/Paris"


def test_a_device_is_known_by_its_mac_before_its_address():
    policy = read("devices: [{name: A, mac: '00:11:22:33:44:55'}, {name: B, ip: 192.168.1.5}]")
    assert policy.device("192.168.1.5", "00:11:22:33:44:55").name == "A"
    assert policy.device("192.168.1.5", "00:00:00:00:00:01").name == "B"
    assert policy.device("192.168.1.6", None) is None


def test_a_mac_of_digits_only_is_no_number():
    assert read("devices: [{name: A, mac: 11:22:33:44:55:56}]").devices[0].mac == "11:22:33:44:55:56"


@pytest.mark.parametrize(
    ("ip", "vlan", "group"),
    [
        ("192.168.50.4", None, "guest"),
        ("192.168.1.4", 50, "guest"),
        ("192.168.60.4", None, "personal"),
        ("192.168.1.4", 60, "personal"),
        ("192.168.1.4", None, "own"),
        ("192.168.1.9", 50, "personal"),  # its own line counts more than its VLAN
        ("not an address", None, "own"),
    ],
)
def test_groups(ip, vlan, group):
    assert read(FULL).group(ip, None, vlan) == group


def test_local_is_private_ranges_and_what_is_written():
    policy = read(FULL)
    assert policy.is_local("10.1.2.3")
    assert policy.is_local("192.0.2.9")
    assert policy.is_local("2001:db8::1")
    assert not policy.is_local("198.51.100.7")
    assert policy.is_own("198.51.100.7")
    assert not policy.is_own("203.0.113.1")


def test_every_mistake_is_told_at_once_with_its_line():
    assert wrong(
        """practice: {timezone: Europe/Pari, lang: fr}
dpo: {mail: nobody}
networks:
  local:
    - 192.168.1.0/24
    - 10.0.0.1/8
  guest_vlans: [4095]
devices:
  - {ip: 1.2.3}
  - {name: A, ip: 192.168.1.2}
  - {name: B, ip: 192.168.1.2, group: friend}
contracts:
  - provider: X
    hours: morning
    days: [monday]
    until: 2027-13-01
thresholds: {transfer: -1, cloud: much, clod: 3}
retention: {detail_days: 0}
privacy: none
quiet_hours: [20, 7]
privcy: full
"""
    ) == [
        "vigie.yml:1: 'timezone' must be a time zone like \"Europe/Paris\", not 'Europe/Pari'",
        "vigie.yml:1: unknown key 'lang'; did you mean 'language'?",
        "vigie.yml:2: 'mail' must be a mail address, not 'nobody'",
        "vigie.yml:6: 'local' must hold networks like \"192.168.1.0/24\", not '10.0.0.1/8'",
        "vigie.yml:7: 'guest_vlans' must hold VLAN numbers, not 4095",
        "vigie.yml:9: 'ip' must be an IP address, not '1.2.3'",
        "vigie.yml:9: 'name' is missing",
        "vigie.yml:11: 'group' must be one of own, guest, personal, not 'friend'",
        "vigie.yml:11: 192.168.1.2 is already the device 'A'",
        "vigie.yml:13: 'reference' is missing",
        "vigie.yml:14: 'hours' must be hours like \"08:00-19:00\", not 'morning'",
        "vigie.yml:15: 'days' must hold days like mon, tue or mon-fri, not 'monday'",
        "vigie.yml:16: 'until' must be a date like 2026-12-31, not '2027-13-01'",
        "vigie.yml:17: 'cloud' must be a size like \"200 kB\" or \"20 Mo\", not 'much'",
        'vigie.yml:17: \'transfer\' must be a size like "200 kB" or "20 Mo", not -1',
        "vigie.yml:17: unknown key 'clod'; did you mean 'cloud'?",
        "vigie.yml:18: 'detail_days' must be a whole number of at least 1 and at most 31, not 0",
        "vigie.yml:19: 'privacy' must be one of full, pseudonym, fleet, not 'none'",
        "vigie.yml:20: 'quiet_hours' must be hours like \"08:00-19:00\", not [20, 7]",
        "vigie.yml:21: unknown key 'privcy'; did you mean 'privacy'?",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", "vigie.yml:1: not YAML: "),
        ("x: 1\nx: 2\n", "vigie.yml:2: 'x' stands here twice"),
        ("- 1\n", "vigie.yml:1: a mapping (key: value) is expected here, not a list"),
        ("devices: {name: A}", "vigie.yml:1: 'devices' must be a list"),
        ("devices: [A]", "vigie.yml:1: a mapping (key: value) is expected here, not 'A'"),
        ("practice: here", "vigie.yml:1: a mapping (key: value) is expected here, not 'here'"),
        ("privacy: full\n---\nprivacy: full", "vigie.yml:3: one document only"),
        ("a: \t- b", "vigie.yml:1: not YAML: "),
        ("? [a, b]\n: c", "vigie.yml:1: not YAML: "),
    ],
)
def test_files_that_are_not_what_they_should_be(text, said):
    assert any(line.startswith(said) for line in wrong(text)), wrong(text)


@pytest.mark.parametrize("name", ["detail_days: 8", "alerts_months: 7", "totals_months: 14"])
def test_longer_than_the_law_foresees_only_with_a_written_reason(name):
    key, _, value = name.partition(": ")
    (mistake,) = wrong(f"retention: {{{name}}}")
    assert mistake.endswith(f"'{key}' above {int(value) - 1} needs a written 'reason' beside it")
    assert wrong(f"retention: {{{name}, reason: '  '}}") == [mistake]
    kept = read(f"retention: {{{name}, reason: Contrôle en cours}}").retention
    assert (getattr(kept, key), kept.reason) == (int(value), "Contrôle en cours")


def test_shorter_needs_no_reason():
    assert read("retention: {detail_days: 7, alerts_months: 1, totals_months: 12}").retention.reason == ""


def test_a_section_that_no_report_has():
    (mistake,) = wrong("report:\n  without: [glossary, poems]\n")
    assert mistake.startswith("vigie.yml:2: 'without' must hold sections among alerts, done_right")
    assert "'poems'" in mistake
