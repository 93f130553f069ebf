"""The report's CSV: every row of every table, whole, under one set of columns; the first says which table a row is of.

  table        one row                what it fills
  alert        an alert               all columns
  device       a device of the month  device, first_seen (the day), bytes; `count` 1 if it is new
  device_gone  one of the month before
  destination  a class of them        peer, bytes
  done_right   a good practice        rule, count
  processor    who received data      peer, category, count (devices), hds

UTF-8 with a mark, for spreadsheets (RFC 4180); a cell that would be a formula there begins with an apostrophe.
"""

import csv
import io
from collections.abc import Iterator

from dashboard.report.facts import Facts, Seen
from dashboard.report.people import recipients
from dashboard.report.voice import Voice

COLUMNS = (
    *("table", "id", "rule", "category", "app", "nature", "severity", "confidence", "first_seen", "last_seen"),
    *("count", "device", "peer", "hds", "bytes_out", "bytes_in"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Row = dict[str, str | int]


def table(facts: Facts, voice: Voice) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(facts, voice):
        writer.writerow({name: _safe(cell) for name, cell in row.items()})
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _rows(facts: Facts, voice: Voice) -> Iterator[Row]:
    yield from _alerts(facts, voice)
    for one in facts.devices:
        yield _device("device", one, voice) | {"count": int(one.first >= facts.month.first)}
    for one in facts.gone:
        yield _device("device_gone", one, voice)
    for moved in facts.destinations:
        name = voice.words.words.get(f"shared.destination.{moved.name or 'other'}", moved.name)
        yield {"table": "destination", "peer": name, "bytes_out": moved.bytes_out, "bytes_in": moved.bytes_in}
    for what, times in facts.done_right:
        yield {"table": "done_right", "rule": what, "count": times}
    for who in recipients(facts, voice):
        about: Row = {"table": "processor", "category": who.kind, "peer": who.name, "hds": who.hds or ""}
        yield about | {"count": len(who.devices)}


def _alerts(facts: Facts, voice: Voice) -> Iterator[Row]:
    for one in facts.alerts:
        yield {
            "table": "alert",
            "id": one.id,
            "rule": one.rule,
            "category": one.category,
            "app": one.app or "",
            "nature": one.nature,
            "severity": one.severity,
            "confidence": one.confidence,
            "first_seen": voice.iso(one.first_seen),
            "last_seen": voice.iso(one.last_seen),
            "count": one.count,
            "device": voice.of(one),
            "peer": voice.peer(one),
            "hds": one.peer.hds or "",
            "bytes_out": one.bytes_out,
            "bytes_in": one.bytes_in,
        }


def _device(name: str, one: Seen, voice: Voice) -> Row:
    sums: Row = {"bytes_out": one.bytes_out, "bytes_in": one.bytes_in}
    return {"table": name, "device": voice.device(one.ip, one.mac), "first_seen": one.first.isoformat()} | sums
