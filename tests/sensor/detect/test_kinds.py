"""What was told lately, and for how long it counts."""

from sensor.detect.kinds import MONTH_NS, Kinds

NOW = 1_700_000_000_000_000_000


def test_it_counts_for_thirty_days():
    kinds = Kinds(10)
    kinds.seen(("talk", "signal", "Accueil"), NOW)
    assert kinds.any_of(("call", "talk"), "signal", "Accueil", NOW + MONTH_NS - 1)
    assert not kinds.any_of(("talk",), "signal", "Accueil", NOW + MONTH_NS)


def test_rule_app_and_device_count():
    kinds = Kinds(10)
    kinds.seen(("talk", "signal", "Accueil"), NOW)
    asked = [
        (("call",), "signal", "Accueil"),
        (("talk",), "viber", "Accueil"),
        (("talk",), "signal", "Cabinet 2"),
        ((), "signal", "Accueil"),
    ]
    assert not any(kinds.any_of(*one, NOW) for one in asked)


def test_the_oldest_goes_first():
    kinds = Kinds(2)
    for number in (1, 2, 1, 3):
        kinds.seen(("talk", str(number), "Accueil"), NOW)
    assert [kinds.any_of(("talk",), str(number), "Accueil", NOW) for number in (1, 2, 3)] == [True, False, True]
