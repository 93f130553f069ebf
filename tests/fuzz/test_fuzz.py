"""The short form: some hundred spoilt dialogues a reader. `python -m tests.fuzz` is the long one."""

import random

import pytest

from sensor.settings import load
from sensor.wire import GiveUp, StreamEntry
from sensor.wire.readers import DATAGRAMS, STREAMS
from tests.fuzz.fuzz import fuzz_datagrams, fuzz_stream, fuzz_whole, spoilt
from tests.fuzz.seeds import WHOLES, harvest

INPUTS = 150
LEAST = 0.2
"""Of the inputs must yield an event, or what is fuzzed is only the first check."""


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    return harvest(load(None, None), tmp_path_factory.mktemp("seeds"))


@pytest.mark.parametrize("entry", STREAMS, ids=lambda entry: entry.service)
def test_streams(entry, seeds):
    told = fuzz_stream(entry, seeds[0][entry.service], INPUTS, 1)
    assert told.broken == []
    assert told.share >= LEAST


@pytest.mark.parametrize("entry", DATAGRAMS, ids=lambda entry: entry.read.__module__.rpartition(".")[2])
def test_datagrams(entry, seeds):
    told = fuzz_datagrams(entry, seeds[1][entry.service], INPUTS, 1)
    assert told.broken == []
    assert told.share >= LEAST


@pytest.mark.parametrize("name", WHOLES)
def test_what_stands_outside_of_flows(name):
    told = fuzz_whole(name, INPUTS, 1)
    assert told.broken == []
    assert told.share >= LEAST


class Careless:
    service = "careless"

    def data(self, data, *, from_orig):
        return GiveUp("long") if len(data) > 6 else GiveUp(str(data[5]))

    def end(self, *, from_orig):
        return GiveUp("over")


def test_a_careless_reader_is_found_out():
    entry = StreamEntry("careless", lambda orig, resp: None, Careless)
    told = fuzz_stream(entry, [[(True, b"abcdef")]], 200, 1)
    assert told.broken
    assert "IndexError" in told.broken[0][0]


def test_the_same_seed_spoils_alike():
    dialogue = [(True, b"hello"), (False, b"world")]
    once, again = ([spoilt(random.Random(5), dialogue) for _ in range(9)] for _ in range(2))
    assert once == again
    assert dialogue == [(True, b"hello"), (False, b"world")]
