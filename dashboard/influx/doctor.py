"""Whether InfluxDB is as the box needs it, found out with the box's own tokens. Called by `vigie doctor influx`; changes nothing."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboard.influx import tokens
from dashboard.influx.buckets import DAY, kept
from dashboard.influx.client import Human, Influx, InfluxError, Where, answered
from dashboard.influx.probe import may_read, may_write
from dashboard.influx.setup import Files, seconds_of, warning_of
from sensor.detect.policy import Retention
from sensor.detect.policy_influx import InfluxDB

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `good` is None for a warning."""

    good: bool | None
    text: str


def examine(settings: InfluxDB, keep: Retention, files: Files) -> Iterator[Finding]:
    """Each thing as it is found; what cannot be asked any more is left out."""
    where = Where(settings.url, settings.org, files.ca)
    nobody = Influx(where, "", SECONDS)
    try:
        with answered():
            version = nobody.client.version()
    except InfluxError as error:
        yield Finding(False, f"{settings.url}: {error}")
        return
    finally:
        nobody.close()
    yield Finding(True, f"{settings.url} answers")
    try:
        warning = warning_of(version)
        yield Finding(None if warning else True, warning or f"InfluxDB {version}")
    except Human as error:
        yield Finding(False, str(error))
        return
    yield from _with("box", files.write, where, lambda influx: _box(influx, settings))
    if files.read is None:
        yield Finding(None, "vigie.yml names no read_token_file: the pages read the local store")
    else:
        yield from _with("dashboard", files.read, where, lambda influx: _dashboard(influx, settings, keep))


def _with(whose: str, file: Path, where: Where, ask: Callable[[Influx], Iterator[Finding]]) -> Iterator[Finding]:
    """`ask` with the token of this file."""
    try:
        token = tokens.read(file)
    except tokens.TokenError as error:
        yield Finding(False, f"the {whose}'s token: {error}")
        return
    if file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        yield Finding(False, f"the {whose}'s token: {file} may be read by everybody; chmod 600")
    influx = Influx(where, token, SECONDS)
    try:
        yield from ask(influx)
    except InfluxError as error:
        yield Finding(False, f"the {whose}'s token: {error}")
    finally:
        influx.close()


def _box(influx: Influx, settings: InfluxDB) -> Iterator[Finding]:
    for name in _names(settings):
        if may_write(influx, name):
            yield Finding(True, f"the box may write to bucket {name}")
        else:
            yield Finding(False, f"the box may not write to bucket {name}, or there is none of that name")
    readable = [name for name in _names(settings) if may_read(influx, name)]
    if readable:
        yield Finding(False, f"the box's token can read {', '.join(readable)}: it should only write")
    else:
        yield Finding(True, "the box's token cannot read")


def _dashboard(influx: Influx, settings: InfluxDB, keep: Retention) -> Iterator[Finding]:
    with answered():
        found = {one.name: one for one in influx.client.buckets_api().find_buckets(limit=100).buckets}
    for kind, seconds in kept(keep).items():
        name = str(getattr(settings.buckets, kind))
        if not may_read(influx, name) or name not in found:
            yield Finding(False, f"the dashboard may not read bucket {name}, or there is none of that name")
        elif seconds_of(found[name]) != seconds:
            days = seconds_of(found[name]) // DAY
            yield Finding(
                False, f"bucket {name} keeps points for {days or 'all'} days; the policy says {seconds // DAY}"
            )
        else:
            yield Finding(True, f"the dashboard may read bucket {name}, which keeps points for {seconds // DAY} days")
    writable = [name for name in _names(settings) if may_write(influx, name)]
    if writable:
        yield Finding(False, f"the dashboard's token can write to {', '.join(writable)}: it should only read")
    else:
        yield Finding(True, "the dashboard's token cannot write")


def _names(settings: InfluxDB) -> tuple[str, str, str]:
    return settings.buckets.detail, settings.buckets.figures, settings.buckets.totals
