"""Observations made up for tests: short to write, everything sensible by default."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import count
from typing import Any

from sensor import settings
from sensor.detect.alert import Alert
from sensor.detect.backups import BackupState
from sensor.detect.detector import Detector
from sensor.detect.policy import Policy
from sensor.settings import Settings
from sensor.track.observation import Conn, Device, Direction, Endpoint, Observation, Peer, Session, Transfer
from sensor.wire.records import Attachment, Smtp

S = 1_000_000_000
MORNING = 1_795_420_800 * S  # 2026-11-23 08:00 UTC, a Monday: 09:00 in Paris
POST = Device("192.168.1.20", "00:11:22:33:44:20", "Accueil")
OUTSIDE = "203.0.113.9"

_uids = count(1)


@cache
def shipped() -> Settings:
    """Vigie's own rules and lists, read once for all tests."""
    return settings.load()


def detector(
    policy: Policy | None = None, known: tuple[Alert, ...] = (), backups: Iterable[BackupState] = ()
) -> Detector:
    there = shipped()
    practice = policy or there.policy
    return Detector(
        there.rules, there.lists.extended(settings._contracted(practice)), practice, known=known, backups=backups
    )


def conn(
    *,
    out: int = 0,
    into: int = 0,
    ts: int = MORNING,
    seconds: float = 10,
    direction: Direction = Direction.OUTBOUND,
    device: Device = POST,
    peer_ip: str = OUTSIDE,
    port: int = 443,
    **more: Any,
) -> Conn:
    """A connection that sent `out` and got `into` bytes, from the post's side, opened at `ts`."""
    post, peer = Endpoint(device.ip, 50_000, device.mac, local=True), Endpoint(peer_ip, port)
    inbound = direction is Direction.INBOUND
    if inbound:
        post, peer = replace(post, port=port), replace(peer, port=50_001)
    orig, resp = (peer, post) if inbound else (post, peer)
    orig_bytes, resp_bytes = (into, out) if inbound else (out, into)
    values: dict[str, Any] = {
        "uid": f"C{next(_uids)}",
        "proto": "tcp",
        "orig": orig,
        "resp": resp,
        "first_ts": ts,
        "last_ts": ts + int(seconds * S),
        "orig_pkts": 10,
        "resp_pkts": 12,
        "orig_bytes": orig_bytes,
        "resp_bytes": resp_bytes,
        "orig_ip_bytes": orig_bytes + 400,
        "resp_ip_bytes": resp_bytes + 480,
        "state": "SF",
        "history": "ShADadFf",
        "services": ("ssl",),
        "proto_number": 6,
        "ended": False,
    }
    return Conn(**(values | more))


def observed(
    record: Any,
    conn: Conn,
    *,
    host: str | None = None,
    source: str = "sni",
    device: Device = POST,
    direction: Direction = Direction.OUTBOUND,
    ts: int | None = None,
) -> Observation:
    far = conn.orig if direction is Direction.INBOUND else conn.resp
    peer = Peer(far.ip, far.port, host, source if host else None)  # type: ignore[arg-type]
    return Observation(conn.last_ts if ts is None else ts, record, conn, device, peer, direction)


def flow(host: str | None, **more: Any) -> Observation:
    """A flow as such: `conn` is its own record."""
    device, direction = more.get("device", POST), more.get("direction", Direction.OUTBOUND)
    source = more.pop("source", "sni")
    c = conn(**more)
    return observed(c, c, host=host, source=source, device=device, direction=direction)


def mail(*attachments: Attachment, device: Device = POST, **more: Any) -> Observation:
    """A mail in clear to the outside."""
    values: dict[str, Any] = {"helo": True, "transferred": True, "rcptto_domains": ("example.org",), "rcptto_count": 1}
    c = conn(port=25, services=("smtp",), out=9_000, into=500, device=device)
    return observed(Smtp(**(values | {"attachments": attachments} | more)), c, device=device)


def session(
    app: str = "rdp",
    direction: Direction = Direction.INBOUND,
    *,
    answered: bool = True,
    established: bool = True,
    two_way: bool = True,
    of: Conn | None = None,
    device: Device = POST,
    **more: Any,
) -> Observation:
    copies = more.pop("copies", False)
    ports = {"rdp": 3389, "vnc": 5900, "ssh": 22}
    internal = {"peer_ip": "192.168.1.30"} if direction is Direction.INTERNAL else {}
    values = {"port": ports.get(app, 4000), "out": 90_000, "into": 20_000, "seconds": 600} | internal | more
    c = of or conn(direction=direction, device=device, **values)
    duration = (c.last_ts - c.first_ts) / S
    record = Session(app, answered, established, c.first_ts, duration, two_way, c.ended, copies=copies)
    return observed(record, c, direction=direction, device=device)


def sent(
    host: str | None, out: int, into: int = 1_000, *, of: Conn | None = None, ts: int = MORNING, **more: Any
) -> Observation:
    """An increment of bytes towards a destination."""
    device, direction = more.get("device", POST), more.get("direction", Direction.OUTBOUND)
    c = of or conn(out=out, into=into, ts=ts, **more)
    return observed(Transfer(out, into, 10), c, host=host, device=device, direction=direction, ts=ts)
