"""The notice and the register's entry say what the settings are: toggling one changes a sentence."""

from dataclasses import replace

import pytest

from dashboard.report.files import pdf
from dashboard.report.papers import KINDS, markdown, paper
from dashboard.report.texts import words
from sensor.detect.policy import Contract, Practice, Retention
from sensor.detect.policy_file import parse

BASE = "practice: {name: Cabinet des Tilleuls}\n"
INFLUX = "influxdb: {url: 'https://influx.example.fr:8086', token_file: token}\npractice: {name: Cabinet des Tilleuls, site: Rennes}\n"
MAIL = "mail: {server: mail.example.fr, from: vigie@example.fr, recipients: [%s]}\n" + BASE
OPEN, SEALED = "{mail: dpo@example.fr}", "{mail: dpo@example.fr, certificate: dpo.pem}"
TOGGLED = {
    "privacy: full": (BASE, "privacy: full\n" + BASE),
    "privacy: fleet": (BASE, "privacy: fleet\n" + BASE),
    "networks.guest": (BASE, "networks: {guest: [192.168.50.0/24]}\n" + BASE),
    "networks.guest_vlans": (BASE, "networks: {guest_vlans: [50]}\n" + BASE),
    "networks.personal": (BASE, "networks: {personal: [192.168.60.0/24]}\n" + BASE),
    "networks.personal_vlans": (BASE, "networks: {personal_vlans: [60]}\n" + BASE),
    "devices, a guest": (BASE, "devices: [{name: Borne, ip: 192.168.1.9, group: guest}]\n" + BASE),
    "devices, a personal one": (BASE, "devices: [{name: Tablette, ip: 192.168.1.9, group: personal}]\n" + BASE),
    "retention.detail_days": (BASE, "retention: {detail_days: 5}\n" + BASE),
    "retention.alerts_months": (BASE, "retention: {alerts_months: 12, reason: Contrôle en cours.}\n" + BASE),
    "retention.totals_months": (BASE, "retention: {totals_months: 6}\n" + BASE),
    "influxdb": (BASE, INFLUX),
    "influxdb, privacy: full": (INFLUX, "privacy: full\n" + INFLUX),
    "mail": (BASE, MAIL % OPEN),
    "mail, a certificate": (MAIL % OPEN, MAIL % SEALED),
    "mail, privacy: fleet": (MAIL % OPEN, "privacy: fleet\n" + MAIL % OPEN),
    "mail, privacy: full": (MAIL % OPEN, "privacy: full\n" + MAIL % OPEN),
    "dpo": (BASE, "dpo: {name: Mme Dupuis, mail: dpo@example.fr}\n" + BASE),
}


def written(text):
    policy, mistakes = parse(text, "vigie.yml")
    assert not mistakes, [str(one) for one in mistakes]
    return policy


POLICY = written(BASE)


def sentences(policy, kind="notice", lang="fr"):
    return {one for _, part in paper(kind, policy, words(lang)).parts for one in part}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("setting", TOGGLED)
def test_toggling_a_setting_changes_a_sentence(setting, lang, kind):
    """`pytest -rP` shows which."""
    before, after = (sentences(written(text), kind, lang) for text in TOGGLED[setting])
    print(f"{kind}, {setting}: {' / '.join(sorted(before - after))} → {' / '.join(sorted(after - before))}")
    assert after - before


def test_a_reason_for_keeping_longer_is_told():
    kept = sentences(written(TOGGLED["retention.alerts_months"][1]))
    assert any("écrite dans les réglages : Contrôle en cours." in one for one in kept)
    assert any(
        "en écrire la raison" in one for one in sentences(replace(POLICY, retention=Retention(alerts_months=12)))
    )
    assert not any("raison" in one for one in sentences(POLICY))


def test_nothing_stays_in_the_box_that_leaves_it():
    stays = words("fr")("paper.stays")
    assert stays in sentences(POLICY)
    for setting in ("influxdb", "mail", "mail, a certificate"):
        for kind in KINDS:
            assert stays not in sentences(written(TOGGLED[setting][1]), kind), setting


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
