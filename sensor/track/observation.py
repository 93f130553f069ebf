"""What track hands to detect: one thing seen, with all that is known of who and where.

An `Observation` is a record plus its connection, the practice's device and the peer. Rules match over it by field name
(`sensor.detect.fields`). Times are nanoseconds since the epoch, sizes bytes.
"""

from enum import StrEnum
from typing import ClassVar, Literal

from sensor.frozen import frozen
from sensor.track.community_id import of_ends
from sensor.wire.records import Record

HostSource = Literal["sni", "http", "certificate", "dns", "banner"]
Hidden = Literal["old", "missed", "ech", "dot", "doq", "dns_port", "proxy", "compressed"]
"""Begun before we looked; QUIC without its hello; a name behind an outer one; names asked for over TLS or QUIC, by its word or on its
port; through a SOCKS proxy; compressed mail that could be read no further."""


@frozen
class Endpoint:
    """One side of a connection."""

    ip: str
    port: int  # of ICMP as Zeek has it: the type, and the type that answers it or the code
    mac: str | None = None  # "aa:bb:cc:dd:ee:ff", of the frame: the router's for what lies behind it
    local: bool = False  # belongs to the practice


@frozen
class Outer:
    """What a flow is carried in: the innermost encapsulation, and the addresses of the innermost that has some."""

    tunnel: str  # a name of `sensor.wire.kernel.layout.Tunnel`, in lower case: "vxlan"
    orig: str | None  # where the flow's originator is
    resp: str | None


@frozen
class Conn:
    """A flow as counted so far; Zeek's conn. Byte counts `*_ip_bytes` include IP headers, `*_bytes` are transport payload."""

    service: ClassVar[str] = "conn"
    uid: str
    proto: Literal["tcp", "udp", "icmp", "sctp", "other"]
    orig: Endpoint
    resp: Endpoint
    first_ts: int
    last_ts: int
    orig_pkts: int
    resp_pkts: int
    orig_bytes: int
    resp_bytes: int
    orig_ip_bytes: int
    resp_ip_bytes: int
    state: str  # Zeek's conn_state: "S0", "S1", "SF", "REJ", "OTH"…
    history: str
    services: tuple[str, ...]  # recognised protocols, outermost first: ("smtp", "ssl")
    vlan: int | None = None
    ended: bool = False
    midstream: bool = False
    missed_bytes: int = 0  # TCP payload between what was seen
    app: str | None = None  # the program that the flow's own bytes show: a word of the alerts' `app`
    issuer: str | None = None  # who vouches for the server's certificate, where TLS shows it (up to 1.2)
    gave_up: tuple[
        str, ...
    ] = ()  # why readers of this flow stopped before its end: "smtp: a line of more than 1000 bytes"
    outer: Outer | None = None  # None: not in a tunnel
    hidden: Hidden | None = None  # what keeps its destination, or what passes, from being seen

    proto_number: int = 0  # IANA's

    @property
    def community_id(self) -> str:
        """Reckoned when it is asked for: of most flows nobody asks."""
        return of_ends(self.proto_number, self.orig.ip, self.orig.port, self.resp.ip, self.resp.port)


class Direction(StrEnum):
    """Who opened the connection, seen from the practice."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    INTERNAL = "internal"
    EXTERNAL = "external"  # neither side is the practice's: seen, not judged as a device's doing


@frozen
class Device:
    """A post of the practice."""

    ip: str
    mac: str | None
    name: str | None = None  # given in vigie.yml
    vendor: str | None = None
    group: Literal["own", "guest", "personal"] = "own"
    host_name: str | None = None  # what it calls itself: perhaps a person's name
    vendor_class: str | None = None  # the system or program that it says it is
    mac_random: bool = False  # nobody assigned this MAC


@frozen
class Peer:
    """The other side. `host` is a name with where it came from: the flow's own bytes, or the device's own DNS."""

    ip: str
    port: int
    host: str | None = None
    host_source: HostSource | None = None


@frozen
class Session:
    """A remote-control session as far as it has come. Emitted when it opens, while it grows and when it ends.

    `answered`: both sides spoke the protocol. `established`: it went past negotiation (keys, log-in or screen).
    `duration` in seconds.
    """

    service: ClassVar[str] = "session"
    app: str  # "rdp", "vnc", "ssh"
    answered: bool
    established: bool
    started: int
    duration: float
    two_way: bool  # payload kept flowing in both directions after negotiation
    ended: bool
    detail: str | None = None  # what the protocol said: "hybrid", "SSH-2.0-OpenSSH_9.2"…
    copies: bool = False  # files are copied, by its shape: much one way, next to nothing back


@frozen
class Transfer:
    """Bytes between one device and one destination since the last such record: increments, so that sums over time add up."""

    service: ClassVar[str] = "transfer"
    bytes_out: int
    bytes_in: int
    packets: int


Told = Record | Conn | Session | Transfer


@frozen
class Observation:
    """One thing seen at `ts`. `record` is `conn` itself for the growth of a flow."""

    ts: int
    record: Told
    conn: Conn
    device: Device
    peer: Peer
    direction: Direction
