"""Twenty of the trials; `python -m tests.trials` makes two hundred."""

import pytest

from tests.trials.trials import run


@pytest.mark.root
def test_nothing_acknowledged_is_lost(influxd):
    tally = run(20, seed=6, server=influxd)
    print(tally)
    assert tally.well, str(tally)
    assert tally.trials == 20
    assert tally.acknowledged > 100
    assert tally.flipped > 0
    assert {f"{who} {phase}" for who in ("watch", "serve", "relay") for phase in ("commit", "batch")} & set(
        tally.phases
    )
    idle = sum(count for phase, count in tally.phases.items() if "idle" in phase)
    assert idle <= tally.trials // 5
