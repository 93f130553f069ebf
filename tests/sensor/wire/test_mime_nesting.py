"""Which multiparts are open, by the boundaries that pass."""

from sensor.wire.mime_kind import Place
from sensor.wire.mime_nesting import DEPTH, Nesting


def opened(*multiparts):
    nesting = Nesting()
    for boundary, subtype in multiparts:
        nesting.begin(boundary, subtype)
    return nesting


def test_a_boundary_is_found_at_its_level_with_and_without_its_end():
    nesting = opened((b"a", "mixed"), (b"b--", "related"))
    said = [nesting.find(text) for text in (b"a", b"a--", b"b--", b"b----", b"b", b"--")]
    assert said == [(0, False), (0, True), (1, False), (1, True), None, None]


def test_an_outer_boundary_ends_what_is_within():
    nesting = opened((b"a", "mixed"), (b"b", "related"))
    assert (nesting.undelimited, nesting.reach(0).boundary, nesting.undelimited) == (True, b"a", False)
    assert nesting.find(b"b") is None


def test_a_place_is_inherited():
    nesting = opened((b"a", "encrypted"), (b"b", "related"), (b"c", "alternative"))
    assert (nesting.place, nesting.protection) == (Place(related=True, encrypted=True, within="alternative"), "pgp")
    assert opened((b"a", "mixed"), (b"b", "encrypted")).protection is None


def test_a_parents_boundary_is_not_opened_again():
    nesting = opened((b"a", "mixed"), (b"a", "related"))
    assert nesting.innermost.subtype == "mixed"


def test_one_that_was_declared_otherwise_is_learnt_in_its_place():
    nesting = opened((b"a", "mixed"))
    nesting.learn(b"x")
    assert (nesting.find(b"a"), nesting.find(b"x")) == (None, (0, False))
    nesting.learn(b"y")
    assert (nesting.find(b"x"), nesting.find(b"y")) == ((0, False), (1, False))


def test_depth_is_bounded():
    nesting = opened(*((b"%d" % n, "mixed") for n in range(DEPTH)))
    nesting.reach(DEPTH - 1)
    assert nesting.full
    nesting.learn(b"more")
    assert nesting.find(b"more") == (DEPTH - 1, False)
