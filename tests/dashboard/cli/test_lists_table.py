"""The lists as rows: what each program is recognised by, and the strongest proof."""

from dashboard.cli.lists_table import programs, summary
from sensor.detect.lists import parse

MADE = """
list: remote_tools
title: T
date: 2026-11-22
classes: [control, management]
roles: [agent, web]
entries:
  - {app: beam, name: Beam, class: control, source: maker, date: 2026-11-22, confidence: high, agent: [beam.example, relay.beam.example]}
  - {app: beam, name: Beam, class: control, source: wire, date: 2026-11-22, confidence: medium, tried: [capture], bytes: agent}
  - {app: fleet, name: Fleet, class: management, source: maker, date: 2026-11-22, confidence: knowledge, web: [fleet.example]}
"""


def rows(text=MADE):
    lists, mistakes = parse([("made.yml", text)])
    assert not mistakes
    return programs(lists)


def test_a_program_by_bytes_and_names():
    beam, fleet = rows()
    assert (beam.by, beam.names, beam.confidence, beam.tried) == (("bytes", "names"), 2, "high", ("capture", "name"))
    assert (fleet.by, fleet.names, fleet.tried, fleet.sources) == (("names",), 1, ("name",), ("maker",))


def test_a_line_a_class():
    assert list(summary(rows()))[2:] == [
        "| remote control | 1 | 1 | 1 | 1 high | 1 |  |  |  |",
        "| remote management, remote tools not reviewed | 1 |  | 1 | 1 unverified |  |  |  | 1 |",
    ]


def test_what_tried_may_say():
    _, mistakes = parse([("made.yml", MADE.replace("[capture]", "[hearsay]"))])
    assert "'tried' must be a list of capture, lab, specification, name" in str(mistakes[0])
