"""Frames in, observations out: drives the kernel, keeps the conversations, lets time pass.

Called by the chain with each batch of frames. Time is packet time: every second of it (`TICK`) what grew is told, every few
seconds what fell silent ends, so that a file and a wire give the same observations. On a silent wire `idle` passes the time.

    kernel segments → Flow.conversation → records → Observation
    kernel rows at each tick → growth: Transfer increments, Conn, Session; Traffic sums for the series
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sensor.capture import Frames
from sensor.track.addresses import Locality
from sensor.track.announcements import Announcements
from sensor.track.bare import BareFlows
from sensor.track.conversation import Readers, Segment, TcpConversation
from sensor.track.datagrams import UdpConversation
from sensor.track.devices import Devices
from sensor.track.expiry import idle_slots
from sensor.track.flow import BY_NUMBER, NONE_RUNNING, Flow
from sensor.track.names import Names
from sensor.track.observation import Observation, Transfer
from sensor.track.quic_paths import QuicPaths
from sensor.track.rows import Row, row_at, rows, segments
from sensor.track.sessions import Running
from sensor.track.traffic import Classify, Traffic, TrafficSums, no_classes, whose
from sensor.wire.bulk import Runs
from sensor.wire.kernel import NO_FRAMES, Kernel
from sensor.wire.kernel.layout import FIRST_BUDGET, Kind, Mark, Stop, Want
from sensor.wire.records import Dns, Record

TICK = 1_000_000_000
"""Growth is told each second of packet time, in nanoseconds."""
EXPIRE_EVERY = 5 * TICK
BACKWARDS = 10 * TICK
"""A clock that goes back further than this sets the ticks back too."""

BARE_CAP = 2_000
"""Flows without payload told one by one between two ticks."""

_FIN, _RST, _ACK = 0x01, 0x04, 0x10
_TOLD = tuple((f"told_{field}", field) for field in ("orig_ip_bytes", "resp_ip_bytes", "orig_pkts", "resp_pkts"))


class Tracker:
    """All that is remembered between packets."""

    def __init__(
        self,
        kernel: Kernel,
        readers: Readers,
        devices: Devices,
        local: Locality,
        *,
        classify: Classify = no_classes,
        bare_cap: int = BARE_CAP,
        running: Mapping[str, Running] = NONE_RUNNING,
    ) -> None:
        self.kernel = kernel
        self.readers = readers
        self.names = Names()
        self._quic = QuicPaths()
        self.devices = devices
        self._traffic = TrafficSums()
        self._local = local
        self._classify = classify
        self._announcements = Announcements(devices, local, readers)
        self._running = running
        self._leaving = False
        self._bare = BareFlows(self._traffic, self.devices, local, bare_cap)
        self._flows: dict[int, Flow] = {}
        self._want = kernel.tables.flows["want"]
        self._budget = kernel.tables.flows["budget"]
        self._uids = kernel.tables.flows["uid"]
        self._memory = kernel.tables.flows.view(np.uint8).data
        self._ended_rows = kernel.tables.ended[:0]
        self._gone: dict[int, int] = {}  # uid → row of `_ended_rows`, while a batch is walked
        self._next_tick: int | None = None
        self._next_expiry = 0
        self._runs = Runs()

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

    def finish(self, *, goes_on: bool = False) -> Iterator[Observation]:
        """The input is over: everything ends and is told, the oldest first. `goes_on`: only we leave, open sessions stay open."""
        self._leaving = goes_on
        if self.kernel.give_up_fragments():
            yield from self._walk(NO_FRAMES)
        table = self.kernel.tables.flows[self.kernel.live()]
        yield from self._end(table[np.argsort(table["first_ts"], kind="stable")])
        self.kernel.remove(self.kernel.live())

    def take_traffic(self) -> list[Traffic]:
        """The series' rows since the last call."""
        return self._traffic.take()

    @property
    def shed(self) -> int:  # flows that were counted but not told one by one
        return self._bare.shed

    def evictions(self) -> dict[str, int]:
        """What was forgotten for want of room, by table."""
        return {
            "names": self.names.evicted,
            "quic_ids": self._quic.evicted,
            "devices": self.devices.evicted,
            "traffic": self._traffic.shed,
            "prefixes": self._local.evicted,
            **self._announcements.evictions(),
        }

    def _until_tick(self, ts: NDArray[np.int64]) -> int:
        first = int(ts[0])
        if self._next_tick is None or first < self._next_tick - BACKWARDS:
            self._next_tick = first + TICK
        late = ts >= self._next_tick
        at = int(np.argmax(late))
        return at if late[at] else len(ts)

    def _walk(self, frames: Frames) -> Iterator[Observation]:
        first = 0
        while True:
            step = self.kernel.walk(frames, first)
            self._ended_rows = ended = self.kernel.take_ended()
            self._gone = {uid: at for at, uid in enumerate(ended["uid"].tolist())}
            for segment in segments(self._runs.join(frames.data, step.segments, self.kernel.tables.flows)):
                flow = self._flows.get(segment[0])
                if flow is None or flow.conversation is not None:
                    yield from self._segment(frames, flow, segment)
            if self._gone:
                yield from self._end(ended)
            if step.stop is Stop.DECIDE:
                self._decide(step.slot)
            elif step.stop is Stop.END:
                return
            first = step.next

    def _segment(self, frames: Frames, flow: Flow | None, segment: tuple[int, ...]) -> Iterable[Observation]:
        uid, ts, offset, length, wire_length, seq, ack, slot, flags, from_orig, _proto, kind = segment
        if kind == Kind.FRAME:
            self._announcements.frame(ts, seq, frames.data[offset : offset + length].tobytes(), ack or None)
            return ()
        fresh = flow is None
        if flow is None:
            if not length and not wire_length:
                return ()  # a bare SYN, FIN or RST says nothing that the row does not
            flow = self._flows[uid] = Flow(self._row(uid, slot), self.readers, self.devices, self._local, self._running)
        conversation = flow.conversation
        if conversation is None:
            return ()
        buffer = frames.data if kind == Kind.PAYLOAD else self.kernel.tables.whole
        data = self._runs.payload(buffer, offset, length)
        if isinstance(conversation, TcpConversation):
            missing = max(wire_length - length, 0)
            heard = Segment(seq, data, ack if flags & _ACK else None, missing, bool(flags & _FIN), bool(flags & _RST))
            records = conversation.segment(heard, from_orig=bool(from_orig))
        else:
            records = self._quic.datagram(flow, conversation, data, from_orig=bool(from_orig), fresh=fresh)
        flow.heard()
        if flow.conversation is None and self._uids[slot] == uid:
            self._want[slot] = Want.COUNT
        if not records:
            return ()
        return self._records(ts, flow, records, self._row(uid, slot), from_orig=bool(from_orig))

    def _records(
        self, ts: int, flow: Flow, records: list[Record], row: Row, *, from_orig: bool = True
    ) -> Iterator[Observation]:
        for record in records:
            flow.learn(record)
            self._announcements.record(record, row, from_orig=from_orig)
            if isinstance(record, Dns) and flow.device.group != "guest":
                self.names.learn(flow.device.ip, record)
        flow.name_from(self.names)
        conn = flow.conn(row)
        for record in records:
            yield flow.observe(ts, record, conn)
        if flow.session is not None:
            yield flow.observe_controlled(ts, flow.session.snapshot(conn), conn)

    def _decide(self, slot: int) -> None:
        flow = self._flows.get(int(self._uids[slot]))
        conversation = flow.conversation if flow else None
        if conversation is None:
            self._want[slot] = Want.COUNT
        elif isinstance(conversation, UdpConversation) and not conversation.services:
            self._budget[slot] = FIRST_BUDGET
        else:
            self._want[slot] = Want.ALL

    def _row(self, uid: int, slot: int) -> Row:
        """The flow as it stands, or as it stood when its row was given up."""
        at = self._gone.get(uid)
        return row_at(self._memory, slot) if at is None else rows(self._ended_rows[at : at + 1])[0]

    def tick(self, now: int) -> Iterator[Observation]:
        """Tells what grew since the last tick; ends what fell silent."""
        self._next_tick = now + TICK
        self._bare.tick()
        self._local.tick(now)
        flows = self.kernel.tables.flows
        live = self.kernel.live()
        told = flows["told_orig_pkts"][live] + flows["told_resp_pkts"][live]
        grown = live[(flows["orig_pkts"][live] + flows["resp_pkts"][live]) != told]
        if len(grown):
            mine, bare = self._split(flows[grown])
            for told_field, field in _TOLD:
                flows[told_field][grown] = flows[field][grown]
            for row in mine:
                yield from self._grown(row)
            for row in self._bare.grown(bare):
                if row.proto in BY_NUMBER:  # a tunnel that may last for days
                    tunnel = Flow(row, self.readers, self.devices, self._local)
                    yield tunnel.observe(row.last_ts, None, tunnel.conn(row))
        if now >= self._next_expiry or now < self._next_expiry - EXPIRE_EVERY - BACKWARDS:
            self._next_expiry = now + EXPIRE_EVERY
            slots = idle_slots(flows, live, now)
            if len(slots):
                yield from self._end(flows[slots])
                self.kernel.remove(slots)

    def _split(self, table: NDArray[np.void]) -> tuple[list[Row], NDArray[np.void]]:
        """Rows of flows that carried payload, and the others as they are."""
        known = np.fromiter((uid in self._flows for uid in table["uid"].tolist()), dtype=bool, count=len(table))
        return (rows(table), table[:0]) if known.all() else (rows(table[known]), table[~known])

    def _end(self, table: NDArray[np.void]) -> Iterator[Observation]:
        """These flows are over: what can still be told of them is told."""
        mine, bare = self._split(table)
        for row in mine:
            yield from self._ended(row)
        for row in self._bare.grown(bare):
            flow = Flow(row, self.readers, self.devices, self._local)
            flow.name_from(self.names)
            yield flow.observe(row.last_ts, None, flow.conn(row, ended=True))

    def _grown(self, row: Row, *, ended: bool = False) -> Iterator[Observation]:
        flow = self._flows[row.uid]
        self._sum(row, flow)
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
            now = replace(conn, ended=False) if self._leaving and not row.marks & Mark.CLOSED else conn
            yield flow.observe_controlled(row.last_ts, flow.session.snapshot(now), now)

    def _ended(self, row: Row) -> Iterator[Observation]:
        flow = self._flows[row.uid]
        if flow.conversation is not None:
            last = flow.conversation.finish()
            flow.heard()
            if last:
                yield from self._records(row.last_ts, flow, last, row)
        yield from self._grown(row, ended=True)
        del self._flows[row.uid]

    def _sum(self, row: Row, flow: Flow) -> None:
        """Adds the row's growth to the series."""
        there, back = row.orig_pkts - row.told_orig_pkts, row.resp_pkts - row.told_resp_pkts
        if not there and not back:
            return
        self._traffic.add(
            row.last_ts,
            whose(flow.device),
            (flow.service, flow.destination(self._classify)),
            flow.orients(row.orig_ip_bytes - row.told_orig_ip_bytes, row.resp_ip_bytes - row.told_resp_ip_bytes),
            flow.orients(there, back),
            int(not (row.told_orig_pkts or row.told_resp_pkts)),
        )
