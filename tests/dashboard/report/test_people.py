"""Who received data, as alerts tell it: named by contract, product or owner, each once with its devices and days."""

from dataclasses import replace

from dashboard.privacy import Privacy
from dashboard.report.facts import Known
from dashboard.report.people import processors, recipients
from dashboard.report.texts import words
from dashboard.report.voice import Voice
from sensor.detect.alert import Category, Hds
from tests.dashboard.conftest import PARIS
from tests.dashboard.report.months import OCTOBER, alert, at, facts

VOICE = Voice(words("fr"), PARIS, Privacy(b"k" * 32))
DAYS = OCTOBER.days()


def said(*alerts):
    return {one.name: one for one in recipients(facts(OCTOBER, alerts=alerts), VOICE)}


def session(n, **changes):
    return alert("remote-inbound-desktop", n, at(DAYS[n]), **changes)


def test_a_contract_names_who_it_covers_only():
    covered = {"contract_reference": "TM-1", "contract_provider": "Médilogis"}
    found = said(session(1, contract="covered", **covered), session(2, contract="host", **covered))
    assert found["Médilogis"].contract == "TM-1"
    assert found["203.0.113.2"].contract == ""


def test_a_product_is_one_whatever_its_hosts_and_an_owner_whatever_its_machines():
    mails = [alert("mail-attachment-in-clear", n, at(DAYS[n])) for n in (0, 2, 4)]
    mails = [replace(one, peer=replace(one.peer, host=f"smtp{n}.example.co.uk")) for n, one in enumerate(mails)]
    chats = [alert("messaging-consumer", n, at(DAYS[0])) for n in (0, 2)]
    found = said(*mails, *chats)
    assert set(found) == {"example.co.uk", "WhatsApp"}
    assert (len(found["example.co.uk"].devices), len(found["example.co.uk"].days)) == (3, 3)
    assert (len(found["WhatsApp"].devices), len(found["WhatsApp"].days)) == (2, 1)


def test_what_is_no_recipient():
    assert said(alert("exposure-ftp-password", 0, at(DAYS[0])), alert("blindspot-tor", 1, at(DAYS[0]))) == {}
    nameless = alert("upload-unknown", 0, at(DAYS[0]), list_name="")
    assert said(replace(nameless, peer=replace(nameless.peer, host=None, ip=None))) == {}


def test_a_device_of_the_practice_is_not_named_by_its_address():
    inside = session(1)
    inside = replace(inside, peer=replace(inside.peer, ip="192.168.1.77", host="pc-de-marie.lan"))
    (name,) = said(inside)
    assert name.startswith("poste ")


def test_the_list_of_certified_hosts_is_told_where_no_contract_is():
    capable = replace(alert("upload-capable", 1, at(DAYS[0])), category=Category.UPLOAD)
    assert said(capable)["OVHcloud Object Storage"].hds is Hds.CAPABLE
    section = processors(facts(OCTOBER, alerts=(capable,)), VOICE, Known(influx="https://i.example"))
    assert section.tables[0].rows == (
        ("OVHcloud Object Storage", "envoi de données", "1", "1", "à vérifier au contrat"),
    )
    assert section.sentences[-1] == "Une copie des chiffres de Vigie part vers https://i.example."
    assert processors(facts(OCTOBER), VOICE, Known()).tables == ()
