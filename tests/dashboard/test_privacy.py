import stat
from dataclasses import replace

import pytest

from dashboard.privacy import Privacy, pseudonym_key, secret
from dashboard.web import web_settings
from sensor.detect.alert import AlertDevice, AlertPeer
from sensor.detect.policy import NamedDevice, Policy
from sensor.track.traffic import GUESTS

KEY = b"k" * 32


def test_names_that_the_practice_gave_are_shown_at_every_level(sample):
    for full in (False, True):
        assert Privacy(KEY, full=full).device(sample.device, "fr") == "Scanner de l’accueil"


def test_other_devices_are_keyed_pseudonyms(unnamed):
    name = Privacy(KEY).device(unnamed.device, "fr")
    assert name.startswith("poste ")
    assert len(name) == len("poste 3f2a")
    assert Privacy(KEY).device(replace(unnamed.device, ip="192.168.1.99"), "fr") == name  # the same MAC
    assert Privacy(b"x" * 32).device(unnamed.device, "fr") != name
    assert Privacy(KEY).device(unnamed.device, "en") == name.replace("poste", "device")


@pytest.mark.parametrize("full", [True, False])
def test_guests_are_one_row_and_nobody(full):
    assert Privacy(KEY, full=full).name(GUESTS, None, "fr") == "invités"


def test_full_shows_addresses(unnamed):
    privacy = Privacy(KEY, full=True)
    assert privacy.device(unnamed.device, "fr") == "192.168.1.12"
    assert privacy.shown(unnamed, "fr") is unnamed


def test_a_pseudonym_leaves_no_address_of_the_practice_anywhere(unnamed):
    shown = Privacy(KEY).shown(unnamed, "fr")
    label = Privacy(KEY).device(unnamed.device, "fr")
    assert "192.168.1" not in repr(shown)
    assert "aa:00:00" not in repr(shown)
    assert shown.community_id is None
    assert shown.device == AlertDevice(label, None, label, "Dell")
    assert shown.fr.title == "Prise de main sur {device} (" + label + ")"
    assert dict(shown.evidence)["path"] == f"{label} → 203.0.113.77"
    assert shown.peer == unnamed.peer


def test_a_peer_within_the_practice_is_a_device_too(unnamed):
    alert = replace(unnamed, peer=AlertPeer("192.168.1.40", 3389, "poste-martin.local", "dns"))
    shown = Privacy(KEY).shown(alert, "fr")
    assert shown.peer.host is None
    assert shown.peer.ip == Privacy(KEY).name("192.168.1.40", None, "fr")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("depuis 203.0.113.77", True),
        ("SSH-2.0-OpenSSH_9.2", True),
        ("version 10.0.19041.1", True),
        ("2001:db8::1", True),
        ("224.0.0.251", True),
        ("à 14:05", True),
        ("1.2.3.4.5", True),
        ("de 10.0.0.7 vers", False),
        ("fe80::1", False),
        ("FD00:1::A", False),
        ("aa:bb:cc:dd:ee:ff", False),
    ],
)
def test_which_words_are_taken_for_addresses_of_the_practice(text, kept):
    assert (Privacy(KEY).text(text, "fr") == text) is kept


def test_traffic_that_was_not_told_apart_has_a_name(sample):
    assert Privacy(KEY).name("", None, "fr") == "autres appareils"
    assert Privacy(KEY, full=True).name("", None, "en") == "other devices"


def test_of_a_policy():
    policy = Policy(devices=(NamedDevice("Accueil", mac="aa:00:00:00:00:12"),), privacy="full")
    assert Privacy.of(policy, KEY).name("192.168.1.12", "aa:00:00:00:00:12", "fr") == "Accueil"
    assert Privacy.of(policy, KEY).full
    assert not Privacy.of(Policy(), KEY).full
    assert not Privacy.of(Policy(privacy="fleet"), KEY).full


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "serve" / "pseudonym.key"
    made = secret(path)
    assert len(made) == 32
    assert secret(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_device_has_one_pseudonym_in_every_process_of_the_box(tmp_path):
    made = pseudonym_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "watch" / "pseudonym.key").stat().st_mode) == 0o640
    assert web_settings(Policy(), tmp_path).privacy.key == made


def test_a_secret_cut_short_is_said(tmp_path):
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(ValueError, match="5 bytes"):
        secret(tmp_path / "key")


def test_what_a_device_calls_itself_is_shown_at_full_only(sample):
    device = AlertDevice("192.168.1.60", "da:a1:19:00:00:07", None, None, "iphone-de-marie", "iOS", mac_random=True)
    alert = replace(sample, device=device)
    assert Privacy(KEY, full=True).shown(alert, "fr").device == device
    assert Privacy(KEY, full=True).device(device, "fr") == "iphone-de-marie"
    shown = Privacy(KEY).shown(alert, "fr")
    assert (shown.device.host_name, shown.device.vendor_class, shown.device.mac_random) == (None, None, True)
    assert "marie" not in Privacy(KEY).device(device, "fr")


def test_the_name_that_the_practice_gave_goes_before_the_devices_own():
    named = AlertDevice("192.168.1.60", "aa:00:00:00:00:12", None, host_name="pc-de-marie")
    assert Privacy(KEY, full=True, names={"aa:00:00:00:00:12": "Accueil"}).device(named, "fr") == "Accueil"
