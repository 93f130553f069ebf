"""A rule is only passed over where it could not have matched."""

from types import SimpleNamespace

import pytest
from sigma.rule import SigmaRule

from sensor.detect.fields import COMMON, FIELDS
from sensor.detect.lists import Lists
from sensor.detect.matcher import Compiler
from sensor.detect.relevance import FIXED, could, either, kind
from sensor.track.observation import Direction

WAYS = {"a": Direction.OUTBOUND, "b": Direction.INBOUND}

RULE = """
title: t
logsource: {{product: vigie, service: conn}}
detection:
  chat: {{peer.list: messengers}}
  other: {{peer.list: [transfer_sites, clouds]}}
  out: {{direction: outbound}}
  big: {{bytes_out|gte: 1}}
  glob: {{peer.list: "mess*"}}
  same: {{peer.app|fieldref: app}}
  host: {{peer.app|fieldref: peer.host}}
  none: {{peer.list: null}}
  condition: {condition}
"""


def judged(condition, on, direction=Direction.OUTBOUND):
    """What can be said of an event whose peer is on the list `on`."""
    rule = SigmaRule.from_yaml(RULE.format(condition=condition))
    compiler = Compiler(FIELDS["conn"], Lists())
    found = either([could(c.parsed, compiler.compile, FIELDS["conn"]) for c in rule.detection.parsed_condition])
    destination = SimpleNamespace(list=on, app="chat") if on else None
    return found(SimpleNamespace(destination=destination, direction=direction, conn=SimpleNamespace(app="chat")))


@pytest.mark.parametrize(
    ("condition", "messengers", "clouds", "unlisted"),
    [
        ("chat", True, False, False),
        ("other", False, True, False),
        ("glob", True, False, False),
        ("none", False, False, True),
        ("chat and out", True, False, False),
        ("chat and not out", False, False, False),
        ("chat and big", None, False, False),
        ("chat or other", True, True, False),
        ("chat or big", True, None, None),
        ("not chat", False, True, True),
        ("big and not chat", False, None, None),
        ("not (chat and big)", None, True, True),
        ("chat and not other", True, False, False),
        ("chat and other", False, False, False),
        ("(chat or big) and other", False, None, False),
        ("same", True, True, False),
        ("host", None, None, None),
        ("1 of *", True, True, True),
        ("big", None, None, None),
    ],
)
def test_what_a_condition_comes_to_by_what_is_fixed(condition, messengers, clouds, unlisted):
    said = [judged(condition, on) for on in ("messengers", "clouds", None)]
    assert said == [messengers, clouds, unlisted]


def test_the_direction_counts():
    assert judged("chat and out", "messengers", Direction.INBOUND) is False
    assert judged("big and not out", "messengers", Direction.INBOUND) is None


def test_a_field_that_another_service_calls_the_same_is_not_fixed():
    """`ended` and `app` of a session are its own, not its connection's."""
    assert COMMON["ended"] in FIXED
    assert FIELDS["session"]["ended"] not in FIXED
    assert FIELDS["session"]["app"] not in FIXED


@pytest.mark.parametrize("name", sorted(name for name, getter in FIELDS["conn"].items() if getter in FIXED))
def test_kinds_differ_where_a_fixed_field_does(name):
    """Nothing that a rule is passed over by may be left out of the kind."""
    getter, places = FIELDS["conn"][name], {}

    def event(**changes):
        conn = dict.fromkeys(("service", "proto", "services", "midstream", "ended", "app", "hidden", "issuer"), "a")
        plain = dict.fromkeys(("list", "app", "cls", "role", "confidence"), "a")
        on = places.setdefault(
            str(to := plain | {k[3:]: v for k, v in changes.items() if k[:3] == "to_"}), SimpleNamespace(**to)
        )
        of = SimpleNamespace(**conn | {k: v for k, v in changes.items() if k in conn})
        return SimpleNamespace(
            record=of,
            conn=of,
            destination=on,
            direction=WAYS[changes.get("direction", "a")],
            device=SimpleNamespace(group=changes.get("group", "a")),
        )

    changes = ("direction", "group", "proto", "services", "midstream", "ended", "app", "hidden", "issuer")
    told = [
        c
        for c in (*changes, "to_list", "to_app", "to_cls", "to_role", "to_confidence")
        if getter(event(**{c: "b"})) != getter(event())
    ]
    assert len(told) == 1
    assert kind(event()) == kind(event())
    assert kind(event(**{told[0]: "b"})) != kind(event())
