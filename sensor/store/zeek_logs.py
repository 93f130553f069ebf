"""Zeek's JSON logs of what was read: one file a log (`conn.log`, `dns.log`…), one object a line, Zeek's field names.

Written by `vigie inspect --logs DIR`. Minus what privacy forbids: of mail addresses only the domain (written "@domain"), no
subject, message id, query of a URI, referrer, user name, password, cookie or file name. Times are seconds since the epoch,
as Zeek writes them. (https://docs.zeek.org/en/master/script-reference/log-files.html)

What Zeek has no log of gets one of the same make, under its protocol's name. A connection inside a tunnel says so (`tunnel`,
`tunnel.orig_h`, `tunnel.resp_h`: the encapsulation's own ends). Of guests only how much each connection carried is written:
no address, no port, no service (`guest`: true).
"""

import json
from collections import OrderedDict
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from sensor.store.zeek_fields import Line, answered, conn_fields, guest_fields, question, record_fields
from sensor.track.observation import Conn, Observation
from sensor.wire.records import Dns

PENDING = 4_096
"""Questions that wait for their answer; the oldest is written without one."""


class ZeekLogs:
    """Writes each observation to its log. Raises OSError, naming the file.

    `names`: whether what the practice's own machines call themselves, which may be people's names, is written too.
    """

    def __init__(self, folder: Path, *, names: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._names = names
        self._files: dict[str, TextIO] = {}
        self._asked: OrderedDict[tuple[str, int, str], Observation] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, seen: Observation) -> None:
        """Takes one observation; what no log holds is passed over."""
        match seen.record:
            case Conn() as conn:
                if conn.ended and seen.device.group == "guest":
                    self._put("conn", {"ts": conn.first_ts / 1e9, "uid": conn.uid, **guest_fields(conn)})
                elif conn.ended:
                    self._line("conn", conn.first_ts, conn, conn_fields(conn))
            case _ if seen.device.group == "guest":
                pass
            case Dns() as dns:
                self._dns(seen, dns)
            case record:
                fields = record_fields(record, names=self._names)
                if fields is not None:
                    self._line(record.service, seen.ts, seen.conn, fields)

    def close(self) -> None:
        """Writes the questions that nobody answered, and closes the files."""
        while self._asked:
            self._unanswered()
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _dns(self, seen: Observation, dns: Dns) -> None:
        key = (seen.conn.uid, dns.trans_id, dns.query)
        if not dns.is_response:
            self._asked[key] = seen
            if len(self._asked) > PENDING:
                self._unanswered()
            return
        asked = self._asked.pop(key, None)
        line = question(dns, seen.conn, names=self._names) | answered(dns, seen.conn, names=self._names)
        if asked is not None:
            line["rtt"] = (seen.ts - asked.ts) / 1e9
        self._line("dns", asked.ts if asked else seen.ts, seen.conn, line)

    def _unanswered(self) -> None:
        _, seen = self._asked.popitem(last=False)
        assert isinstance(seen.record, Dns)
        self._line("dns", seen.ts, seen.conn, question(seen.record, seen.conn, names=self._names))

    def _line(self, log: str, ts: int, conn: Conn, fields: Line) -> None:
        line: Line = {
            "ts": ts / 1e9,
            "uid": conn.uid,
            "id.orig_h": conn.orig.ip,
            "id.orig_p": conn.orig.port,
            "id.resp_h": conn.resp.ip,
            "id.resp_p": conn.resp.port,
        }
        self._put(log, line | fields)

    def _put(self, log: str, line: Line) -> None:
        told = {name: value for name, value in line.items() if value is not None and value != []}
        file = self._files.get(log)
        if file is None:
            file = self._files[log] = (self._folder / f"{log}.log").open("w", encoding="utf-8")
        file.write(json.dumps(told, ensure_ascii=False) + "\n")
