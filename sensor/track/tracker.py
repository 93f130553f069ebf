"""Frames in, observations out: drives the kernel, keeps the conversations, lets time pass.

Called by the chain with each batch of frames. Time is packet time: every second of it (`TICK`) what grew is told, every few
seconds what fell silent ends, so that a file and a wire give the same observations. On a silent wire `idle` passes the time.

    kernel segments → Flow.conversation → records → Observation
    kernel rows at each tick → growth: Transfer increments, Conn, Session; Traffic sums for the series
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sensor.capture import Frames
from sensor.track.addresses import Locality, ip_text, mac_text
from sensor.track.conversation import Readers, Segment, TcpConversation, UdpConversation
from sensor.track.devices import Devices
from sensor.track.expiry import idle_slots
from sensor.track.flow import Flow
from sensor.track.names import Names
from sensor.track.observation import Observation, Transfer
from sensor.track.rows import Row, rows
from sensor.track.traffic import Traffic, TrafficSums
from sensor.wire.kernel import Kernel
from sensor.wire.kernel.layout import FIRST_BUDGET, Kind, Stop, Want
from sensor.wire.records import Dns, Record

TICK = 1_000_000_000
"""Growth is told each second of packet time, in nanoseconds."""
EXPIRE_EVERY = 5 * TICK
BACKWARDS = 10 * TICK
"""A clock that goes back further than this sets the ticks back too."""
GROWTH_CAP = 20_000
"""Flows whose growth is told one by one at a tick; what is beyond goes into the totals and is counted as shed."""

BARE_CAP = 2_000
"""Ended flows without payload told one by one between two ticks: a scan is told by its first, and counted as shed."""

_FIN = 0x01
_RST = 0x04
_ACK = 0x10
_TOLD = (
    ("told_orig_ip_bytes", "orig_ip_bytes"),
    ("told_resp_ip_bytes", "resp_ip_bytes"),
    ("told_orig_pkts", "orig_pkts"),
    ("told_resp_pkts", "resp_pkts"),
)


class Tracker:
    """All that is remembered between packets."""

    def __init__(
        self, kernel: Kernel, readers: Readers, devices: Devices, local: Locality, *, bare_cap: int = BARE_CAP
    ) -> None:
        self.kernel = kernel
        self.readers = readers
        self.names = Names()
        self.devices = devices
        self.shed = 0
        self._traffic = TrafficSums()
        self._local = local
        self._flows: dict[int, Flow] = {}
        self._want = kernel.tables.flows["want"]
        self._budget = kernel.tables.flows["budget"]
        self._uids = kernel.tables.flows["uid"]
        self._bare_cap = bare_cap
        self._bare = 0
        self._next_tick: int | None = None
        self._next_expiry = 0

    def frames(self, frames: Frames) -> Iterator[Observation]:
        """One batch of frames."""
        table = frames.table
        start = 0
        while start < len(table):
            end = self._until_tick(table["ts"][start:]) + start
            if end > start:
                yield from self._walk(Frames(frames.data, table[start:end]))
            if end < len(table):
                yield from self.tick(int(table["ts"][end]))
            start = end

    def idle(self, now: int) -> Iterator[Observation]:
        """Time has come to `now` without a packet."""
        if self._next_tick is not None and now >= self._next_tick:
            yield from self.tick(now)

    def finish(self) -> Iterator[Observation]:
        """The input is over: everything ends and is told."""
        flows = self.kernel.tables.flows
        slots = self.kernel.live()
        for row in sorted(rows(flows, slots), key=lambda row: row.first_ts):
            yield from self._ended(row)
        self.kernel.remove(slots)

    def take_traffic(self) -> list[Traffic]:
        """The series' rows since the last call."""
        return self._traffic.take()

    def evictions(self) -> dict[str, int]:
        """What was forgotten for want of room, by table."""
        return {"names": self.names.evicted, "devices": self.devices.evicted, "traffic": self._traffic.shed}

    def _until_tick(self, ts: NDArray[np.int64]) -> int:
        first = int(ts[0])
        if self._next_tick is None or first < self._next_tick - BACKWARDS:
            self._next_tick = first + TICK
        late = ts >= self._next_tick
        at = int(late.argmax())
        return at if late[at] else len(ts)

    def _walk(self, frames: Frames) -> Iterator[Observation]:
        first = 0
        while True:
            step = self.kernel.walk(frames, first)
            ended = {row.uid: row for row in rows(self.kernel.take_ended())}
            for segment in step.segments.tolist():
                yield from self._segment(frames, segment, ended)
            for row in ended.values():
                yield from self._ended(row)
            if step.stop is Stop.DECIDE:
                self._decide(step.slot)
            elif step.stop is Stop.END:
                return
            first = step.next

    def _segment(self, frames: Frames, segment: tuple[int, ...], ended: dict[int, Row]) -> Iterator[Observation]:
        uid, ts, offset, length, wire_length, seq, ack, slot, flags, from_orig, _proto, kind = segment
        if kind != Kind.PAYLOAD:
            return
        flow = self._flows.get(uid)
        if flow is None:
            if not length and not wire_length:
                return  # a bare SYN, FIN or RST says nothing that the row does not
            row = ended.get(uid) or self._row(slot)
            flow = self._flows[uid] = Flow(row, self.readers, self.devices, self._local)
        conversation = flow.conversation
        if conversation is None:
            return
        data = frames.data[offset : offset + length].tobytes()
        if isinstance(conversation, TcpConversation):
            records = conversation.segment(
                Segment(
                    seq,
                    data,
                    ack if flags & _ACK else None,
                    max(wire_length - length, 0),
                    bool(flags & _FIN),
                    bool(flags & _RST),
                ),
                from_orig=bool(from_orig),
            )
        else:
            records = conversation.datagram(data, from_orig=bool(from_orig)) if data else []
        flow.heard()
        if flow.conversation is None and self._uids[slot] == uid:
            self._want[slot] = Want.COUNT
        if records:
            yield from self._records(ts, flow, records, ended.get(uid) or self._row(slot))

    def _records(self, ts: int, flow: Flow, records: list[Record], row: Row) -> Iterator[Observation]:
        for record in records:
            flow.learn(record)
            if isinstance(record, Dns):
                self.names.learn(flow.device.ip, record)
        flow.name_from(self.names)
        conn = flow.conn(row)
        for record in records:
            yield flow.observe(ts, record, conn)
        if flow.session is not None:
            yield flow.observe_controlled(ts, flow.session.snapshot(conn), conn, self.devices)

    def _decide(self, slot: int) -> None:
        flow = self._flows.get(int(self._uids[slot]))
        conversation = flow.conversation if flow else None
        if conversation is None:
            self._want[slot] = Want.COUNT
        elif isinstance(conversation, UdpConversation) and not conversation.services:
            self._budget[slot] = FIRST_BUDGET
        else:
            self._want[slot] = Want.ALL

    def _row(self, slot: int) -> Row:
        return rows(self.kernel.tables.flows[slot : slot + 1])[0]

    def tick(self, now: int) -> Iterator[Observation]:
        """Tells what grew since the last tick; ends what fell silent."""
        self._next_tick = now + TICK
        self._bare = 0
        flows = self.kernel.tables.flows
        live = self.kernel.live()
        told = flows["told_orig_pkts"][live] + flows["told_resp_pkts"][live]
        grown = live[(flows["orig_pkts"][live] + flows["resp_pkts"][live]) != told]
        if len(grown):
            self.shed += max(len(grown) - GROWTH_CAP, 0)
            grown_rows = rows(flows, grown[:GROWTH_CAP])
            for told_field, field in _TOLD:
                flows[told_field][grown] = flows[field][grown]
            for row in grown_rows:
                yield from self._grown(row)
        if now >= self._next_expiry or now < self._next_expiry - EXPIRE_EVERY - BACKWARDS:
            self._next_expiry = now + EXPIRE_EVERY
            slots = idle_slots(flows, live, now)
            for row in rows(flows, slots):
                yield from self._ended(row)
            self.kernel.remove(slots)

    def _grown(self, row: Row, *, ended: bool = False) -> Iterator[Observation]:
        flow = self._flows.get(row.uid)
        self._sum(row, flow)
        if flow is None:
            return
        flow.name_from(self.names)
        conn = flow.conn(row, ended=ended)
        orig, resp, packets = flow.told_bytes
        if (row.orig_bytes, row.resp_bytes) != (orig, resp):
            out, into = flow.orients(row.orig_bytes - orig, row.resp_bytes - resp)
            transfer = Transfer(out, into, row.orig_pkts + row.resp_pkts - packets)
            flow.told_bytes = (row.orig_bytes, row.resp_bytes, row.orig_pkts + row.resp_pkts)
            yield flow.observe(row.last_ts, transfer, conn)
        if flow.host or flow.services or ended:
            yield flow.observe(row.last_ts, None, conn)
        if flow.session is not None:
            yield flow.observe_controlled(row.last_ts, flow.session.snapshot(conn), conn, self.devices)

    def _ended(self, row: Row) -> Iterator[Observation]:
        flow = self._flows.get(row.uid)
        if flow is not None and flow.conversation is not None:
            last = flow.conversation.finish() if isinstance(flow.conversation, TcpConversation) else []
            flow.heard()
            if last:
                yield from self._records(row.last_ts, flow, last, row)
        if flow is not None:
            yield from self._grown(row, ended=True)
            del self._flows[row.uid]
        elif self._bare < self._bare_cap:
            self._bare += 1
            self._sum(row, None)
            bare = Flow(row, self.readers, self.devices, self._local)
            bare.name_from(self.names)
            yield bare.observe(row.last_ts, None, bare.conn(row, ended=True))
        else:
            self.shed += 1
            self._sum(row, None)

    def _sum(self, row: Row, flow: Flow | None) -> None:
        """Adds the row's growth to the series; flows that were never made are told by the row alone."""
        bytes_ = (row.orig_ip_bytes - row.told_orig_ip_bytes, row.resp_ip_bytes - row.told_resp_ip_bytes)
        packets = (row.orig_pkts - row.told_orig_pkts, row.resp_pkts - row.told_resp_pkts)
        if not any(packets):
            return
        new = not (row.told_orig_pkts or row.told_resp_pkts)
        if flow is not None:
            device, service = (flow.device.ip, flow.device.mac), flow.service
            bytes_, packets = flow.orients(*bytes_), flow.orients(*packets)
        elif self._local(row.orig_hi, row.orig_lo) or not self._local(row.resp_hi, row.resp_lo):
            device, service = (ip_text(row.orig_hi, row.orig_lo), mac_text(row.orig_mac)), ""
        else:
            device, service = (ip_text(row.resp_hi, row.resp_lo), mac_text(row.resp_mac)), ""
            bytes_, packets = bytes_[::-1], packets[::-1]
        self._traffic.add(row.last_ts, device, service, bytes_, packets, int(new))
