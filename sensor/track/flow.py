"""One flow with a payload: its conversation, whose it is, what it is called, what was told of it.

Made at the flow's first payload, kept until the kernel gives the row up. Flows without payload never get one: a scan of a
million ports stays in the kernel's table.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

from sensor.track.addresses import Locality, ip_text, is_shared, is_unspecified, mac_text
from sensor.track.community_id import of_ends
from sensor.track.conversation import Readers, TcpConversation
from sensor.track.datagrams import UdpConversation
from sensor.track.devices import Devices
from sensor.track.ends import carried, direction, is_group
from sensor.track.hiding import hiding, outer_name
from sensor.track.names import Names
from sensor.track.observation import Conn, Device, Direction, Endpoint, Hidden, HostSource, Observation, Peer, Told
from sensor.track.programs import program
from sensor.track.rows import Row
from sensor.track.sessions import Running, SessionTrack
from sensor.track.traffic import Classify
from sensor.wire.kernel.layout import Mark
from sensor.wire.kernel.zeek import conn_state, history_text
from sensor.wire.records import Ftp, Http, Imap, Pop3, Quic, Record, Smtp, Ssl, Xmpp

TCP, UDP = 6, 17
NONE_RUNNING: Mapping[str, Running] = {}
Proto = Literal["tcp", "udp", "icmp", "sctp", "other"]
_PROTOS: dict[int, Proto] = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp", 132: "sctp"}
BY_NUMBER = {50: "ipsec", 115: "l2tp"}
QUIC_PORT = 443
_UNSEEN = {"ech": "hidden_ech", "dot": "hidden_dns", "doq": "hidden_dns", "dns_port": "hidden_dns"}
_SAYS: Mapping[type[Record], tuple[str, HostSource]] = {
    Ssl: ("server_name", "sni"),
    Quic: ("server_name", "sni"),
    Http: ("host", "http"),
    **dict.fromkeys((Smtp, Pop3, Imap, Ftp, Xmpp), ("server_name", "banner")),
}
"""What names the peer, and how sure that is."""
_WITHOUT_PORTS = frozenset({"icmp", "other"})
_SOURCE_RANK: dict[HostSource | None, int] = {None: 0, "banner": 1, "certificate": 2, "dns": 3, "http": 4, "sni": 5}


class Known(NamedTuple):
    """What is known of a connection wherever it goes on."""

    host: str | None
    source: HostSource | None
    program: str | None


class Flow:
    """State of one flow above the kernel's row."""

    __slots__ = (
        *("_device", "_device_version", "_devices", "_direction", "_fixed", "_orig_is_device", "_outer"),
        *("_outer_name", "_peer", "_proto", "_uid", "_who"),
        *("conversation", "gave_up", "hides", "host", "host_source", "issuer", "midstream", "program"),
        *("quic_like", "said", "services", "session", "told_bytes"),
    )

    def __init__(
        self,
        row: Row,
        readers: Readers,
        devices: Devices,
        local: Locality,
        running: Mapping[str, Running] = NONE_RUNNING,
    ) -> None:
        orig_local, resp_local = local(row.orig_hi, row.orig_lo), local(row.resp_hi, row.resp_lo)
        orig_local |= is_unspecified(row.orig_hi, row.orig_lo)  # it asks for its first address
        self._direction = direction(orig_local, resp_local, shared=is_shared(row.resp_hi, row.resp_lo))
        self._orig_is_device = orig_local or not resp_local
        orig = Endpoint(ip_text(row.orig_hi, row.orig_lo), row.orig_port, mac_text(row.orig_mac), orig_local)
        resp = Endpoint(ip_text(row.resp_hi, row.resp_lo), row.resp_port, mac_text(row.resp_mac), resp_local)
        self._fixed = (orig, resp)
        self._peer: Peer | None = None
        self._outer = carried(row) if row.depth else None
        near, far = (orig, resp) if self._orig_is_device else (resp, orig)
        if near.local and not far.local and far.mac and far.mac != near.mac and not is_group(far.mac):
            devices.routers.forwards(far.mac)
        self._devices = devices
        self._uid = uid_text(row.uid)
        self._proto: Proto = _PROTOS.get(row.proto, "other")
        self._device: Device
        self._device_version = -1
        self._who = (near.ip, devices.routers.own_mac(near.ip, near.mac), row.vlan or None)
        self.conversation: TcpConversation | UdpConversation | None = None
        if row.proto == TCP:
            self.conversation = TcpConversation(readers)
            if row.marks & Mark.ORIG_SYN:
                self.conversation.start(row.orig_isn, from_orig=True)
            if row.marks & Mark.RESP_SYN:
                self.conversation.start(row.resp_isn, from_orig=False)
        elif row.proto == UDP:
            self.conversation = UdpConversation(readers)
        self.midstream = bool(row.marks & Mark.MIDSTREAM)
        self.host: str | None = None
        self.host_source: HostSource | None = None
        self.program: str | None = BY_NUMBER.get(row.proto)  # what its own bytes show
        self.quic_like = False  # by the shape of its datagrams, on QUIC's port
        self.hides: Hidden | None = None
        self._outer_name: str | None = None
        self.issuer: str | None = None
        self.said = (0, 0)  # payload bytes (from orig, from resp) that the conversation has passed
        self.session: SessionTrack | None = None
        before = None
        if self.midstream and running:
            before = running.get(of_ends(row.proto, orig.ip, orig.port, resp.ip, resp.port))
        if before is not None:
            self.session, self.midstream = SessionTrack.resumed(before), not before.start_seen
            self._direction = before.direction  # who opened it, its first packet now does not say
        self.told_bytes = (0, 0, 0)  # (from orig, from resp, packets) that Transfer records have told
        self.services: tuple[str, ...] = ()  # protocols recognised, outermost first
        self.gave_up: tuple[str, ...] = ()  # why readers stopped

    @property
    def device(self) -> Device:
        """The practice's post, as it is known by now."""
        if self._device_version != self._devices.version:
            self._device = self._devices.device(*self._who)
            self._device_version = self._devices.version
        return self._device

    @property
    def server(self) -> str:
        """The address of the side that answers."""
        return self._fixed[1].ip

    @property
    def service(self) -> str:
        """The innermost protocol recognised, or nothing."""
        return self.services[-1] if self.services else ""

    def destination(self, classify: Classify) -> str:
        """The class of the peer for the series; of what has no name, why: "old" (begun before we looked), "missed", "nameless", "unread"."""
        if self.device.group == "guest":
            return ""
        if self._direction is Direction.INTERNAL:
            return "local"
        found = classify(self.program, self.host, self._peer_end().ip)
        if found:
            return found
        if self.midstream:
            return "old"
        if self.hides in _UNSEEN:
            return _UNSEEN[self.hides]
        if self.service == "quic" or self.quic_like:
            return "missed"  # each connection names its server in the hello
        return "nameless" if self.services else "unread"

    def orients(self, orig: int, resp: int) -> tuple[int, int]:
        """(from orig, from resp) → (out, in) seen from the device."""
        return (orig, resp) if self._orig_is_device else (resp, orig)

    def heard(self) -> None:
        """After each word of the conversation: its protocols are kept; once it wants no more, it is let go."""
        if self.conversation is not None:
            self.services, self.gave_up = self.conversation.services, self.conversation.gave_up
            if isinstance(self.conversation, TcpConversation):
                self.said = self.conversation.said()
            else:
                self.quic_like = self.conversation.quic_like and self._fixed[1].port == QUIC_PORT
            if not self.conversation.hungry:
                self.conversation = None

    def follow(self, known: Known) -> None:
        """Takes what was known of the QUIC connection that goes on here."""
        if isinstance(self.conversation, UdpConversation):
            self.conversation.follow()
            self.program = self.program or known.program
            if known.host and known.source:
                self.name(known.host, known.source)

    @property
    def known(self) -> Known:
        return Known(self.host, self.host_source, self.program)

    def learn(self, record: Record) -> None:
        """What a record says of the flow's name and of a session on it."""
        said = _SAYS.get(type(record))
        if said is not None and (name := getattr(record, said[0])):
            self.name(name, said[1])
        elif type(record) is Ssl and record.subject and "." in record.subject and " " not in record.subject:
            self.name(record.subject, "certificate")  # else it names a program or a person
        self.program = self.program or program(record)
        self.hides = self.hides or hiding(record, self._fixed[1].port)
        self._outer_name = self._outer_name or outer_name(record)
        if isinstance(record, Ssl):
            self.issuer = self.issuer or record.issuer
        if self.session is None:
            self.session = SessionTrack.of(record)
        if self.session is not None:
            self.session.learn(record, self.said)

    def name(self, host: str, source: HostSource) -> None:
        """Takes a name for the peer if it is better evidence than the one known."""
        if self.device.group == "guest":
            return  # a guest's peers have no names here
        if host and _SOURCE_RANK[source] > _SOURCE_RANK[self.host_source]:
            self.host, self.host_source = host, source
            self._peer = None

    def name_from(self, names: Names) -> None:
        """Takes the name under which the device asked for the peer's address; one that hides behind an outer name is better than that."""
        if self._outer_name is not None and names.hides_behind(self.device.ip, self._outer_name):
            self._outer_name, self.host, self.host_source, self._peer = None, None, None, None
            self.hides = "ech"
        if _SOURCE_RANK[self.host_source] < _SOURCE_RANK["dns"]:
            host = names.of(self.device.ip, self._peer_end().ip)
            if host:
                self.name(host, "dns")
                self.hides = None if self.hides == "ech" else self.hides

    @property
    def hidden(self) -> Hidden | None:
        """What keeps it from being seen: what it does itself, or that we came too late to hear its name."""
        if self.hides is not None or self.host or self.program:
            return self.hides
        if self.midstream and not self.services:
            return "old"
        return "missed" if self.service == "quic" or self.quic_like else None

    def conn(self, row: Row, *, ended: bool = False) -> Conn:
        """The flow as counted by now."""
        orig, resp = self._fixed
        return Conn(
            uid=self._uid,
            proto=self._proto,
            orig=orig,
            resp=resp,
            first_ts=row.first_ts,
            last_ts=row.last_ts,
            orig_pkts=row.orig_pkts,
            resp_pkts=row.resp_pkts,
            orig_bytes=row.orig_bytes,
            resp_bytes=row.resp_bytes,
            orig_ip_bytes=row.orig_ip_bytes,
            resp_ip_bytes=row.resp_ip_bytes,
            state=conn_state(row.proto, (row.orig_pkts, row.resp_pkts), (row.orig_flags, row.resp_flags)),
            history=history_text(row.history),
            services=self.services,
            vlan=row.vlan or None,
            ended=ended,
            midstream=self.midstream,
            missed_bytes=row.gap_bytes,
            app=self.program,
            issuer=self.issuer,
            gave_up=self.gave_up,
            proto_number=row.proto,
            outer=self._outer,
            hidden=self.hidden,
        )

    def observe(self, ts: int, record: Told | None, conn: Conn) -> Observation:
        """One thing seen on this flow; None stands for the flow's own growth."""
        if self._peer is None:
            far = self._peer_end()
            self._peer = Peer(far.ip, 0 if conn.proto in _WITHOUT_PORTS else far.port, self.host, self.host_source)
        return Observation(ts, conn if record is None else record, conn, self.device, self._peer, self._direction)

    def observe_controlled(self, ts: int, record: Told, conn: Conn) -> Observation:
        """As `observe`, but inside the practice the device is the one under control: the responder."""
        seen = self.observe(ts, record, conn)
        if self._direction is not Direction.INTERNAL:
            return seen
        orig, resp = conn.orig, conn.resp
        mac = self._devices.routers.own_mac(resp.ip, resp.mac)
        controlled = self._devices.device(resp.ip, mac, conn.vlan)
        return replace(seen, device=controlled, peer=Peer(orig.ip, orig.port))

    def _peer_end(self) -> Endpoint:
        orig, resp = self._fixed
        return resp if self._orig_is_device else orig


def uid_text(uid: int) -> str:
    """A flow's number as Zeek writes such names: "C" and hexadecimal digits."""
    return f"C{uid:x}"
