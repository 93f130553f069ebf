"""The report makes itself: on the first at six, at the next start after it, once, and with its hashes in the journal."""

import json
import threading
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from dashboard.kept_reports import kept, kept_in
from dashboard.relay.monthly import Monthly, World
from dashboard.report.month import Month
from sensor.detect.policy import Policy, Practice
from sensor.store import WatchStore
from sensor.store.journal import Kind, about
from sensor.store.reader import read
from sensor.store.relay import RelayStore
from sensor.store.seeing import Counts
from tests.dashboard.conftest import PARIS, SECOND


def at(year, month, day, hour=0, minute=0):
    return int(datetime(year, month, day, hour, minute, tzinfo=PARIS).timestamp()) * SECOND


@pytest.fixture
def box(tmp_path):
    """A box that has watched since 20 August 2026; `box.now` is its clock."""
    box = SimpleNamespace(now=at(2026, 9, 10), ran=0.0, trusted=True, told=[], state=tmp_path, config=None)
    with WatchStore(tmp_path) as store:
        store.add_sight(at(2026, 8, 20, 10), 10.0, Counts(packets=5))
        store.add_sight(at(2026, 8, 20, 11), 10.0, Counts(packets=5))
        store.flush(at(2026, 8, 20, 12), force=True)
    with RelayStore(tmp_path) as relay:
        box.store = relay

        def monthly(made=None):
            world = World(clock=lambda: box.now, monotonic=lambda: box.ran, trusted=lambda: box.trusted)
            policy = Policy(practice=Practice(name="Cabinet des Tilleuls"))
            return Monthly(tmp_path, policy, box.config, relay, made or (lambda *told: box.told.append(told)), world)

        box.monthly = monthly
        yield box


def keep(box, month, *, complete=True, suffix=""):
    folder = kept_in(box.state)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{month}{suffix}.pdf").write_bytes(b"%PDF")
    (folder / f"{month}{suffix}.json").write_text(json.dumps({"complete": complete}))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(2026, 9, 1, 5, 59), []),
        (at(2026, 9, 1, 6), ["2026-08"]),
        (at(2026, 9, 30, 23, 59), ["2026-08"]),
        (at(2026, 10, 1, 5, 59), ["2026-08"]),
        (at(2026, 10, 1, 6), ["2026-09"]),
        (at(2027, 1, 1, 6), ["2026-12"]),
    ],
)
def test_it_is_due_on_the_first_at_six_in_the_practices_zone(box, now, due):
    box.now = now
    assert [str(month) for month in box.monthly().missing()] == due


def test_a_box_that_was_off_makes_what_it_missed_and_no_more(box):
    keep(box, "2026-08")
    box.now = at(2026, 12, 5)
    assert [str(month) for month in box.monthly().missing()] == ["2026-09", "2026-10", "2026-11"]
    box.now = at(2028, 1, 2)
    assert [str(month) for month in box.monthly().missing()] == [f"2027-{n:02}" for n in range(7, 13)]


def test_one_that_was_asked_for_before_the_month_was_over_does_not_count(box):
    keep(box, "2026-08", complete=False)
    box.now = at(2026, 9, 1, 6)
    assert box.monthly().missing() == [Month(2026, 8)]
    keep(box, "2026-08", suffix="-2")
    assert box.monthly().missing() == []


def test_a_new_box_has_no_report_of_the_time_before_it(box, tmp_path):
    box.now = at(2026, 8, 25)
    assert box.monthly().missing() == []
    other = Monthly(tmp_path / "empty", Policy(), None, box.store, box.told.append, World(clock=lambda: box.now))
    assert other.missing() == []


def test_a_clock_that_nobody_has_set_is_waited_for(box):
    box.now, box.trusted = at(2026, 9, 1, 7), False
    monthly = box.monthly()
    assert monthly.once() == []
    box.ran = 3_601.0
    assert [path.name for path in monthly.once()] == ["2026-08.pdf"]


def test_it_is_made_once_told_and_journaled(box):
    box.config = box.state / "vigie.yml"
    box.config.write_text("practice: {name: Cabinet du Vallon, language: en}\n")
    box.now = at(2026, 9, 1, 6)
    (pdf,) = box.monthly().once()
    assert pdf == kept_in(box.state) / "2026-08.pdf"
    assert box.told == [(Month(2026, 8), pdf)]
    told = json.loads(pdf.with_suffix(".json").read_text())
    assert (told["report"]["practice"], told["report"]["lang"]) == ("Cabinet du Vallon", "en")
    entries = read(box.store.path, lambda db: list(about(db, "2026-08", Kind.REPORT)))
    assert [json.loads(one.body)["files"] for one in entries] == [
        {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(pdf.parent.iterdir())}
    ]
    assert box.monthly().once() == []
    assert [one.stem for one in kept(pdf.parent)] == ["2026-08"]


def test_a_relay_killed_before_it_told_tells_at_its_next_start(box):
    box.now = at(2026, 9, 1, 6)

    def killed(*_):
        raise OSError("killed")

    with pytest.raises(OSError, match="killed"):
        box.monthly(killed).once()
    assert box.monthly().missing() == []
    box.monthly().once()
    assert [month for month, _ in box.told] == [Month(2026, 8)]
    assert box.monthly().once() == []
    assert [one.stem for one in kept(kept_in(box.state))] == ["2026-08"]


def test_what_cannot_be_made_is_told_and_tried_again_later(box, caplog):
    box.config = Path("/nonexistent/vigie.yml")
    box.now = at(2026, 9, 1, 6)
    monthly, stop = box.monthly(), threading.Event()
    stop.set()
    monthly.run(stop)
    assert "the report of 2026-08 was not made: " in caplog.text
    caplog.clear()
    box.config = None
    monthly._config = None
    box.now += 9 * 60 * SECOND
    monthly.run(stop)
    assert not box.told
    box.now += 2 * 60 * SECOND
    monthly.run(stop)
    assert [month for month, _ in box.told] == [Month(2026, 8)]
    assert not caplog.text
