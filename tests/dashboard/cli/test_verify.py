import sqlite3
from dataclasses import replace

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from sensor.store import WatchStore
from sensor.store.journal import Kind
from sensor.store.relay import RelayStore
from sensor.store.serve import ServeStore
from sensor.store.watch import database
from tests.databases import Database


@pytest.fixture
def filled(store, sample, tmp_path):
    for n in range(5):
        store.upsert([replace(sample, id=f"a{n}")])
    store.close()
    return tmp_path


def run(state, *options):
    answer = CliRunner().invoke(main, ["verify", "--state", str(state), *options])
    return answer.exit_code, answer.output


def change(state, sql):
    with sqlite3.connect(database(state), factory=Database) as db:
        db.execute(sql)
    db.close()


def test_a_journal_as_it_was_written(filled):
    code, text = run(filled, "--rebuild")
    assert code == 0
    assert "Journal intact : 5 entrées vérifiées." in text
    assert "identique" in text


def test_an_altered_entry_is_named(filled):
    change(filled, "UPDATE journal SET body = (SELECT body FROM journal WHERE seq = 4) WHERE seq = 3")
    assert run(filled) == (
        1,
        "watch : Journal ALTÉRÉ à l’entrée 3 : elle n’est pas ce qui avait été signé (modifiée, insérée ou déplacée).\n",
    )
    assert "at entry 3" in run(filled, "--lang", "en")[1]


def test_a_cut_tail_with_the_root_of_before(filled):
    root = run(filled)[1].split(" : ")[-1].strip()
    assert run(filled, "--root", root)[0] == 0
    change(filled, "DELETE FROM journal WHERE seq = 5")
    assert run(filled)[0] == 0
    code, text = run(filled, "--root", root)
    assert code == 1
    assert "coupée" in text


def test_an_alert_that_left_the_table(filled):
    change(filled, "DELETE FROM alert WHERE id = 'a2'")
    assert run(filled)[0] == 0
    code, text = run(filled, "--rebuild")
    assert code == 1
    assert "a2" in text


@pytest.mark.parametrize("options", [["--root", "nonsense"]])
def test_a_root_that_is_none(filled, options):
    assert run(filled, *options)[0] == 2


def test_no_store(tmp_path):
    code, text = run(tmp_path / "nowhere")
    assert code == 2
    assert "nothing has been written" in text


def test_what_a_damaged_file_lost_is_said(store, sample, tmp_path):
    for n in range(60):
        store.upsert([replace(sample, id=f"a{n}")])
    store.close()
    path = database(tmp_path)
    data = bytearray(path.read_bytes())
    with sqlite3.connect(path, factory=Database) as db:
        (body,) = db.execute("SELECT body FROM journal WHERE seq = 30").fetchone()
    db.close()
    page = data.find(body) // 4096
    data[page * 4096 : (page + 1) * 4096] = b"\xff" * 4096
    path.write_bytes(data)
    WatchStore(tmp_path).close()
    code, text = run(tmp_path, "--rebuild")
    assert code == 0, text
    assert "Un fichier abîmé en avait fait perdre" in text


def test_every_journal_of_the_box_is_checked_and_told_by_name(filled):
    with ServeStore(filled) as serve:
        serve.sign_in("", "link", "192.168.1.5", "opened")
        serve.record(Kind.DECISION, "a1", {"verdict": "known"})
    RelayStore(filled).close()
    code, text = run(filled, "--rebuild", "--lang", "en")
    assert code == 0
    names = [line.split(":")[0] for line in text.splitlines()]
    assert names[:3] == ["relay", "serve", "watch"]
    root = text.splitlines()[3].split(": ")[1]
    assert root.startswith("v1.relay=0:")
    with sqlite3.connect(ServeStore.LAYOUT.path(filled), factory=Database) as db:
        db.execute("DELETE FROM journal WHERE seq = 2")
    db.close()
    assert run(filled)[0] == 0
    code, text = run(filled, "--root", root)
    assert code == 1
    assert "serve : Journal ALTÉRÉ à l’entrée 2 : la fin du journal a été coupée" in text
    assert run(filled, "--rebuild")[0] == 1  # the decision is in the table only
