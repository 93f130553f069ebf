"""The names that rules may use, and what each gets from an event: Zeek's own where Zeek has the field.

`FIELDS[service][name]` is a getter; a value is text, a number, true/false, a tuple of these (any of them may match), or None.
Fields beside Zeek's: `device.*` and `peer.*`, the direction, sizes from the post's side, what lists and policy say.
What privacy forbids (subjects, senders, cookies, users) has no field: a rule that asks for it is a mistake.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, get_args

from sensor.detect.backups import Backup
from sensor.detect.event import Event
from sensor.detect.volumes import SPANS
from sensor.track.observation import Conn, Session, Transfer
from sensor.wire.records import Record

Getter = Callable[[Event], Any]


def _destination(name: str) -> Getter:
    def get(event: Event) -> Any:
        destination = event.destination
        return None if destination is None else getattr(destination, name)

    return get


def _duration(event: Event) -> float:
    return (event.conn.last_ts - event.conn.first_ts) / 1e9


def _bytes_back(event: Event) -> int:
    """Bytes in, counted twice on datagrams that are no QUIC: a call's two ways are alike, but never quite."""
    datagrams = event.conn.proto == "udp" and "quic" not in event.conn.services
    return event.bytes_in * (2 if datagrams else 1)


COMMON: dict[str, Getter] = {
    "ts": attrgetter("o.ts"),
    "uid": attrgetter("conn.uid"),
    "id.orig_h": attrgetter("conn.orig.ip"),
    "id.orig_p": attrgetter("conn.orig.port"),
    "id.resp_h": attrgetter("conn.resp.ip"),
    "id.resp_p": attrgetter("conn.resp.port"),
    "proto": attrgetter("conn.proto"),
    "local_orig": attrgetter("conn.orig.local"),
    "local_resp": attrgetter("conn.resp.local"),
    "vlan": attrgetter("conn.vlan"),
    "community_id": attrgetter("conn.community_id"),
    "conn_state": attrgetter("conn.state"),
    "history": attrgetter("conn.history"),
    "services": attrgetter("conn.services"),
    "ended": attrgetter("conn.ended"),
    "midstream": attrgetter("conn.midstream"),
    "duration": _duration,
    "direction": lambda e: e.direction.value,
    "device.ip": attrgetter("device.ip"),
    "device.mac": attrgetter("device.mac"),
    "device.name": attrgetter("device.name"),
    "device.vendor": attrgetter("device.vendor"),
    "device.group": attrgetter("device.group"),
    "peer.ip": attrgetter("peer.ip"),
    "peer.port": attrgetter("peer.port"),
    "peer.host": attrgetter("peer.host"),
    "peer.host_source": attrgetter("peer.host_source"),
    "peer.place": attrgetter("place"),
    "peer.list": _destination("list"),
    "peer.app": _destination("app"),
    "peer.class": _destination("cls"),
    "peer.role": _destination("role"),
    "peer.confidence": _destination("confidence"),
    "peer.by_bytes": attrgetter("by_bytes"),
    "peer.hds": lambda e: e.hds.value,
    "peer.own": attrgetter("is_own"),
    "bytes_out": attrgetter("bytes_out"),
    "bytes_in": attrgetter("bytes_in"),
    "bytes_back": _bytes_back,
    "bytes_both": lambda e: e.bytes_out + e.bytes_in,
    "ratio": lambda e: e.bytes_out / max(e.bytes_in, 1),
    "contract": lambda e: e.contract.cover,
    "allowed": attrgetter("allowed"),
    "quiet_hours": attrgetter("quiet"),
}

_FILES: dict[str, Getter] = {
    "attachments": lambda e: len(e.record.attachments),
    "attachment.mime_type": lambda e: tuple(a.mime_type for a in e.record.attachments),
    "attachment.extension": lambda e: tuple(a.extension for a in e.record.attachments if a.extension),
    "attachment.protection": lambda e: tuple(a.protection for a in e.record.attachments if a.protection),
    "open_attachments": lambda e: sum(1 for a in e.record.attachments if a.protection is None),
}
_MAIL: dict[str, Getter] = _FILES | {
    "tls": lambda e: e.record.tls == "established",
    "tls_state": attrgetter("record.tls"),
}

_ZEEK: dict[str, dict[str, Getter]] = {  # Zeek's names where our record keeps it under another
    "conn": {
        "service": attrgetter("conn.services"),
        "app": attrgetter("conn.app"),
        "issuer": attrgetter("conn.issuer"),
        "hidden": attrgetter("conn.hidden"),
        "orig_pkts": attrgetter("conn.orig_pkts"),
        "resp_pkts": attrgetter("conn.resp_pkts"),
        "orig_bytes": attrgetter("conn.orig_bytes"),
        "resp_bytes": attrgetter("conn.resp_bytes"),
        "orig_ip_bytes": attrgetter("conn.orig_ip_bytes"),
        "resp_ip_bytes": attrgetter("conn.resp_ip_bytes"),
    },
    "dns": {
        "answers": lambda e: tuple(answer.data for answer in e.record.answers if answer.data),
        "TTLs": lambda e: tuple(answer.ttl for answer in e.record.answers),
    },
    "http": _FILES
    | {
        "resp_mime_types": attrgetter("record.resp_mime_type"),
        "orig_mime_types": attrgetter("record.request_mime_type"),
    },
    "smtp": _MAIL,
    "pop3": _MAIL,
    "imap": _MAIL,
    "rdp": {"security_protocol": attrgetter("record.selected")},
    "rfb": {
        "client_major_version": lambda e: _part(e.record.client_version, 0),
        "client_minor_version": lambda e: _part(e.record.client_version, 1),
        "server_major_version": lambda e: _part(e.record.server_version, 0),
        "server_minor_version": lambda e: _part(e.record.server_version, 1),
        "auth": attrgetter("record.authenticated"),
    },
}


def _volume(window: int, side: int) -> Getter:
    def get(event: Event) -> int:
        return event.volumes[window][side]

    return get


def _rate(window: int, seconds: int) -> Getter:
    def get(event: Event) -> float:
        return event.volumes[window][0] / seconds

    return get


_ZEEK["transfer"] = {
    name: getter
    for number, (word, seconds) in enumerate(SPANS.items())
    for name, getter in (
        (f"out_{word}", _volume(number, 0)),
        (f"in_{word}", _volume(number, 1)),
        (f"rate_{word}", _rate(number, seconds)),
    )
}
"""Of device and place over ten minutes, an hour, a day: bytes out, bytes in, bytes out a second."""


def _part(version: str | None, index: int) -> str | None:
    parts = version.split(".") if version else []
    return parts[index] if index < len(parts) else None


def _of(record: type[Any]) -> dict[str, Getter]:
    """Every field of a record under its own name, beside Zeek's."""
    own = {} if record is Conn else {f.name: attrgetter(f"record.{f.name}") for f in fields(record)}
    return COMMON | own | _ZEEK.get(record.service, {})


FIELDS: Mapping[str, Mapping[str, Getter]] = {
    record.service: _of(record)
    for record in (
        *(Conn, Session, Transfer, Backup),
        *get_args(Record),
    )
}
