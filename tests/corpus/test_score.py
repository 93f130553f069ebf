"""Verdicts on other people's captures. A miss that is known stands in the table with its reason; a new one fails."""

import pytest

from sensor.settings import load
from tests.corpus.scoring import score

KINDS = frozenset({"mail", "messaging", "remote"})
STRAYS = 14

MISSED = {
    ("zeek/http__http-single-conn-22.pcap", "remote:ssh"): "wrong label: the only exchange is HTTP on port 22",
    (
        "nfstream/hangout.pcap",
        "messaging:google-chat",
    ): "only STUN answers without a name: Google's by address and port",
}


@pytest.fixture(scope="module")
def scored(request):
    corpus = request.config.rootpath.parent / "shared" / "corpus"
    if not corpus.is_dir():
        print("CORPUS NOT RUN")
        return None
    told = score(corpus, load(None, None), KINDS)
    print(told.line())
    return told


def test_no_false_alarm(scored, corpus):
    assert scored is None or scored.false_alarms == []


def test_every_miss_is_known(scored, corpus):
    assert scored is None or {miss for miss in scored.misses if miss not in MISSED} == set()


def test_no_miss_is_kept_in_the_table_that_is_a_hit_now(scored, corpus):
    assert scored is None or set(scored.hits) & set(MISSED) == set()


def test_hardly_a_stray(scored, corpus):
    assert scored is None or len(scored.strays) <= STRAYS


@pytest.mark.parametrize(
    ("token", "least"), [("mail", 0.8), ("remote:ssh", 0.8), ("remote:rdp", 0.7), ("remote:vnc", 0.8)]
)
def test_recall(scored, corpus, token, least):
    if scored is None:
        return
    hits = sum(1 for _, t in scored.hits if t == token)
    misses = sum(1 for _, t in scored.misses if t == token)
    assert hits / (hits + misses) >= least


def test_none_takes_long(scored, corpus):
    """Thirty seconds is where the corpus' own score calls a capture broken."""
    assert scored is None or scored.slowest[0] < 30
