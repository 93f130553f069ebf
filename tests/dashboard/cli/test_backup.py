"""`vigie backup` and `vigie restore`, between two directories, while the store is open and written."""

import shutil
import sqlite3
from dataclasses import replace
from threading import Event, Thread

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from dashboard.cli.backup import backup
from dashboard.cli.restore import restore
from sensor.store import WatchStore, roots, sealed
from sensor.store import backup as whole
from sensor.store.journal import Kind
from sensor.store.reader import read
from sensor.store.serve import ServeStore
from sensor.store.watch import database
from tests.databases import Database


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(sealed, "_COST", (4, 8, 1))


@pytest.fixture
def place(tmp_path, sample):
    """A state with a running watch, another writer's database, secrets; a passphrase; a policy."""
    state = tmp_path / "state"
    (state / "serve").mkdir(parents=True)
    with sqlite3.connect(state / "serve" / "accounts.db", factory=Database) as db:
        db.execute("CREATE TABLE account (name)")
        db.execute("INSERT INTO account VALUES ('docteur')")
    db.close()
    (state / "serve" / "session.key").write_bytes(b"secret")
    (tmp_path / "words").write_text("cheval agrafe pile\n")
    (tmp_path / "vigie.yml").write_text("practice:\n  name: Cabinet\n")
    (tmp_path / "out").mkdir()
    with WatchStore(state) as store:
        store.upsert([replace(sample, id=f"a{n}") for n in range(5)])
        yield tmp_path, store


def run(command, place, *options, words="words"):
    arguments = [*map(str, options), "--state", str(place / "state"), "--passphrase-file", str(place / words)]
    answer = CliRunner().invoke(main, [str(command.name), *arguments])
    return answer.exit_code, answer.output


def test_back_up_while_it_is_written_and_restore_elsewhere(place, sample):
    here, store = place
    stop = Event()

    def write():
        n = 0
        while not stop.is_set():
            store.upsert([replace(sample, id=f"w{n}")])
            n += 1

    writer = Thread(target=write)
    writer.start()
    try:
        code, text = run(backup, here, "--to", here / "b", "--config", here / "vigie.yml")
    finally:
        stop.set()
        writer.join()
    assert code == 0, text
    assert (here / "b").stat().st_mode & 0o777 == 0o600
    assert b"docteur" not in (here / "b").read_bytes()
    new = here / "new"
    arguments = [str(here / "b"), "--state", str(new), "--passphrase-file", str(here / "words")]
    answer = CliRunner().invoke(main, ["restore", *arguments])
    assert answer.exit_code == 0, answer.output
    kept = read(database(new), lambda db: dict(db.execute("SELECT id, body FROM alert")))
    alive = read(store.path, lambda db: dict(db.execute("SELECT id, body FROM alert")))
    assert kept.items() <= alive.items()
    assert {f"a{n}" for n in range(5)} <= kept.keys()
    with sqlite3.connect(new / "serve" / "accounts.db", factory=Database) as db:
        assert db.execute("SELECT name FROM account").fetchall() == [("docteur",)]
    db.close()
    assert (new / "serve" / "session.key").read_bytes() == b"secret"
    assert (new / "serve" / "session.key").stat().st_mode & 0o777 == 0o600
    assert "Cabinet" in (new / "vigie.yml").read_text()
    root = text.split(" files, ")[1].strip()
    for state in (new, here / "state"):
        checked = CliRunner().invoke(main, ["verify", "--state", str(state), "--root", root, "--rebuild"])
        assert checked.exit_code == 0, checked.output
    with WatchStore(new) as back:
        assert {alert.id for alert in back.load_alerts()} == kept.keys()


def test_verify_says_whether_the_journal_of_today_goes_on_from_it(place, sample):
    here, store = place
    run(backup, here, "--to", here / "b")
    store.upsert([replace(sample, id="later")])
    code, text = run(backup, here, "--verify", here / "b")
    assert (code, "go on from it" in text) == (0, True), text
    store._db.execute("DELETE FROM journal WHERE seq >= 4")
    code, text = run(backup, here, "--verify", here / "b")
    assert (code, "does not go on" in text) == (1, True), text


def test_keep_lets_the_oldest_go(place):
    here, _ = place
    (here / "out" / "other.txt").touch()
    for _ in range(4):
        assert run(backup, here, "--to", here / "out", "--keep", 2)[0] == 0
    left = sorted(path.name for path in (here / "out").iterdir())
    assert [name.endswith(".backup") for name in left] == [False, True, True]


