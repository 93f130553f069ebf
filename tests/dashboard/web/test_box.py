"""The box's own page: stores, their last check and erasure, damaged files that were set aside, the way to InfluxDB."""

import json

import pytest

from sensor.store import WatchStore
from sensor.store.relay import INFLUX_TROUBLE, RelayStore
from sensor.store.serve import ServeStore
from sensor.store.upkeep import Terms

SECOND = 1_000_000_000
SET = Terms(trusted=lambda: True)


@pytest.fixture
def state(tmp_path, sample, now):
    """What watch and serve keep, both looked after ten minutes ago."""
    for kind in (WatchStore, ServeStore):
        with kind(tmp_path, clock=lambda: now - 600 * SECOND, terms=SET) as store:
            store.upsert([sample])
            while store.maintain(now - 600 * SECOND):
                pass
    return tmp_path


def damaged(state, now):
    """`watch` finds its file damaged when it starts, goes on in a new one, and keeps the old."""
    path = state / "watch" / "vigie.db"
    data = bytearray(path.read_bytes())
    data[4096:12288] = b"\xff" * 8192
    path.write_bytes(data)
    WatchStore(state, clock=lambda: now, terms=SET).close()


def test_nothing_is_kept_yet(site, readable, tmp_path):
    assert "Rien n’est encore gardé" in readable(site(state=tmp_path / "absent").get("/box").text)
    assert "Rien n’est encore gardé" in readable(site(state=None).get("/box").text)


def test_each_store_says_when_it_was_verified_and_erased(site, readable, state):
    text = readable(site(state=state).get("/box").text)
    assert "Ce qui est observé" in text
    assert "Ce qui se fait sur ces pages" in text
    assert text.count("il y a 10 min") == 4
    assert "mis de côté" not in text
    assert "InfluxDB" not in text
    assert "Le disque est rempli à" in text


def test_a_damaged_file_is_told_in_plain_words_with_what_to_do(site, readable, state, now):
    damaged(state, now)
    text = readable(site(state=state).get("/box").text)
    assert "Fichiers abîmés, mis de côté" in text
    assert "vigie.db.damaged-20261120T" in text
    assert "Prévenez la personne qui s’occupe de Vigie" in text
    assert "Écrit en dernier" in text
    assert "set aside" in readable(site(state=state).get("/box?lang=en").text)


def test_the_inbox_tells_it_too(site, readable, state, now):
    damaged(state, now)
    assert "La mémoire de Vigie était abîmée" in readable(site(state=state).get("/").text)


def test_a_store_that_cannot_be_read_is_told_not_left_out(site, readable, state):
    path = state / "serve" / "vigie.db"
    path.write_bytes(b"no database, " * 1_000)
    text = readable(site(state=state).get("/box").text)
    assert "Ce qui se fait sur ces pages" in text
    assert "Illisible" in text


@pytest.mark.parametrize(
    ("need", "words"),
    [
        ("influx-token", "refuse le jeton"),
        ("influx-bucket", "compartiment"),
        ("influx-tls", "L’identité du serveur"),
        ("influx-answer", "autrement que prévu"),
    ],
)
def test_the_way_to_influxdb_is_told_and_what_stops_it(site, readable, state, now, need, words):
    with RelayStore(state, clock=lambda: now - 120 * SECOND, terms=SET) as store:
        store.move({"influx minute": "3 1", "influx target": "x"})
        asked = site(state=state)
        assert "Dernier envoi accepté il y a 2 min" in readable(asked.get("/box").text)
        store.move({INFLUX_TROUBLE: json.dumps({"need": need, "since": now})})
        text = readable(asked.get("/box").text)
        assert words in text
        assert "Rien n’est perdu" in text
        store.move({INFLUX_TROUBLE: ""})
        assert "Dernier envoi accepté" in readable(asked.get("/box").text)


def test_only_with_a_session(site, state):
    assert site(signed_in=False, state=state).get("/box").status_code == 403
