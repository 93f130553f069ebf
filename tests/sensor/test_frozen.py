"""Quickly made frozen dataclasses behave as ordinary ones."""

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, fields, replace
from typing import ClassVar

import pytest

from sensor.frozen import frozen


@frozen
class Quick:
    """A record."""

    service: ClassVar[str] = "quick"
    ip: str
    port: int
    names: tuple[str, ...] = ()
    host: str | None = None

    @property
    def whole(self) -> str:
        return f"{self.ip}:{self.port}"


@dataclass(frozen=True, slots=True)
class Plain:
    """The same, as `dataclasses` makes it."""

    service: ClassVar[str] = "quick"
    ip: str
    port: int
    names: tuple[str, ...] = ()
    host: str | None = None


def test_it_has_the_fields_of_the_ordinary_one():
    assert [(f.name, f.type, f.default) for f in fields(Quick)] == [(f.name, f.type, f.default) for f in fields(Plain)]
    assert Quick.__match_args__ == Plain.__match_args__
    assert Quick.__slots__ == Plain.__slots__
    assert Quick.service == "quick"
    assert repr(Quick("192.0.2.1", 443, host="a")) == repr(Plain("192.0.2.1", 443, host="a")).replace("Plain", "Quick")


def test_nothing_can_be_assigned_afterwards():
    made = Quick("192.0.2.1", 443)
    with pytest.raises(FrozenInstanceError):
        made.port = 80
    with pytest.raises(FrozenInstanceError):
        del made.port
    with pytest.raises((AttributeError, TypeError)):
        made.other = 1


def test_it_compares_and_hashes_by_its_fields():
    one, same, other = Quick("192.0.2.1", 443), Quick(port=443, ip="192.0.2.1"), Quick("192.0.2.1", 80)
    assert type(one) is Quick
    assert one == same != other
    assert hash(one) == hash(same)
    assert one != Plain("192.0.2.1", 443)
    assert isinstance(one, Quick)


def test_it_is_replaced_copied_and_taken_apart():
    made = Quick("192.0.2.1", 443, ("ssl",))
    assert replace(made, port=80) == Quick("192.0.2.1", 80, ("ssl",))
    assert copy.deepcopy(made) == made == copy.copy(made)
    assert pickle.loads(pickle.dumps(made)) == made
    match made:
        case Quick("192.0.2.1", 443, names=("ssl",), host=None):
            assert made.whole == "192.0.2.1:443"
        case _:
            pytest.fail("not matched")


@pytest.mark.parametrize("given", [{}, {"ip": "a"}, {"ip": "a", "port": 1, "more": 2}])
def test_what_is_missing_or_too_much_is_refused(given):
    with pytest.raises(TypeError):
        Quick(**given)
