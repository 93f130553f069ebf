"""The page of the hosts that the practice uses."""

from dataclasses import replace

import pytest

from sensor.detect.hosts import Heard

KNOWN = Heard("192.168.1.20", "aa:bb:cc:dd:ee:ff", "Doctolib", "health", 0, 0, 2_000_000, 10)


@pytest.fixture
def page(site, store, readable, now):
    def page(*rows, lang="fr", **changes):
        store.add_hosts([replace(row, first=now, last=now) for row in rows])
        store.flush(now, force=True)
        return readable(site(**changes).get(f"/hosts?lang={lang}").text).replace("\u00a0", " ")

    return page


def test_a_known_host_with_its_kind_days_posts_and_volume(page):
    text = page(KNOWN, replace(KNOWN, place="example.org", cls="", device_ip="", device_mac=None))
    assert "Doctolib Services de santé aujourd’hui aujourd’hui poste " in text
    assert "2 Mo 10 octets" in text
    assert "example.org aujourd’hui aujourd’hui 2 Mo 10 octets" in text
    assert "192.168.1.20" not in text


def test_in_english(page):
    assert "Hosts the practice uses" in page(KNOWN, lang="en")


def test_many_posts_are_a_number(page):
    assert "7 postes" in page(*(replace(KNOWN, device_ip=f"192.168.1.{n}", device_mac=None) for n in range(30, 37)))


def test_how_old_the_lists_are_is_said_where_they_are_used(page, site, readable):
    dates = {"lists_date": "2026-11-21", "hds_date": "2026-09-01"}
    said = "D’après nos listes du 21 novembre 2026 ; liste des hébergeurs certifiés (HDS) du 1er septembre 2026."
    assert said in page(KNOWN, **dates)
    assert "D’après nos listes" not in page(KNOWN)


def test_before_anything_was_seen(page, site, readable):
    assert "Rien n’a encore été vu." in page()


def test_a_name_may_be_hostile(site, store, now):
    store.add_hosts([replace(KNOWN, place="<script>alert(1)</script>", first=now, last=now)])
    store.flush(now, force=True)
    assert "<script>alert" not in site().get("/hosts").text
