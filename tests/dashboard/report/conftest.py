import subprocess
from dataclasses import replace
from datetime import datetime

import pytest

from dashboard.privacy import Privacy
from dashboard.report.compose import compose
from dashboard.report.facts import Known
from dashboard.report.files import render
from dashboard.report.gather import gather
from dashboard.report.month import Month
from dashboard.report.texts import words
from dashboard.report.voice import Voice
from sensor.detect.lists import ListInfo
from sensor.store import SeriesRow
from sensor.store.days import minutes_of
from sensor.store.seeing import Counts
from tests.dashboard.conftest import PARIS, SECOND

OCTOBER = Month(2026, 10)
LISTS = (ListInfo("hds_hosts", "Certified hosts", "2026-11-21", 5, 9),)
LATER = int(datetime(2026, 11, 20, tzinfo=PARIS).timestamp()) * SECOND


def at(day, hour=10, month=10, year=2026):
    return int(datetime(year, month, day, hour, tzinfo=PARIS).timestamp()) * SECOND


@pytest.fixture
def fill(store):
    """`fill(watched=days, alerts=…)` writes a month into the store and sums it up."""

    def write(*, watched=(), silent=(), alerts=(), rows=(), good=()):
        for day in [*watched, *silent]:
            first, after = minutes_of(day, PARIS)
            for minute in range(first, after):
                counts = Counts() if day in silent else Counts(packets=60, bytes=6000)
                for part in range(6):
                    store.add_sight((minute * 60 + part * 10) * SECOND, 10.0, counts)
        store.add_sight(LATER, 10.0, Counts(packets=1))  # the minute before it is over
        store.upsert(alerts)
        store.add_series(rows)
        for ns, times in good:
            store.add_done_right(ns, times)
        store.flush(LATER, force=True)
        for _ in range(20_000):
            if not store.maintain(LATER):
                return
        pytest.fail("upkeep never ends")

    return write


@pytest.fixture
def made(store):
    """`made(lang)` → (report, files) of a month."""

    def make(lang="fr", month=OCTOBER, now=LATER, practice="Cabinet des Tilleuls", **options):
        facts = gather(store.path.parents[1], month, PARIS, now, "9.9")
        voice = Voice(words(lang), PARIS, Privacy(b"k" * 32))
        report = compose(facts, voice, Known(practice, LISTS, **options))
        return report, render(report, facts, voice)

    return make


@pytest.fixture
def text(tmp_path):
    """The text of a PDF as a reader of the screen gets it, blanks as one."""

    def read(pdf):
        path = tmp_path / "report.pdf"
        path.write_bytes(pdf)
        done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
        return " ".join(done.stdout.decode().split())

    return read


def row(ns, destination, out, into=0):
    return SeriesRow(ns // (60 * SECOND), "192.168.1.20", "aa:00:00:00:00:20", "ssl", out, into, 1, 1, 1, destination)


def varied(sample, **changes):
    return replace(sample, **({"first_seen": at(7), "last_seen": at(7)} | changes))
