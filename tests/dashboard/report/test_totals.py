"""What the PDF's text sums up to is what plain SQL on the store says, section by section; traffic out of other levels than the report's."""

import sqlite3
from dataclasses import replace

import pytest

from dashboard.formats import number, size
from sensor.detect.alert import AlertDevice, Category, Hds, Nature, Severity
from sensor.store import SeriesRow
from tests.dashboard.conftest import PARIS, SECOND
from tests.dashboard.report.conftest import OCTOBER, at, row, varied
from tests.databases import Database

FIRST, AFTER = OCTOBER.minutes(PARIS)
MONTH = f"first_seen >= {FIRST * 60 * SECOND} AND first_seen < {AFTER * 60 * SECOND}"
MINUTES = f"start >= {FIRST} AND start < {AFTER}"
FIRM = "\u00a0"


@pytest.fixture
def month(fill, sample, store, made, text):
    """(the PDF's text, `sql(…)` → the only row of an answer): a month with some of everything, and more on either side of it."""
    kinds = {
        Category.MAIL: {"severity": Severity.HIGH, "evidence": (("mails", 3),)},
        Category.REMOTE: {"severity": Severity.CRITICAL, "nature": Nature.SESSION, "app": "rdp"},
        Category.MESSAGING: {"severity": Severity.MEDIUM, "nature": Nature.SESSION, "app": "whatsapp", "count": 4},
        Category.UPLOAD: {"severity": Severity.HIGH, "bytes_out": 5_000_000},
        Category.EXPOSURE: {"severity": Severity.LOW, "count": 2},
        Category.BLINDSPOT: {"severity": Severity.INFORMATIONAL},
    }
    alerts = []
    for number_, (category, changes) in enumerate(kinds.items()):
        for n in range(3 + number_):
            seen = at(2 + n, 9 + number_)
            peer = replace(sample.peer, hds=Hds.NOT_LISTED, ip=f"198.51.100.{n}", host=None)
            device = AlertDevice(f"192.168.1.{n % 4}", None, f"Poste {n % 4}", "Dell")
            changed = {"category": category, "device": device, "peer": peer, "first_seen": seen, "last_seen": seen}
            alerts.append(varied(sample, id=f"{category}{n}", rule=category.value, **(changed | changes)))
    outside = [
        replace(alerts[0], id=f"o{n}", first_seen=seen, last_seen=seen)
        for n, seen in enumerate((at(30, 9, 9), at(1, 9, 11)))
    ]
    fill(
        watched=OCTOBER.days()[:20],
        silent=OCTOBER.days()[20:22],
        alerts=[*alerts, *outside],
        rows=[
            *(row(at(day), name, 1_000_000 * day, 2_000 * day) for day in (1, 9, 31) for name in ("transfer", "hds", "named", "nameless")),
            *(row(at(3, month=other), "transfer", 7_000_000) for other in (9, 11)),
            *(SeriesRow(at(5) // (60 * SECOND), f"192.168.1.{n}", f"aa:00:00:00:01:{n:02x}", "ssl", n, n, 1, 1, 1, "named") for n in range(50, 57)),
        ],
        good=[(at(3), {"mssante": 12, "hds": 4}), (at(9), {"mssante": 8}), (at(3, month=11), {"mssante": 50})],
    )  # fmt: skip
    said = text(made()[1].pdf)
    store.close()
    with sqlite3.connect(store.path, factory=Database) as db:
        yield said, lambda question: db.execute(question).fetchone()
    db.close()


def test_alerts_by_category_and_severity(month):
    said, sql = month
    names = {"mail": "Courrier en clair", "remote": "Prise de contrôle à distance", "upload": "Envoi de données"}
    for category, name in names.items():
        counts = [
            sql(f"SELECT count(*) FROM alert WHERE category = '{category}' AND severity = {level} AND {MONTH}")[0]
            for level in (4, 3, 2, 1, 0)
        ]
        assert sum(counts) >= 3
        assert f"{name} {' '.join(map(str, counts))}" in said
    (total,) = sql(f"SELECT count(*) FROM alert WHERE {MONTH}")
    assert f"{total} alertes ce mois-ci" in said


def test_the_five_figures(month):
    said, sql = month
    (alerts,) = sql(f"SELECT count(*) FROM alert WHERE severity > 0 AND {MONTH}")
    assert f"Alertes à examiner (aucune décision n’est encore enregistrée) {alerts} 1" in said
    for category, name, times in (
        ("mail", "Courriers avec pièce jointe partis ou reçus sans chiffrement", 3),
        ("messaging", "Usages d’une messagerie grand public", 1),
        ("remote", "Prises de main à distance hors du registre des contrats", 1),
        ("upload", "Envois vers un hébergeur absent de la liste HDS, ou inconnu", 1),
    ):
        (count,) = sql(f"SELECT count(*) FROM alert WHERE category = '{category}' AND {MONTH}")
        assert f"{name} {count * times} " in said, name


def test_remote_sessions_and_messengers(month):
    said, sql = month
    (sessions,) = sql(f"SELECT count(*) FROM alert WHERE category = 'remote' AND {MONTH}")
    assert f"{sessions} sessions ont été vues" in said
    devices, times = sql(
        f"SELECT count(DISTINCT device_ip), 4 * count(*) FROM alert WHERE category = 'messaging' AND {MONTH}"
    )
    assert f"whatsapp {devices} {times}" in said


def test_destinations_and_what_was_done_right(month):
    said, sql = month
    for word, name in (
        ("transfer", "Envoi de gros fichiers"),
        ("hds", "Hébergeurs certifiés (HDS)"),
        ("named", "Autres sites nommés"),
    ):
        sent, received = sql(
            f"SELECT sum(bytes_out), sum(bytes_in) FROM traffic JOIN name ON id = destination WHERE level = 4 AND text = '{word}' AND {MINUTES}"
        )
        assert f"{name} {size(sent, 'fr')} {size(received, 'fr')}".replace(FIRM, " ") in said
    (times,) = sql(f"SELECT sum(times) FROM done_right WHERE what = 'mssante' AND {MINUTES}")
    assert f"Échanges chiffrés avec MSSanté {times} non observé" in said


def test_exposures_devices_and_the_journal(month):
    said, sql = month
    for ip in ("192.168.1.0", "192.168.1.3"):
        low, info = sql(
            f"SELECT sum(category = 'exposure'), sum(category = 'blindspot') FROM alert WHERE device_ip = '{ip}' AND {MONTH}"
        )
        exposed = said[said.index("Mots de passe en clair, protocoles") :]
        assert f"Poste {ip[-1]} {2 * low + 3 * info} " in exposed[: exposed.index("Appareils")]
    (devices,) = sql(
        f"SELECT count(DISTINCT CASE mac WHEN '' THEN ip ELSE mac END) FROM traffic JOIN device ON id = device WHERE level = 2 AND {MINUTES}"
    )
    assert f"{devices} appareils ont été vus" in said
    (entries,) = sql("SELECT max(seq) FROM journal")
    assert f"journal chaîné : {entries} entrées" in said


def test_coverage(month):
    said, sql = month
    watched, silent, packets, drops = sql(
        f"SELECT sum(watched), sum(silent), sum(packets), sum(drops) FROM seeing WHERE {MINUTES}"
    )
    hours = f"{watched / 3600:.0f} h sur 745 h ; dont {silent / 3600:.0f} h"
    assert f"Heures d’écoute : {hours} sans aucun paquet" in said
    assert f"Paquets perdus par la machine : {drops} sur {number(packets, 'fr')} (0 %)".replace(
        "\u202f", " "
    ) in said.replace("\u202f", " ")
    outside, unnamed = sql(
        "SELECT sum(bytes_out + bytes_in), sum(CASE text WHEN 'nameless' THEN bytes_out + bytes_in END) "
        f"FROM traffic JOIN name ON id = destination WHERE level = 4 AND text NOT IN ('local', '') AND {MINUTES}"
    )
    assert f"dont la destination n’a pas de nom : {100 * unnamed / outside:.0f} %" in said
