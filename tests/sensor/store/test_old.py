"""Files that earlier versions wrote, kept in `old/`: each is brought to the schema of now, and its journal is the same to the last byte.

A file of the last schema before a migration is added with it: NAME_NUMBER.db.xz, and .json with its keys, its root and what it holds.
"""

import json
import lzma
from pathlib import Path

import pytest

from sensor.store import WatchStore, keys, schema
from sensor.store.journal import entries
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.serve import ServeStore, rebuilt
from sensor.store.telling import compare
from sensor.store.upkeep import Terms
from sensor.store.verify import Root, verify

OLD = Path(__file__).parent / "old"
STORES = {"watch": WatchStore, "serve": ServeStore, "relay": RelayStore}


@pytest.mark.parametrize("name", sorted(path.stem for path in OLD.glob("*.json")))
def test_it_is_brought_over_whole(tmp_path, name):
    told = json.loads((OLD / f"{name}.json").read_text())
    kind = STORES[name.partition("_")[0]]
    path = kind.LAYOUT.path(tmp_path)
    (path.parent / "keys").mkdir(parents=True)
    path.write_bytes(lzma.decompress((OLD / f"{name}.db.xz").read_bytes()))
    for key, digits in told["keys"].items():
        (path.parent / "keys" / f"{key}.key").write_bytes(bytes.fromhex(digits))
    before = read(path, lambda db: list(entries(db)))
    assert len(before) == told["entries"]
    with kind(tmp_path, clock=lambda: told["now"], terms=Terms(trusted=lambda: True)) as store:
        assert read(path, schema.version) == schema.latest(kind.LAYOUT)
        heads = Root.parse(told["root"]).heads
        verdict = read(path, lambda db: verify(db, keys.load(store.keys), heads))
        assert (verdict.entries, verdict.fault) == (told["entries"], None)
        assert read(path, lambda db: list(entries(db))) == before
        bodies = read(path, lambda db: [body for (body,) in db.execute("SELECT body FROM alert")])
        assert list(compare(bodies, before)) == []
        if kind is ServeStore:
            kept = read(path, lambda db: db.execute("SELECT kind, subject, body FROM current").fetchall())
            assert {(k, s): b for k, s, b in kept} == rebuilt(before)
            assert kept
        if kind is RelayStore:
            assert store.cursor("influx minute") == "3 4"
            assert [one.name for one in store.waiting("mail", told["now"])] == ["m2"]
        if name == "watch_7":
            assert read(path, lambda db: db.execute("SELECT count(*) FROM touched WHERE level >= 100").fetchone()) == (
                2,
            )
        while store.maintain(told["now"]):
            pass
        assert read(path, lambda db: verify(db, keys.load(store.keys), heads)).fault is None


def test_each_process_has_one():
    assert {path.stem.partition("_")[0] for path in OLD.glob("*.json")} == set(STORES)
