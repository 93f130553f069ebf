"""What a token may do, found out by trying: InfluxDB tells narrow tokens nothing about themselves.

A write of a comment alone is acknowledged where writing is allowed, and writes nothing; a query for nothing answers where reading is allowed.
"""

from collections.abc import Callable

from dashboard.influx.client import Human, Influx, Need

_NOTHING = "from(bucket: p_bucket) |> range(start: -1m) |> limit(n: 1)"


def may_write(influx: Influx, bucket: str) -> bool:
    """Errors: Later; Human for what is not about permission."""
    return _allowed(lambda: influx.write(bucket, ("# nothing",)))


def may_read(influx: Influx, bucket: str) -> bool:
    """Errors: the same."""
    return _allowed(lambda: influx.query(_NOTHING, {"bucket": bucket}))


def _allowed(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Human as error:
        if error.need in (Need.TOKEN, Need.BUCKET):  # a bucket that one may not read is "not found"
            return False
        raise
    return True
