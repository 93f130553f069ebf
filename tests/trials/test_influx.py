"""Some of the trials of InfluxDB and the relay; `python -m tests.trials.influx` makes all, and fifty kills."""

import pytest

from tests.trials.influx import Tally, Trials, full_disk
from tests.trials.relayed import STEPS


@pytest.fixture
def trials(influxd, tmp_path):
    return Trials(influxd, tmp_path)


def well(tally: Tally) -> None:
    print(tally)
    assert tally.well, str(tally)


def test_influxd_killed_within_writes(trials):
    trials.kills(3)
    well(trials.tally)


def test_influxd_away_and_slow(trials):
    trials.away(4_000)
    trials.slow(20)
    well(trials.tally)


def test_the_relay_killed_at_each_of_its_steps(trials):
    trials.relay_killed((1,))
    assert f"relay killed at {len(STEPS)} steps" in trials.tally.found
    well(trials.tally)


def test_a_token_a_bucket_and_a_clock(trials):
    trials.token()
    trials.bucket()
    trials.clock()
    well(trials.tally)


@pytest.mark.root
def test_a_disk_that_is_full_for_a_while(tmp_path):
    found = full_disk(tmp_path)
    assert (found.lost, found.duplicated) == (0, 0), found.sample
    assert found.points > 48_000
