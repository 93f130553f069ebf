"""The practice's policy: vigie.yml as frozen dataclasses.

Read once at start, by `sensor.settings`; a practice that writes nothing has `Policy()`. Every mistake is gathered with its
line. Sections: practice, dpo, networks, devices, contracts, hds, thresholds, quiet_hours, retention, privacy.
"""

from dataclasses import dataclass, field
from datetime import date, time
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal, cast
from zoneinfo import ZoneInfo

from sensor.detect.marked import Mistake, documents
from sensor.detect.policy_values import address, day, hostname, hours, mac, mail_address, network, tools, zone
from sensor.detect.section import Section

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
    """How long things are kept. Alerts count from when they were last seen."""

    detail_days: int = 7
    alerts_months: int = 6
    totals_months: int = 13


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
        return within(ip, (*PRIVATE, *self.networks.local, *self.networks.guest, *self.networks.personal))

    def is_own(self, ip: str) -> bool:
        """Local, or at another site of the practice."""
        return self.is_local(ip) or within(ip, self.networks.sites)


def within(ip: str, networks: tuple[Network, ...]) -> bool:
    """Whether an address lies in one of the networks; text that is no address lies in none."""
    if not networks:
        return False
    try:
        parsed = ip_address(ip)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def parse(text: str, file: str) -> tuple[Policy, list[Mistake]]:
    """vigie.yml as text → the policy and every mistake in it. With mistakes, the policy is only good for reading on."""
    mistakes: list[Mistake] = []
    read = documents(text, file, mistakes)
    if not read:
        return Policy(), mistakes
    if len(read) > 1:
        mistakes.append(Mistake(file, read[1].line(), "one document only: take out the line '---'"))
    top = Section(read[0], (), mistakes)
    with top.section("dpo") as dpo:
        dpo_name = dpo.text("name") if dpo else ""
        dpo_mail = dpo.parsed("mail", None, "a mail address", mail_address) if dpo else None
    policy = Policy(
        practice=_practice(top),
        dpo_name=dpo_name,
        dpo_mail=dpo_mail,
        networks=_networks(top),
        devices=_devices(top),
        contracts=_contracts(top),
        hds=_hds(top),
        thresholds=_thresholds(top),
        quiet_hours=_hours(top, "quiet_hours"),
        retention=_retention(top),
        privacy=cast("Privacy", top.choice("privacy", "pseudonym", ("full", "pseudonym", "fleet"))),
        allowed_apps=frozenset(top.texts("allowed_apps", "a list of apps")),
    )
    top.done()
    return policy, mistakes


def _hours(section: Section, key: str) -> Hours | None:
    pair = section.parsed(key, None, 'hours like "08:00-19:00"', hours)
    return Hours(*pair) if pair else None


def _practice(top: Section) -> Practice:
    default = Practice()
    with top.section("practice") as section:
        if section is None:
            return default
        return Practice(
            name=section.text("name"),
            site=section.text("site"),
            timezone=section.parsed("timezone", default.timezone, 'a time zone like "Europe/Paris"', zone),
            language=cast("Language", section.choice("language", "fr", ("fr", "en"))),
        )


def _networks(top: Section) -> Networks:
    what = 'networks like "192.168.1.0/24"'
    with top.section("networks") as section:
        if section is None:
            return Networks()
        return Networks(
            local=section.each("local", what, network),
            guest=section.each("guest", what, network),
            personal=section.each("personal", what, network),
            sites=section.each("sites", what, network),
            guest_vlans=frozenset(section.each("guest_vlans", "VLAN numbers", _vlan)),
            personal_vlans=frozenset(section.each("personal_vlans", "VLAN numbers", _vlan)),
        )


def _vlan(text: str) -> int:
    number = int(text)
    if not 0 < number < 4095:  # IEEE 802.1Q: 0 and 4095 are no VLANs
        raise ValueError(text)
    return number


def _devices(top: Section) -> tuple[NamedDevice, ...]:
    devices: list[NamedDevice] = []
    seen: dict[str, str] = {}
    for section in top.sections("devices"):
        device = NamedDevice(
            name=section.required("name"),
            mac=section.parsed("mac", None, 'a MAC address like "00:11:22:33:44:55"', mac),
            ip=section.parsed("ip", None, "an IP address", address),
            group=cast("Group", section.choice("group", "own", GROUPS)),
            allowed=frozenset(section.texts("allowed", "a list of apps")),
        )
        if not section.has("mac") and not section.has("ip"):
            section.wrong(None, "a device needs 'mac' or 'ip'")
        for key in filter(None, (device.mac, device.ip)):
            if key in seen:
                section.wrong(None, f"{key} is already the device '{seen[key]}'")
            seen[key] = device.name
        devices.append(device)
    return tuple(devices)


def _contracts(top: Section) -> tuple[Contract, ...]:
    contracts = []
    for section in top.sections("contracts"):
        days = section.each("days", "days like mon, tue or mon-fri", day)
        contracts.append(
            Contract(
                provider=section.required("provider"),
                reference=section.required("reference"),
                tools=tuple(section.each("tools", "names of tools like teamviewer or rdp", tools)),
                posts=section.texts("posts", "names of devices"),
                hosts=section.each("hosts", "host names", hostname),
                networks=section.each("networks", "addresses or networks", network),
                days=frozenset().union(*days) if days else frozenset(range(7)),
                hours=_hours(section, "hours"),
                since=section.parsed("since", None, "a date like 2026-12-31", date.fromisoformat),
                until=section.parsed("until", None, "a date like 2026-12-31", date.fromisoformat),
            )
        )
    return tuple(contracts)


def _hds(top: Section) -> tuple[HdsHost, ...]:
    return tuple(
        HdsHost(
            host=section.parsed("host", "", "a host name", hostname),
            contract=section.required("contract"),
            until=section.parsed("until", None, "a date like 2026-12-31", date.fromisoformat),
        )
        for section in top.sections("hds")
    )


def _thresholds(top: Section) -> Thresholds:
    default = Thresholds()
    with top.section("thresholds") as section:
        if section is None:
            return default
        return Thresholds(**{name: section.size(name, getattr(default, name)) for name in Thresholds.__slots__})


def _retention(top: Section) -> Retention:
    default = Retention()
    with top.section("retention") as section:
        if section is None:
            return default
        return Retention(
            detail_days=section.number("detail_days", default.detail_days, least=1, most=31),
            alerts_months=section.number("alerts_months", default.alerts_months, least=1, most=36),
            totals_months=section.number("totals_months", default.totals_months, least=1, most=60),
        )
