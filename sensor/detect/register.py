"""The contract register: does a line of `contracts` in vigie.yml allow this remote session, and if not, what is amiss.

Answers, best first: covered · hour · post · host · tool · expired · none (no register, or no line comes near).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sensor.detect.policy import Contract, within
from sensor.track.observation import Device, Peer

Cover = Literal["covered", "hour", "post", "host", "tool", "expired", "none"]

_CLOSENESS: tuple[Cover, ...] = ("covered", "hour", "expired", "post", "host", "tool", "none")


@dataclass(frozen=True, slots=True)
class Covered:
    """The answer, and the line it comes from."""

    cover: Cover
    contract: Contract | None = None


NOT_COVERED = Covered("none")


def local_time(ns: int, zone: ZoneInfo) -> datetime:
    """Nanoseconds since the epoch → the practice's own time."""
    return datetime.fromtimestamp(ns // 1_000_000_000, UTC).astimezone(zone)


def cover(contracts: Sequence[Contract], app: str, post: Device, remote: Peer | None, at: datetime) -> Covered:
    """The line that comes nearest to allowing a session of `app` on `post` by `remote` at local time `at`.

    `remote` is None where it cannot be known: then any is taken.
    """
    best = NOT_COVERED
    for contract in contracts:
        answer = _judge(contract, app, post, remote, at)
        if answer == "covered":
            return Covered(answer, contract)
        if _CLOSENESS.index(answer) < _CLOSENESS.index(best.cover):
            best = Covered(answer, contract)
    return best


def _judge(contract: Contract, app: str, post: Device, remote: Peer | None, at: datetime) -> Cover:
    tool = not contract.tools or app in contract.tools
    host = _host(contract, remote)
    if not tool and not host:
        return "none"
    if not tool:
        return "tool"
    if not host:
        return "host"
    if contract.posts and not {post.name, post.ip, post.mac}.intersection(contract.posts):
        return "post"
    day = at.date()
    if (contract.until and day > contract.until) or (contract.since and day < contract.since):
        return "expired"
    if at.weekday() not in contract.days or (contract.hours and not contract.hours.hold(at.time())):
        return "hour"
    return "covered"


def _host(contract: Contract, remote: Peer | None) -> bool:
    if remote is None or (not contract.hosts and not contract.networks):
        return True
    named = remote.host is not None and any(
        remote.host == host or remote.host.endswith("." + host) for host in contract.hosts
    )
    return named or within(remote.ip, contract.networks)
