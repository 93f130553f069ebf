"""What the wire says of itself: routers' prefixes, which card has which address, what devices call themselves.

Called by the tracker with frames that the kernel hands up outside flows (ARP, router advertisements, LLDP), and with each
record of a flow. Keeps nothing itself: `Locality`, `Routers` and `HostNames` do, each bounded.
"""

from sensor.track.addresses import FOR_EVER, Locality, ip_text, mac_text
from sensor.track.conversation import Readers
from sensor.track.devices import Devices
from sensor.track.hostnames import Sender, claims, neighbour, says
from sensor.track.rows import Row
from sensor.wire import ParseError, arp, lldp, ndp
from sensor.wire.records import Record

_IPV6, _LLDP = 0x86DD, 0x88CC
_INFINITE = 0xFFFF_FFFF  # seconds (RFC 4861, 4.6.2)
_SECOND = 1_000_000_000


class Announcements:
    """Brings each announcement to who remembers it; counts those that cannot be read."""

    __slots__ = ("_devices", "_local", "_readers")

    def __init__(self, devices: Devices, local: Locality, readers: Readers) -> None:
        self._devices = devices
        self._local = local
        self._readers = readers

    def frame(self, ts: int, ethertype: int, data: bytes, vlan: int | None = None) -> None:
        """A frame outside flows, from behind its ethertype: IPv6 of a router, LLDP, else ARP."""
        service = {_IPV6: "ndp", _LLDP: "lldp"}.get(ethertype, "arp")
        try:
            if ethertype == _IPV6:
                self._advertised(ts, data)
            elif ethertype == _LLDP:
                self._devices.claim(neighbour(lldp.read_frame(data)), vlan)
            elif (bound := arp.sender(data)) is not None:
                self._devices.routers.bind(*bound)
        except ParseError as error:
            self._readers.count(service, str(error))

    def record(self, record: Record, row: Row, *, from_orig: bool) -> None:
        """A record of a flow, sent by its originator or its responder."""
        ports = (row.orig_port, row.resp_port)
        if not says(record, ports):
            return
        if from_orig:
            ip, mac = ip_text(row.orig_hi, row.orig_lo), mac_text(row.orig_mac)
        else:
            ip, mac = ip_text(row.resp_hi, row.resp_lo), mac_text(row.resp_mac)
        sender = Sender(ip, self._devices.routers.own_mac(ip, mac), ports)
        for claim in claims(record, sender, self._local.has):
            self._devices.claim(claim, row.vlan or None)

    def evictions(self) -> dict[str, int]:
        """By table."""
        host_names = self._devices.host_names
        return {
            "routers": self._devices.routers.evicted,
            "host_names": host_names.evicted if host_names is not None else 0,
        }

    def _advertised(self, ts: int, packet: bytes) -> None:
        """A router's prefixes are the practice's own, for as long as it says."""
        for prefix in ndp.announced(packet):
            if prefix.valid:
                until = FOR_EVER if prefix.valid == _INFINITE else ts + prefix.valid * _SECOND
                self._local.announce(prefix.network, until)
            else:
                self._local.withdraw(prefix.network)
