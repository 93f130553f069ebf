"""Zeek's JSON logs of what was read: one file a log (`conn.log`, `dns.log`…), one object a line, Zeek's field names.

Written by `vigie inspect --logs DIR`. Minus what privacy forbids: of mail addresses only the domain (written "@domain"), no
subject, message id, query of a URI, referrer, user name, password, cookie or file name. Times are seconds since the epoch,
as Zeek writes them. (https://docs.zeek.org/en/master/script-reference/log-files.html)
"""

import json
from collections import OrderedDict
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from sensor.track.observation import Conn, Observation, Told
from sensor.wire.records import Dns, Http, Rdp, Rfb, Smtp, Ssh, Ssl

Value = str | int | float | bool | list[str] | list[float] | None
Line = dict[str, Value]

PENDING = 4_096
"""Questions that wait for their answer; the oldest is written without one."""


class ZeekLogs:
    """Writes each observation to its log. Raises OSError, naming the file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._files: dict[str, TextIO] = {}
        self._asked: OrderedDict[tuple[str, int, str], Observation] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, seen: Observation) -> None:
        """Takes one observation; what no log of Zeek's holds is passed over."""
        match seen.record:
            case Conn() as conn:
                if conn.ended:
                    self._line("conn", conn.first_ts, conn, _conn(conn))
            case Dns() as dns:
                self._dns(seen, dns)
            case record:
                fields = _fields(record)
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
        line = _question(dns)
        line["rcode_name"] = dns.rcode_name
        line["answers"] = [answer.data or answer.type_name for answer in dns.answers]
        line["TTLs"] = [float(answer.ttl) for answer in dns.answers]
        if asked is not None:
            line["rtt"] = (seen.ts - asked.ts) / 1e9
        self._line("dns", asked.ts if asked else seen.ts, seen.conn, line)

    def _unanswered(self) -> None:
        _, seen = self._asked.popitem(last=False)
        assert isinstance(seen.record, Dns)
        self._line("dns", seen.ts, seen.conn, _question(seen.record))

    def _line(self, log: str, ts: int, conn: Conn, fields: Line) -> None:
        line: Line = {
            "ts": ts / 1e9,
            "uid": conn.uid,
            "id.orig_h": conn.orig.ip,
            "id.orig_p": conn.orig.port,
            "id.resp_h": conn.resp.ip,
            "id.resp_p": conn.resp.port,
        }
        line.update(fields)
        told = {name: value for name, value in line.items() if value is not None and value != []}
        file = self._files.get(log)
        if file is None:
            file = self._files[log] = (self._folder / f"{log}.log").open("w", encoding="utf-8")
        file.write(json.dumps(told, ensure_ascii=False) + "\n")


def _conn(conn: Conn) -> Line:
    return {
        "proto": "unknown_transport" if conn.proto == "other" else conn.proto,
        "service": ",".join(conn.services) or None,
        "duration": (conn.last_ts - conn.first_ts) / 1e9,
        "orig_bytes": conn.orig_bytes,
        "resp_bytes": conn.resp_bytes,
        "conn_state": conn.state,
        "local_orig": conn.orig.local,
        "local_resp": conn.resp.local,
        "missed_bytes": conn.missed_bytes,
        "history": conn.history,
        "orig_pkts": conn.orig_pkts,
        "orig_ip_bytes": conn.orig_ip_bytes,
        "resp_pkts": conn.resp_pkts,
        "resp_ip_bytes": conn.resp_ip_bytes,
        "vlan": conn.vlan,
        "community_id": conn.community_id,
    }


def _question(dns: Dns) -> Line:
    return {"trans_id": dns.trans_id, "query": dns.query, "qtype_name": dns.qtype_name}


def _ssl(ssl: Ssl) -> Line:
    return {
        "version": ssl.version,
        "cipher": ssl.cipher,
        "server_name": ssl.server_name,
        "next_protocol": ssl.next_protocol,
        "established": ssl.established,
        "subject": ssl.subject and f"CN={ssl.subject}",
        "issuer": ssl.issuer and f"CN={ssl.issuer}",
        "ja4": ssl.ja4,
    }


def _http(http: Http) -> Line:
    return {
        "method": http.method,
        "host": http.host,
        "uri": http.uri,
        "version": http.version,
        "user_agent": http.user_agent,
        "request_body_len": http.request_body_len,
        "response_body_len": http.response_body_len,
        "status_code": http.status_code,
        "orig_mime_types": [http.request_mime_type] if http.request_mime_type else None,
        "resp_mime_types": [http.resp_mime_type] if http.resp_mime_type else None,
    }


def _smtp(smtp: Smtp) -> Line:
    return {
        "mailfrom": smtp.mailfrom_domain and f"@{smtp.mailfrom_domain}",
        "rcptto": [f"@{domain}" for domain in smtp.rcptto_domains],
        "last_reply": None if smtp.last_reply_code is None else str(smtp.last_reply_code),
        "tls": smtp.tls == "established",
        "mime_types": [attachment.mime_type for attachment in smtp.attachments],
    }


def _ssh(ssh: Ssh) -> Line:
    return {"version": ssh.version, "client": ssh.client, "server": ssh.server}


def _rdp(rdp: Rdp) -> Line:
    return {"security_protocol": rdp.selected, "result": rdp.result}


def _rfb(rfb: Rfb) -> Line:
    versions = {"client": rfb.client_version, "server": rfb.server_version}
    line: Line = {"authentication_method": None if rfb.security_type is None else str(rfb.security_type)}
    for side, version in versions.items():
        if version and "." in version:
            line[f"{side}_major_version"], line[f"{side}_minor_version"] = version.split(".", 1)
    if rfb.authenticated is not None:
        line["auth"] = rfb.authenticated
    return line


def _fields(record: Told) -> Line | None:
    """What the log of this record holds beside who and when; None for what no log of Zeek's holds."""
    match record:
        case Ssl():
            return _ssl(record)
        case Http():
            return _http(record)
        case Smtp():
            return _smtp(record)
        case Ssh():
            return _ssh(record)
        case Rdp():
            return _rdp(record)
        case Rfb():
            return _rfb(record)
        case _:
            return None
