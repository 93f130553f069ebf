"""The practice's policy: vigie.yml as frozen dataclasses.

Made once at start, by `sensor.detect.policy_file`; a practice that writes nothing has `Policy()`. Asked by tracking (whose
device, which group), by detection (contracts, thresholds, hosts) and by what shows alerts (privacy, language, retention).
"""

from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal
from zoneinfo import ZoneInfo

from sensor.detect.policy_influx import InfluxDB
from sensor.detect.policy_mail import Mail

Network = IPv4Network | IPv6Network
Group = Literal["own", "guest", "personal"]
Privacy = Literal["full", "pseudonym", "fleet"]
Language = Literal["fr", "en"]

GROUPS: tuple[Group, ...] = ("own", "guest", "personal")
PRIVATE = tuple(
    ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
)  # RFC 1918, 3927, 4193, 4291


@dataclass(frozen=True, slots=True)
class Practice:
    name: str = ""
    site: str = ""
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    language: Language = "fr"


@dataclass(frozen=True, slots=True)
class Networks:
    """`local` beside the private ranges; `guest` and `personal` give a group; `sites` are the practice's other addresses."""

    local: tuple[Network, ...] = ()
    guest: tuple[Network, ...] = ()
    personal: tuple[Network, ...] = ()
    sites: tuple[Network, ...] = ()
    guest_vlans: frozenset[int] = frozenset()
    personal_vlans: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class NamedDevice:
    """A post that the practice named: by MAC, by address, or both. `allowed`: messengers it may use."""

    name: str
    mac: str | None = None
    ip: str | None = None
    group: Group = "own"
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` to `end`, local time; past midnight when `end` comes first."""

    start: time
    end: time

    def hold(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True)
class Contract:
    """One line of the register of remote maintenance. An empty tuple allows any; `days`: Monday is 0."""

    provider: str
    reference: str
    tools: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    days: frozenset[int] = frozenset(range(7))
    hours: Hours | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class HdsHost:
    """A host that a contract of the practice makes an HDS service."""

    host: str
    contract: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Bytes sent to one destination within an hour, by the destination's class, past which it is told."""

    transfer: int = 200_000
    cloud: int = 200_000
    ai: int = 200_000
    webmail: int = 200_000
    converter: int = 200_000
    backup: int = 200_000
    capable: int = 20_000_000
    health: int = 20_000_000
    unknown: int = 20_000_000
    messenger_web: int = 50_000


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept. Alerts count from when they were last seen. Longer than this only with a written `reason`."""

    detail_days: int = 7
    alerts_months: int = 6
    totals_months: int = 13
    reason: str = ""


REPORT_SECTIONS = (
    *("alerts", "done_right", "remote", "upload", "messaging", "exposure", "devices", "processors", "decisions"),
    *("exceptions", "accounts", "coverage", "journal", "glossary"),
)
"""What follows the monthly report's first page, in order (`dashboard.report.sections`)."""


@dataclass(frozen=True, slots=True)
class Report:
    """The monthly report: `without` these sections."""

    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    practice: Practice = field(default_factory=Practice)
    dpo_name: str = ""
    dpo_mail: str | None = None
    networks: Networks = field(default_factory=Networks)
    devices: tuple[NamedDevice, ...] = ()
    contracts: tuple[Contract, ...] = ()
    hds: tuple[HdsHost, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    quiet_hours: Hours | None = None
    retention: Retention = field(default_factory=Retention)
    privacy: Privacy = "pseudonym"
    allowed_apps: frozenset[str] = frozenset()
    influxdb: InfluxDB | None = None
    report: Report = field(default_factory=Report)
    mail: Mail | None = None
    _by_mac: dict[str, NamedDevice] = field(init=False, repr=False, compare=False)
    _by_ip: dict[str, NamedDevice] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_mac", {d.mac: d for d in self.devices if d.mac})
        object.__setattr__(self, "_by_ip", {d.ip: d for d in self.devices if d.ip})

    def device(self, ip: str, mac: str | None) -> NamedDevice | None:
        """What the practice said of a post: by its MAC first, since addresses are lent again."""
        return (self._by_mac.get(mac) if mac else None) or self._by_ip.get(ip)

    def group(self, ip: str, mac: str | None, vlan: int | None = None) -> Group:
        """The group of a post: what its own line says, else its VLAN's or network's, else "own"."""
        named = self.device(ip, mac)
        if named is not None:
            return named.group
        nets = self.networks
        if vlan is not None and vlan in nets.guest_vlans:
            return "guest"
        if vlan is not None and vlan in nets.personal_vlans:
            return "personal"
        if nets.guest and within(ip, nets.guest):
            return "guest"
        if nets.personal and within(ip, nets.personal):
            return "personal"
        return "own"

    def is_local(self, ip: str) -> bool:
        """Whether an address is on the practice's own network: private ranges and `networks.local`."""
        nets = self.networks
        return _is_private(ip) or within(ip, nets.local) or within(ip, nets.guest) or within(ip, nets.personal)

    def is_own(self, ip: str) -> bool:
        """Local, or at another site of the practice."""
        return self.is_local(ip) or within(ip, self.networks.sites)


@lru_cache(maxsize=8_192)
def _is_private(ip: str) -> bool:
    return within(ip, PRIVATE)


def within(ip: str, networks: tuple[Network, ...]) -> bool:
    """Whether an address lies in one of the networks; text that is no address lies in none."""
    if not networks:
        return False
    parsed = _parsed(ip)
    return parsed is not None and any(parsed in network for network in networks)


@lru_cache(maxsize=8_192)
def _parsed(ip: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(ip)
    except ValueError:
        return None
