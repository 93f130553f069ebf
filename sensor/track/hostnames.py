"""What devices call themselves, and which program asked for their address: remembered by MAC and by address, bounded.

A claim is taken from what a device says of itself (or a server or a switch of it); nobody checks it, so it is shown, never judged by.
Surer sources win; the same source may say something new. A host's own name may be a person's: who may see it is the chain's to say.

    DHCP and DHCPv6 (host name, vendor class) > mDNS > LLMNR > NetBIOS > LLDP > SSDP (system and product only)
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sensor.frozen import frozen
from sensor.wire.lldp import Neighbour
from sensor.wire.records import Dns, Record
from sensor.wire.records_devices import Dhcp, Netbios, Ssdp

Source = Literal["ssdp", "lldp", "netbios", "llmnr", "mdns", "dhcp"]
_RANK: dict[Source, int] = {"ssdp": 0, "lldp": 1, "netbios": 2, "llmnr": 3, "mdns": 4, "dhcp": 5}
_PORTS: dict[int, Source] = {137: "netbios", 5353: "mdns", 5355: "llmnr"}
"""The format is DNS's: only the port says whose names these are."""

CAP = 4_096
"""Devices remembered; past it the one heard of least recently goes, and is counted."""
LONGEST = 63
_CLAIMS = 16


class Claim(NamedTuple):
    """What somebody says of a device, known by MAC, by address, or both."""

    source: Source
    mac: str | None
    ip: str | None
    host_name: str | None = None
    vendor_class: str | None = None


@frozen
class Sender:
    """Who sent a datagram, and between which ports."""

    ip: str
    mac: str | None
    ports: tuple[int, int]


_SPEAKING = frozenset({Dhcp, Netbios, Ssdp})


def says(record: Record, ports: tuple[int, int]) -> bool:
    """Whether `claims` may find something in it: most records speak of other things."""
    kind = type(record)
    return kind in _SPEAKING or (kind is Dns and (ports[0] in _PORTS or ports[1] in _PORTS))


def claims(record: Record, sender: Sender, is_local: Callable[[str], bool]) -> Iterator[Claim]:
    """What a record says of devices. An address that is not the practice's is nobody's here."""
    match record:
        case Dhcp(from_server=True):
            yield Claim("dhcp", record.mac, record.assigned_addr, record.host_name)
        case Dhcp():
            mac = record.mac or sender.mac
            yield Claim("dhcp", mac, None, record.host_name, record.vendor_class)
        case Netbios(host_name=str(name)):
            yield Claim("netbios", sender.mac, sender.ip, name)
        case Ssdp(message="NOTIFY" | "RESPONSE", server=str(server)):
            yield Claim("ssdp", sender.mac, sender.ip, vendor_class=server)
        case Dns():
            source = _PORTS.get(sender.ports[0]) or _PORTS.get(sender.ports[1])
            if source is not None:
                yield from _named(record, source, sender, is_local)
        case _:
            pass


def neighbour(said: Neighbour) -> Claim:
    """What a switch or a telephone says by LLDP."""
    return Claim("lldp", said.mac, said.address, said.host_name, said.description)


def _named(dns: Dns, source: Source, sender: Sender, is_local: Callable[[str], bool]) -> Iterator[Claim]:
    """Answers, and in NetBIOS' registrations the name that is claimed."""
    for answer in (*dns.answers, *dns.additionals)[:_CLAIMS]:
        if answer.type_name == "NBSTAT" and answer.data:
            yield Claim(source, sender.mac, sender.ip, answer.data)
        elif answer.type_name in ("A", "AAAA", "NB") and answer.data and is_local(answer.data):
            mac = sender.mac if answer.data == sender.ip else None
            yield Claim(source, mac, answer.data, answer.name.removesuffix(".local"))


@dataclass(slots=True)
class Known:
    """What is known of one device."""

    host_name: str | None = None
    vendor_class: str | None = None
    name_rank: int = -1
    class_rank: int = -1

    def take(self, claim: Claim) -> None:
        rank = _RANK[claim.source]
        if claim.host_name and rank >= self.name_rank:
            self.host_name, self.name_rank = claim.host_name[:LONGEST], rank
        if claim.vendor_class and rank >= self.class_rank:
            self.vendor_class, self.class_rank = claim.vendor_class[:LONGEST], rank


NOTHING = Known()


class HostNames:
    """MAC or address → what is known of the device."""

    __slots__ = ("_cap", "_known", "evicted")

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._known: OrderedDict[str, Known] = OrderedDict()
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._known)

    def take(self, claim: Claim) -> None:
        """Remembers it."""
        if not claim.host_name and not claim.vendor_class:
            return
        for key in (claim.mac, claim.ip):
            if key:
                self._known.setdefault(key, Known()).take(claim)
                self._known.move_to_end(key)
        while len(self._known) > self._cap:
            self._known.popitem(last=False)
            self.evicted += 1

    def of(self, ip: str, mac: str | None) -> Known:
        """By MAC first, since addresses are lent again."""
        return (self._known.get(mac) if mac else None) or self._known.get(ip) or NOTHING

    def forget(self, ip: str, mac: str | None) -> None:
        """It is a guest's."""
        self._known.pop(ip, None)
        self._known.pop(mac or "", None)
