"""A rule is only passed over where it could not have matched."""

import pytest
from sigma.rule import SigmaRule

from sensor.detect.relevance import required_lists

RULE = """
title: t
logsource: {{product: vigie, service: conn}}
detection:
  chat: {{peer.list: messengers}}
  other: {{peer.list: [transfer_sites, clouds]}}
  big: {{bytes_out|gte: 1}}
  glob: {{peer.list: "mess*"}}
  condition: {condition}
"""


@pytest.mark.parametrize(
    ("condition", "lists"),
    [
        ("chat", {"messengers"}),
        ("other", {"transfer_sites", "clouds"}),
        ("chat and big", {"messengers"}),
        ("chat or other", {"messengers", "transfer_sites", "clouds"}),
        ("chat or big", None),
        ("not chat", None),
        ("big and not chat", None),
        ("chat and not other", {"messengers"}),
        ("chat and other", set()),
        ("(chat or big) and other", {"transfer_sites", "clouds"}),
        ("glob", None),
        ("1 of *", None),
    ],
)
def test_what_a_condition_cannot_do_without(condition, lists):
    rule = SigmaRule.from_yaml(RULE.format(condition=condition))
    found = required_lists(rule.detection.parsed_condition[0].parsed)
    assert found == (None if lists is None else frozenset(lists))
