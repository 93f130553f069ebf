"""The notice and the register's entry say what the settings are: toggling one changes a sentence."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from dashboard.report.files import pdf
from dashboard.report.papers import KINDS, markdown, paper
from dashboard.report.texts import words
from sensor.detect.policy import Contract, NamedDevice, Networks, Policy, Practice, Retention
from sensor.detect.policy_influx import InfluxDB

POLICY = Policy(practice=Practice(name="Cabinet des Tilleuls"))
INFLUX = InfluxDB("https://influx.example.fr:8086", "tilleuls", "token")
TOGGLED = {
    "privacy full": replace(POLICY, privacy="full"),
    "privacy fleet": replace(POLICY, privacy="fleet"),
    "guest network": replace(POLICY, networks=Networks(guest=(ip_network("192.168.50.0/24"),))),
    "guest VLAN": replace(POLICY, networks=Networks(guest_vlans=frozenset({50}))),
    "guest device": replace(POLICY, devices=(NamedDevice("Borne", ip="192.168.1.9", group="guest"),)),
    "personal network": replace(POLICY, networks=Networks(personal=(ip_network("192.168.60.0/24"),))),
    "detail kept": replace(POLICY, retention=Retention(detail_days=14)),
    "alerts kept": replace(POLICY, retention=Retention(alerts_months=12)),
    "totals kept": replace(POLICY, retention=Retention(totals_months=24)),
    "InfluxDB": replace(POLICY, influxdb=INFLUX),
    "InfluxDB with addresses": replace(POLICY, influxdb=INFLUX, privacy="full"),
    "DPO": replace(POLICY, dpo_name="Mme Dupuis", dpo_mail="dpo@example.fr"),
}


def sentences(policy, kind="notice", lang="fr"):
    return {one for _, part in paper(kind, policy, words(lang)).parts for one in part}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("setting", TOGGLED)
def test_toggling_a_setting_changes_a_sentence(setting, lang, kind, capsys):
    changed = sentences(TOGGLED[setting], kind, lang) - sentences(POLICY, kind, lang)
    print(f"{kind}, {setting}: {' / '.join(sorted(changed))}")
    assert changed
    assert capsys.readouterr().out


def test_longer_than_usual_asks_for_a_reason():
    assert any("en écrire la raison" in one for one in sentences(TOGGLED["alerts kept"]))
    assert not any("en écrire la raison" in one for one in sentences(POLICY))


def test_contracts_are_named_in_the_register():
    policy = replace(POLICY, contracts=(Contract("Médilogis", "M-1"), Contract("Axa Santé", "A-2")))
    assert any("Axa Santé, Médilogis" in one for one in sentences(policy, "register"))


@pytest.mark.parametrize("kind", KINDS)
def test_both_forms_say_the_same(kind, text):
    made = paper(kind, replace(POLICY, practice=Practice(name="Cabinet *des* [Tilleuls]")), words("fr"))
    told = text(pdf(made))
    plain = markdown(made)
    for heading, part in made.parts:
        assert heading in told
        assert f"## {heading}" in plain
        assert part[0].split(" ")[0] in told
    assert "Cabinet *des* [Tilleuls]" in told
    assert "Cabinet \\*des\\* \\[Tilleuls\\]" in plain
