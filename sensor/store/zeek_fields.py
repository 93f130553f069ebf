"""What stands in a line of each log: Zeek's fields where Zeek has the log, else the record's own.

Called by `sensor.store.zeek_logs` with each record; who and when is added there.
"""

from collections.abc import Callable
from dataclasses import fields
from ipaddress import ip_address
from typing import Any

from sensor.track.observation import Conn, Outer, Told
from sensor.wire.records import (
    Dns,
    Fingerprint,
    Ftp,
    Http,
    Imap,
    Irc,
    Pop3,
    Quic,
    Rdp,
    Rfb,
    Smtp,
    Socks,
    Ssh,
    Ssl,
    Stun,
    Xmpp,
)
from sensor.wire.records_calls import Rtp
from sensor.wire.records_devices import Dhcp, Netbios, Ssdp
from sensor.wire.records_dialogues import Ldap, Mysql, Postgresql, SmtpDialogue

Value = str | int | float | bool | list[str] | list[float] | None
Line = dict[str, Value]

_OWN_PORTS = frozenset({137, 5353, 5355})
_OWN_ENDS = (".local", ".lan", ".home", ".arpa", ".internal", ".localdomain", ".fritz.box")
"""Names that mean something on one's own network only; reverse names too, whose answers are machines' names."""


def conn_fields(conn: Conn) -> Line:
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
        **_tunnel(conn.outer),
    }


def _tunnel(outer: Outer | None) -> Line:
    """Zeek has a log of tunnels instead, for those that it found: here each flow says what it came in."""
    if outer is None:
        return {}
    return {"tunnel": outer.tunnel, "tunnel.orig_h": outer.orig, "tunnel.resp_h": outer.resp}


_OF_GUESTS = (
    "proto",
    "duration",
    "orig_bytes",
    "resp_bytes",
    "orig_pkts",
    "orig_ip_bytes",
    "resp_pkts",
    "resp_ip_bytes",
)


def guest_fields(conn: Conn) -> Line:
    """Of a guest's connection how much, and neither who nor with whom."""
    fields = conn_fields(conn)
    return {name: fields[name] for name in _OF_GUESTS} | {"guest": True}


def question(dns: Dns, conn: Conn, *, names: bool) -> Line:
    """What was asked; without the names of the practice's own machines unless `names`."""
    told = names or not _of_own_machine(dns.query, conn)
    return {"trans_id": dns.trans_id, "query": dns.query if told else None, "qtype_name": dns.qtype_name}


def answered(dns: Dns, conn: Conn, *, names: bool) -> Line:
    """What was answered; the same, by the names of the answers too."""
    line: Line = {"rcode_name": dns.rcode_name, "TTLs": [float(answer.ttl) for answer in dns.answers]}
    if names or not any(_of_own_machine(name, conn) for name in (dns.query, *(a.name for a in dns.answers))):
        line["answers"] = [answer.data or answer.type_name for answer in dns.answers]
    return line


def _of_own_machine(name: str, conn: Conn) -> bool:
    if conn.orig.port in _OWN_PORTS or conn.resp.port in _OWN_PORTS:
        return True
    return bool(name) and ("." not in name or name.endswith(_OWN_ENDS))


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


def _quic(quic: Quic) -> Line:
    return {
        "version": quic.version,
        "server_name": quic.server_name,
        "client_protocol": quic.client_alpn[0] if quic.client_alpn else None,
        "ja4": quic.ja4,
    }


def _socks(socks: Socks) -> Line:
    host = socks.request_host
    status = {True: "succeeded", False: "refused", None: None}[socks.granted]
    part = "host" if host and _is_address(host) else "name"
    return {"version": socks.version, f"request.{part}": host, "request_p": socks.request_p, "status": status}


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _mailbox(mail: Pop3 | Imap) -> Line:
    """Neither is a log of Zeek's: fields as of smtp.log."""
    return {
        "command": mail.command,
        "mailfrom": mail.mailfrom_domain and f"@{mail.mailfrom_domain}",
        "rcptto": [f"@{domain}" for domain in mail.rcptto_domains],
        "tls": mail.tls == "established",
        "auth_mechanism": mail.auth_mechanism,
        "auth_success": mail.auth_success,
        "size": mail.size,
        "mime_types": [attachment.mime_type for attachment in mail.attachments],
    }


def _dhcp(dhcp: Dhcp, *, names: bool) -> Line:
    return {
        "msg_types": [dhcp.message],
        "mac": dhcp.mac,
        "host_name": dhcp.host_name if names else None,
        "client_software": dhcp.vendor_class if names else None,
        "requested_addr": dhcp.requested_addr,
        "assigned_addr": dhcp.assigned_addr,
        "lease_time": None if dhcp.lease_time is None else float(dhcp.lease_time),
    }


def _dialogue(said: SmtpDialogue) -> Line:
    """No log of Zeek's: fields as of smtp.log, of all envelopes."""
    return {
        "commands": list(said.commands),
        "mailfrom": [f"@{domain}" for domain in said.mailfrom_domains],
        "rcptto": [f"@{domain}" for domain in said.rcptto_domains],
        "envelopes": said.envelopes,
        "mails": said.mails,
    }


def _plain(record: Fingerprint | Ftp | Irc | Xmpp | Stun | Rtp | Ldap | Postgresql | Mysql) -> Line:
    """The record's own fields, none of which names anybody."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _ssdp(ssdp: Ssdp, *, names: bool) -> Line:
    return {"method": ssdp.message, "target": ssdp.target, "server": ssdp.server if names else None}


_LINES: dict[type[Told], Callable[[Any], Line]] = {
    Ssl: _ssl,
    Http: _http,
    Smtp: _smtp,
    SmtpDialogue: _dialogue,
    Pop3: _mailbox,
    Imap: _mailbox,
    Ssh: _ssh,
    Rdp: _rdp,
    Rfb: _rfb,
    Quic: _quic,
    Socks: _socks,
    **dict.fromkeys((Fingerprint, Ftp, Irc, Xmpp, Stun, Rtp, Ldap, Postgresql, Mysql), _plain),
}


def record_fields(record: Told, *, names: bool) -> Line | None:
    """What the log of this record holds beside who and when; None for what no log holds."""
    match record:
        case Dhcp():
            return _dhcp(record, names=names)
        case Ssdp():
            return _ssdp(record, names=names)
        case Netbios():
            return {"host_name": record.host_name if names else None}
    line = _LINES.get(type(record))
    return line(record) if line is not None else None
