"""The section `influxdb` of vigie.yml: where series and alerts are also kept, if anywhere. Read by `sensor.detect.policy_file`.

influxdb:
  url: https://influx.example.fr:8086     # plain http only to this machine
  org: vigie
  buckets: {detail: detail, figures: figures, totals: totals}
  site: cabinet-des-tilleuls              # on every point; practice.site if absent
  token_file: influx-write.token          # of `vigie relay`: may only write
  read_token_file: influx-read.token      # of `vigie serve`: may only read; without it the pages read the local store
  ca_file: influx-ca.pem                  # only where the server's certificate is the practice's own
"""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from sensor.detect.section import Section

_ADDRESS = (
    'an address like "https://influx.example.fr:8086"; plain http only to this machine (127.0.0.1, ::1, localhost)'
)
_WORD = "a short text on one line"


@dataclass(frozen=True, slots=True)
class Buckets:
    """`detail`: minutes; `figures`: hours by device, and alerts; `totals`: ten minutes of all devices together."""

    detail: str = "detail"
    figures: str = "figures"
    totals: str = "totals"


@dataclass(frozen=True, slots=True)
class InfluxDB:
    """Files are named as vigie.yml names them: `dashboard.relay.tokens` finds them."""

    url: str
    site: str
    token_file: str
    org: str = "vigie"
    buckets: Buckets = field(default_factory=Buckets)
    read_token_file: str = ""
    ca_file: str = ""


def influxdb(top: Section, site: str) -> InfluxDB | None:
    """`site`: the practice's, which the section's own goes before. None where there is no such section."""
    with top.section("influxdb") as section:
        if section is None:
            return None
        url = section.parsed("url", "", _ADDRESS, address)
        if not section.has("url"):
            section.wrong(None, "'url' is missing")
        found = InfluxDB(
            url=url,
            site=section.parsed("site", site, _WORD, word),
            token_file=section.required("token_file"),
            org=section.parsed("org", "vigie", _WORD, word),
            buckets=_buckets(section),
            read_token_file=section.text("read_token_file"),
            ca_file=section.text("ca_file"),
        )
        if not found.site:
            section.wrong(None, "'site' is missing, here or in 'practice': each point says whose it is")
        return found


def _buckets(section: Section) -> Buckets:
    with section.section("buckets") as names:
        if names is None:
            return Buckets()
        default = Buckets()
        found = Buckets(**{name: names.parsed(name, getattr(default, name), _WORD, word) for name in Buckets.__slots__})
        if len({found.detail, found.figures, found.totals}) < 3:
            names.wrong(
                None, "three buckets are needed, each with a name of its own: they are kept for different times"
            )
        return found


def address(text: str) -> str:
    """Without a path's last slash. Errors: ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError(text)
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError(text)
    if parts.port == 0:
        raise ValueError(text)
    return text.rstrip("/")


def word(text: str) -> str:
    """A name that fits on a point: printable, and no backslash, which line protocol would join to what follows."""
    if not text or len(text) > 80 or not text.isprintable() or "\\" in text or text != text.strip():
        raise ValueError(text)
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
