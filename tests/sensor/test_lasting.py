"""What lasts is put aside from the collector, and only that."""

import gc

import pytest

from sensor.lasting import YOUNG, lasting


@pytest.fixture(autouse=True)
def collector_as_before():
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    gc.enable()


def test_what_is_made_inside_is_never_looked_at_again():
    before = gc.get_freeze_count()
    with lasting():
        assert not gc.isenabled()
        made = [[n] for n in range(1_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(made)
    assert gc.get_threshold()[0] == YOUNG


def test_what_comes_later_is_collected():
    with lasting():
        pass
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1


def test_a_mistake_inside_leaves_the_collector_on():
    with pytest.raises(ValueError, match="a mistake"), lasting():
        raise ValueError("a mistake")
    assert gc.isenabled()
