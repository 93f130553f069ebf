"""Rows of the local store as InfluxDB's line protocol. Pure. Called by `dashboard.relay.streams`.

  measurement,tag=value,tag=value field=1i,field="text" nanoseconds

A tag without a value is left out: line protocol has no empty ones. Tags stand in alphabetical order, which is the order that
InfluxDB keeps them in. https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
"""

from collections.abc import Iterable, Mapping

from sensor.detect.alert import Alert
from sensor.store.codec import plain
from sensor.store.table import SEVERITY_RANK

MINUTE = 60_000_000_000
_LONGEST = 256  # characters of a tag
_ESCAPED = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ "})


def tag(name: str, value: str) -> str:
    """`,name=value`, or nothing. Whatever the network put into a word, it cannot end the tag or the line."""
    shown = "".join(
        one if one.isprintable() and one != "\\" else "\N{REPLACEMENT CHARACTER}" for one in value[:_LONGEST]
    )
    return f",{name}={shown.translate(_ESCAPED)}" if shown else ""


def text(value: str) -> str:
    """A field's string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", " ").replace("\r", " ") + '"'


def traffic(measurement: str, tags: str, counts: Iterable[int], start: int) -> str:
    """`start`: epoch minute. `tags` as of `tag`, in order."""
    sent, received, packets_out, packets_in, flows = counts  # written out: two and a half million of them are a backlog
    return (
        f"{measurement}{tags} bytes_out={sent}i,bytes_in={received}i,packets_out={packets_out}i,"
        f"packets_in={packets_in}i,flows={flows}i {start * MINUTE}"
    )


def alert(one: Alert, site: str, at: int) -> str:
    """`at`: where it lies, in nanoseconds; see `placed_at`."""
    fields = {
        "body": text(plain(one)),
        "count": f"{one.count}i",
        "first_seen": f"{one.first_seen}i",
        "id": text(one.id),
        "last_seen": f"{one.last_seen}i",
        "severity": f"{SEVERITY_RANK[one.severity]}i",
    }
    return line("alert", {"category": one.category.value, "site": site}, fields, at)


def line(measurement: str, tags: Mapping[str, str], fields: Mapping[str, str], at: int) -> str:
    told = "".join(tag(name, tags[name]) for name in sorted(tags))
    return f"{measurement}{told} {','.join(f'{name}={value}' for name, value in fields.items())} {at}"
