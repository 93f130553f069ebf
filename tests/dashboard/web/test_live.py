import re
from dataclasses import replace

import pytest

from sensor.store import SeriesRow
from sensor.store.status import Status, StatusFile

SECOND = 1_000_000_000


def test_the_strip_says_whether_the_box_sees_and_carries_the_versions(site, store, tmp_path, sample, now, readable):
    with StatusFile(tmp_path) as out:
        out.write(Status(now, now - 60 * SECOND, now - SECOND, 1_000, 0, 25.0, "0.1.0", "eth1"))
    made = site()
    before = made.get("/live/strip").text
    assert "Vigie voit le réseau" in readable(before)
    assert "25 paquets/s" in readable(before)
    store.upsert([sample])
    after = made.get("/live/strip").text
    assert re.findall(r'data-alerts="([^"]+)"', before) != re.findall(r'data-alerts="([^"]+)"', after)
    assert re.findall(r'data-traffic="([^"]+)"', before) == re.findall(r'data-traffic="([^"]+)"', after)


@pytest.mark.parametrize("path", ["/live/strip", "/live/alerts", "/live/alerts/a1", "/live/traffic"])
def test_what_has_not_changed_costs_a_304(site, store, sample, path, now):
    store.upsert([sample])
    made = site()
    first = made.get(path)
    again = made.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    store.upsert([replace(sample, count=4)])
    store.add_series([SeriesRow(now // 60_000_000_000, "192.168.1.31", None, "ssl", 1, 1, 1, 1, 1)])
    store.flush(0, force=True)
    assert made.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_another_language_is_another_version(site, store, sample):
    store.upsert([sample])
    made = site()
    tag = made.get("/live/alerts").headers["ETag"]
    assert made.get("/live/alerts?lang=en", headers={"If-None-Match": tag}).status_code == 200


def test_the_parts_are_those_of_the_page(site, store, sample, unnamed):
    store.upsert([sample, unnamed])
    made = site()
    page = made.get("/?category=mail").text
    asked = re.search(r'data-live="(/live/alerts[^"]*)" data-part="alerts" data-version="([^"]+)"', page)
    assert asked
    assert made.get(asked[1].replace("&amp;", "&")).text.strip() in page
    assert asked[2] in made.get("/live/strip").text


def test_an_alert_that_is_gone(site):
    answer = site().get("/live/alerts/nothing")
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"


def test_a_store_that_is_damaged(site, store):
    store.close()
    store.path.write_bytes(b"no database" * 1000)
    assert site().get("/live/strip").status_code == 503


@pytest.mark.parametrize("path", ["/live/alerts", "/live/alerts/a1", "/live/traffic"])
def test_a_304_asks_the_store_for_its_change_numbers_only(site, store, sample, path):
    store.upsert([sample])
    made = site()
    source = made.app.extensions["vigie"].source
    tag = made.get(path).headers["ETag"]
    for name in ("alerts", "alert", "traffic"):
        setattr(source, name, None)
    assert made.get(path, headers={"If-None-Match": tag}).status_code == 304
