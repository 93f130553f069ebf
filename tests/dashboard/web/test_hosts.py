"""The page of the hosts that the practice uses."""

from dataclasses import replace

import pytest

from dashboard.texts import Texts
from sensor.detect.backups import BackupState
from sensor.detect.hosts import Heard
from sensor.detect.list_entry import USES
from sensor.track.observation import Device, Peer

DAY = 86_400_000_000_000

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


def test_a_place_on_the_lists_is_called_by_its_title(page):
    text = page(replace(KNOWN, place="wetransfer"), titles={"wetransfer": "WeTransfer"})
    assert "WeTransfer Services de santé" in text
    assert "wetransfer" not in text


def test_for_what_a_place_is_used_is_said_with_its_kind(page):
    uses = {"Doctolib": "booking", "clinique.example": "imaging"}
    rows = KNOWN, replace(KNOWN, place="clinique.example", cls="hds"), replace(KNOWN, place="orange.fr", cls="mail")
    text = page(*rows, uses=uses)
    assert "Doctolib Rendez-vous en ligne" in text
    assert "clinique.example Imagerie médicale (PACS) ; Hébergeurs certifiés (HDS)" in text
    assert "orange.fr Serveurs de courrier" in text
    assert "Medical imaging (PACS); Certified hosts (HDS)" in page(*rows, uses=uses, lang="en")


def test_each_use_has_its_words():
    for lang in ("fr", "en"):
        assert {key for key in Texts(lang).words if key.startswith("use.")} == {f"use.{use}" for use in USES}


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


@pytest.fixture
def saved(page, store, now):
    """A backup that ran each day but on weekends, the last time `ago` days ago."""

    def saved(ago, runs=(12, 11, 10, 7, 6, 5, 3, 2, 1, 0), **changes):
        end = now - int(ago * DAY)
        starts = tuple(end - days * DAY for days in runs)
        device, peer = Device("192.168.1.9", "aa:bb:cc:dd:ee:09"), Peer("203.0.113.7", 443)
        store.add_backups([BackupState(device, "acronis", "Acronis", "not_listed", peer, starts, end, end, 5_000_000)])
        return page(**changes)

    return saved


def test_without_backups_nothing_is_said_of_them(page):
    assert "Sauvegardes" not in page(KNOWN)


@pytest.mark.parametrize(("ago", "late"), [(0.5, False), (8, True)])
def test_a_backup_tells_when_it_ran_and_whether_it_is_late(saved, ago, late):
    text = saved(ago)
    assert "Acronis Non, absent de la liste" in text
    assert "5 Mo 3 jours" in text
    assert ("(en retard)" in text) is late
    assert "192.168.1.9" not in text


def test_a_rhythm_that_is_not_known(saved):
    assert "5 MB not known yet" in saved(1, runs=(1, 0), lang="en")
