"""The class of destination that the series sum: one word a peer."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from sensor.detect.destinations import classifier
from sensor.detect.policy import Networks
from sensor.settings import load


@pytest.fixture(scope="module")
def settings():
    return load(None, None)


@pytest.mark.parametrize(
    ("program", "host", "word"),
    [
        (None, "storm-eu-west-1.wetransfer.net", "transfer"),
        (None, "mmg.whatsapp.net", "messaging"),
        ("whatsapp", None, "messaging"),  # by its own bytes, without a name
        (None, "router.anydesk.com", "remote"),
        (None, "mask.icloud.com", "hidden_relay"),
        (None, "mullvad.net", "hidden_vpn"),
        (None, "cloudflare-ech.com", "hidden_ech"),
        (None, "dns.google", "hidden_dns"),
        ("wireguard", None, "hidden_vpn"),
        (None, "s3.fr-par.scw.cloud", "hds_capable"),
        (None, "www.journal.example", "named"),
        (None, None, ""),
    ],
)
def test_a_peer_has_the_class_of_its_list(settings, program, host, word):
    assert classifier(settings.lists, settings.policy)(program, host, "192.0.2.7") == word


def test_the_practices_other_sites_are_its_own_whatever_they_are_called(settings):
    policy = replace(settings.policy, networks=Networks(sites=(ip_network("198.51.100.0/24"),)))
    classify = classifier(settings.lists, policy)
    assert classify(None, "nas.cabinet.example", "198.51.100.9") == "own"
    assert classify(None, "nas.cabinet.example", "203.0.113.9") == "named"


def test_a_host_that_the_practice_has_a_contract_for_is_an_hds_service(tmp_path):
    config = tmp_path / "vigie.yml"
    config.write_text("hds:\n  - host: sauvegarde.example\n    contract: C-2026-1\n")
    settings = load(config, None)
    assert classifier(settings.lists, settings.policy)(None, "eu.sauvegarde.example", "192.0.2.7") == "hds"
