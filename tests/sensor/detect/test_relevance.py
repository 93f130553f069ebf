"""A rule is only passed over where it could not have matched."""

from types import SimpleNamespace

import pytest
from sigma.rule import SigmaRule

from sensor.detect.fields import FIELDS
from sensor.detect.lists import Lists
from sensor.detect.matcher import Compiler
from sensor.detect.relevance import FIXED, could, either
from sensor.track.observation import Direction

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
  none: {{peer.list: null}}
  condition: {condition}
"""


def judged(condition, on, direction=Direction.OUTBOUND):
    """What can be said of an event whose peer is on the list `on`."""
    rule = SigmaRule.from_yaml(RULE.format(condition=condition))
    compiler = Compiler(FIELDS["conn"], Lists())
    found = either([could(c.parsed, compiler.compile) for c in rule.detection.parsed_condition])
    destination = SimpleNamespace(list=on, app="chat") if on else None
    return found(SimpleNamespace(destination=destination, direction=direction))


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
        ("same", None, None, None),
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


def test_fixed_fields_are_fields():
    assert FIELDS["conn"].keys() >= FIXED
