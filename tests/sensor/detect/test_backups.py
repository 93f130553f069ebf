"""A backup that stops: told once, after twice its rhythm, and not before its rhythm is known."""

from itertools import pairwise

import pytest

from sensor.detect.detector import BACKUP
from tests.sensor.detect.made_up import MORNING, S, detector, sent, shipped

HOUR = 3_600 * S
DAY = 24 * HOUR
SERVICE = next(entry.suffix for entry in shipped().lists.entries() if entry.cls == BACKUP and entry.suffix)


def ran(made, days, size=5_000_000, host=SERVICE):
    for day in days:
        for part in range(5):
            made.observe(sent(host, size // 5, ts=MORNING + day * DAY + part * 60 * S))


def stopped(made, *days):
    return [[alert.rule for alert in made.tick(MORNING + int(day * DAY))] for day in days]


WORKDAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)


def test_it_is_told_once_after_twice_the_longest_pause():
    made = detector()
    ran(made, WORKDAYS)
    assert stopped(made, 11.5, 14, 16.9, 17.1, 18) == [[], [], [], ["health-backup-stopped"], []]


def test_a_run_ends_the_silence_and_a_new_one_is_told_anew():
    made = detector()
    ran(made, WORKDAYS)
    assert stopped(made, 18) == [["health-backup-stopped"]]
    ran(made, (18,))
    assert stopped(made, 20) == [[]]
    assert stopped(made, 40) == [["health-backup-stopped"]]


def test_what_the_alert_says():
    made = detector()
    ran(made, WORKDAYS)
    (alert,) = made.tick(MORNING + 18 * DAY)
    told = dict(alert.evidence)
    assert (alert.category, alert.bytes_out, told["rhythm"], told["runs"]) == ("health", 5_000_000, 3 * 86_400, 10)
    assert alert.device.name == "Accueil"
    assert "5 Mo" in alert.fr.seen


@pytest.mark.parametrize(
    ("days", "size", "host"),
    [
        ((0, 1, 2, 3), 5_000_000, SERVICE),  # not yet known
        ((0, 9), 5_000_000, SERVICE),  # twice is no rhythm
        (WORKDAYS, 50_000, SERVICE),  # signs of life
        (WORKDAYS, 5_000_000, "files.nobody.example"),
    ],
)
def test_what_is_no_backup_that_stopped(days, size, host):
    made = detector()
    ran(made, days, size, host)
    assert stopped(made, 60) == [[]]


def test_the_days_of_the_test_have_a_weekend():
    assert max(late - early for early, late in pairwise(WORKDAYS)) == 3
