"""InfluxDB 2 over `influxdb-client`, told in outcomes. Called by the relay, the pages' source and setup.

Each answer to a write is one of: written · `Later` (passes by itself: no connection, 5xx, 429, maybe told when) · `Human` (does not: the
token, the bucket, TLS) · `TooLarge` (413) · `Refused` (400, 422: a point is wrong; others may have been written).
No text of an outcome carries a token or a point.
"""

import csv
import gzip
import io
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from influxdb_client.client.flux_csv_parser import FluxQueryException
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.domain.dialect import Dialect
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService
from urllib3.exceptions import HTTPError, MaxRetryError, SSLError

WRITE_SECONDS = 30
_WORDS = 300  # characters of what InfluxDB says that are told on
PACKING = 5  # of gzip: the client's own 9 takes three times as long for a twentieth less
MOST_WAIT = 900  # seconds: a Retry-After beyond is not believed


_PLAIN = Dialect(header=True, delimiter=",", annotations=[], date_time_format="RFC3339")


class Need(StrEnum):
    """What a person must look at."""

    TOKEN = "influx-token"  # noqa: S105 - a word of the alert's rule
    BUCKET = "influx-bucket"
    TLS = "influx-tls"
    ANSWER = "influx-answer"


class InfluxError(Exception):
    """InfluxDB did not do what it was asked."""


class Later(InfluxError):  # noqa: N818  (the kinds read as what follows)
    """It passes by itself; `wait` is what InfluxDB asked for, in seconds, if it did."""

    def __init__(self, text: str, wait: float | None = None) -> None:
        super().__init__(text)
        self.wait = wait


class Human(InfluxError):  # noqa: N818  (the same)
    """Somebody must look."""

    def __init__(self, need: Need, text: str) -> None:
        super().__init__(text)
        self.need = need


class TooLarge(InfluxError):  # noqa: N818  (the same)
    """Less at once."""


class Refused(InfluxError):  # noqa: N818  (the same)
    """At least one of the points is wrong."""


@dataclass(frozen=True, slots=True)
class Where:
    """An InfluxDB and who asks it. The token is in no `repr`."""

    url: str
    org: str
    ca: Path | None = None


class Influx:
    """One connection, kept open. `seconds`: how long an answer may take."""

    def __init__(self, where: Where, token: str, seconds: float = WRITE_SECONDS) -> None:
        """Errors: Human if the authority's file cannot be read."""
        more: dict[str, Any] = {"ssl_ca_cert": str(where.ca)} if where.ca else {}
        try:
            self.client = InfluxDBClient(
                where.url, token, org=where.org, timeout=int(seconds * 1000), verify_ssl=True, **more
            )
        except (OSError, ssl.SSLError) as error:
            raise Human(Need.TLS, f"{where.ca}: {error.strerror or 'not a certificate'}") from None
        self._org = where.org
        self.client.api_client.set_default_header("Accept-Encoding", "gzip")
        self._write = WriteService(self.client.api_client)

    def write(self, bucket: str, lines: tuple[str, ...]) -> None:
        """All of them, acknowledged. Errors: InfluxError."""
        with answered():
            data = gzip.compress("\n".join(lines).encode(), PACKING)
            self._write.post_write(
                self._org, bucket, data, precision=WritePrecision.NS, content_encoding="gzip", content_type="text/plain"
            )

    def query(self, flux: str, params: Mapping[str, object]) -> list[dict[str, Any]]:
        """Rows of all tables. `params` travel beside the text, as values that it calls `p_NAME`: nothing is spliced into it.

        Errors: InfluxError.
        """
        options = {f"p_{name}": value for name, value in params.items()}
        with answered():
            tables = self.client.query_api().query(flux, self._org, options)
        return [record.values for table in tables for record in table.records]

    def rows(self, flux: str, params: Mapping[str, object]) -> list[dict[str, str]]:
        """The same with values as text, for answers of thousands of rows: the client's own reading takes ten times as long."""
        options = {f"p_{name}": value for name, value in params.items()}
        with answered():
            answer = self.client.query_api().query_raw(flux, self._org, _PLAIN, options)
            text = answer.read().decode()
        return list(_read(text))

    def close(self) -> None:
        self.client.close()


def _read(text: str) -> Iterator[dict[str, str]]:
    """InfluxDB's CSV: tables with a header each, an empty line between those of different columns. Errors: FluxQueryException."""
    head: list[str] | None = None
    for line in csv.reader(io.StringIO(text)):
        if not line:
            head = None
        elif head is None:
            head = line
        elif head[1] == "error":
            raise FluxQueryException(line[1], line[2])
        else:
            yield dict(zip(head, line, strict=True))


@contextmanager
def answered() -> Iterator[None]:
    """Whatever the client raises as one of the outcomes; nothing is chained, since a request's headers carry the token."""
    try:
        yield
    except ApiException as error:
        raise _outcome(error) from None
    except SSLError as error:
        raise Human(Need.TLS, _tls(error)) from None
    except MaxRetryError as error:
        if isinstance(error.reason, SSLError):
            raise Human(Need.TLS, _tls(error.reason)) from None
        raise Later(f"no connection ({type(error.reason).__name__})") from None
    except FluxQueryException as error:
        raise Refused("".join(one if one.isprintable() else " " for one in str(error))[:_WORDS]) from None
    except (HTTPError, OSError, ValueError) as error:
        raise Later(f"no connection ({type(error).__name__})") from None


def _outcome(error: ApiException) -> InfluxError:
    status = error.status or 0
    told = f"{status} {_words(error)}".strip()
    if status == 0:
        return Human(Need.TLS, _tls(error))
    if status == 429 or status >= 500:
        return Later(told, _retry_after(error))
    if status in (401, 403):
        return Human(Need.TOKEN, told)
    if status == 404:
        return Human(Need.BUCKET, told)
    if status == 413:
        return TooLarge(told)
    if status in (400, 422):
        return Refused(told)
    if status == 408:
        return Later(told)
    return Human(Need.ANSWER, told)


def _words(error: ApiException) -> str:
    """InfluxDB's message, without the points that it may quote."""
    try:
        message = str(json.loads(error.body)["message"])
    except (TypeError, ValueError, KeyError):
        message = str(error.reason or "")
    if error.status in (400, 422):
        message = message.split(" '", 1)[0].split(' "', 1)[0]
    return "".join(one if one.isprintable() else " " for one in message)[:_WORDS]


def _tls(error: Exception) -> str:
    text = str(error)
    for known in ("certificate has expired", "Hostname mismatch", "self-signed certificate", "self signed certificate"):
        if known in text:
            return f"TLS: {known}"
    return "TLS: the server's certificate cannot be verified"


def _retry_after(error: ApiException) -> float | None:
    headers: Mapping[str, str] = error.headers or {}
    told = headers.get("Retry-After", "")
    return min(float(told), MOST_WAIT) if told.isascii() and told.isdigit() else None