def test_what_cannot_be_restored_changes_nothing(place):
    here, _ = place
    run(backup, here, "--to", here / "b")
    code, text = run(restore, here, here / "b")
    assert (code, "kept there already" in text) == (2, True)
    whole = (here / "b").read_bytes()
    (here / "wrong").write_text("another passphrase")
    new = here / "new"
    for data, words in (
        (whole[:-1], "words"),
        (whole[:3000] + b"!" + whole[3001:], "words"),
        (whole, "wrong"),
        (b"", "words"),
    ):
        (here / "b").write_bytes(data)
        arguments = [str(here / "b"), "--state", str(new), "--passphrase-file", str(here / words)]
        answer = CliRunner().invoke(main, ["restore", *arguments])
        assert (answer.exit_code, answer.output.count("\n")) == (2, 1), answer.output
        assert not new.exists()
    assert sorted(path.name for path in (here).iterdir()) == ["b", "out", "state", "vigie.yml", "words", "wrong"]


def test_a_journal_that_was_altered_is_not_kept_as_if_it_were_whole(place):
    here, store = place
    store._db.execute("UPDATE journal SET subject = 'other' WHERE seq = 2")
    code, text = run(backup, here, "--to", here / "b")
    assert (code, "bad at entry 2" in text) == (2, True)
    assert not (here / "b").exists()


def test_a_passphrase_is_asked_for_twice_and_may_not_be_short(place):
    here, _ = place
    arguments = ["--to", str(here / "b"), "--state", str(here / "state")]
    assert (
        CliRunner().invoke(main, ["backup", *arguments], input="cheval agrafe pile\ncheval agrafe pile\n").exit_code
        == 0
    )
    assert CliRunner().invoke(main, ["backup", *arguments], input="cheval agrafe pile\nsomething else\n").exit_code == 1
    (here / "words").write_text("short")
    code, text = run(backup, here, "--to", here / "c")
    assert (code, "at least 12" in text) == (2, True)


@pytest.mark.parametrize("options", [[], ["--to", "x", "--verify", "{b}"], ["--to", "x", "--keep", "2"]])
def test_what_makes_no_sense_is_said(place, options):
    here, _ = place
    (here / "b").touch()
    code, _ = run(backup, here, *(one.format(b=here / "b") for one in options))
    assert code == 2


@pytest.mark.root
def test_what_comes_back_belongs_to_whom_it_belonged_and_keys_are_for_nobody_else(place):
    here, store = place
    folder, new = store.path.parent, here / "owned"
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, "daemon", "games")
    store.path.chmod(0o640)
    assert run(backup, here, "--to", here / "b")[0] == 0
    arguments = [str(here / "b"), "--state", str(new), "--passphrase-file", str(here / "words")]
    assert CliRunner().invoke(main, ["restore", *arguments]).exit_code == 0
    kept = database(new)
    (key,) = (new / "watch" / "keys").glob("*.key")
    everything = {kept, key, kept.parent, key.parent}
    assert {(path.owner(), path.group()) for path in everything} == {("daemon", "games")}
    assert (kept.stat().st_mode & 0o777, key.stat().st_mode & 0o777) == (0o640, 0o600)
    assert kept.parent.stat().st_mode & 0o777 == 0o750


def test_copies_of_two_moments_are_made_again(place, monkeypatch):
    """A root that watch tells while serve's copy is made already would look like a tail cut off."""
    here, store = place
    with ServeStore(here / "state") as serve:
        serve.sign_in("", "link", "192.168.1.5", "opened")
        gather, made = whole._gather, []

        def once_too_early(state, folder):
            found = gather(state, folder)
            if not made:
                shutil.copyfile(folder / "serve" / "vigie.db", here / "early.db")
                serve.sign_in("", "link", "192.168.1.6", "opened")
                with store._commit():
                    store._journal.append(Kind.ROOT, "", {"root": str(roots.of_now(here / "state"))}, 0)
                gather(state, folder)
                shutil.copyfile(here / "early.db", folder / "serve" / "vigie.db")
            made.append(found)
            return found

        monkeypatch.setattr(whole, "_gather", once_too_early)
        code, text = run(backup, here, "--to", here / "b")
    assert (code, len(made)) == (0, 2), text
    arguments = [str(here / "b"), "--state", str(here / "new"), "--passphrase-file", str(here / "words")]
    assert CliRunner().invoke(main, ["restore", *arguments]).exit_code == 0
    assert {one.fault for one in roots.check(here / "new").verdicts.values()} == {None}
