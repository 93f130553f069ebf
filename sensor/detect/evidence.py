"""The facts of an alert, by name, from the event that a rule matched; and how facts add up while the alert grows.

Facts are numbers, flags and words of protocols, never sentences and never what privacy forbids. A sum grows, a set (words
separated by commas) unites, anything else keeps its latest value.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sensor.detect.alert import Value
from sensor.detect.backups import Backup
from sensor.detect.event import Event
from sensor.track.observation import Conn, Session, Transfer
from sensor.wire.records import (
    Attachment,
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
from sensor.wire.records_dialogues import Ldap, Mysql, Postgresql, SmtpDialogue

Facts = dict[str, Value]

SUMS = frozenset(("attachments", "attachment_bytes", "inline_images", "mails"))
SETS = frozenset(("mime_types", "extensions", "protections", "recipient_domains", "hosts"))
_WORDS_IN_SET = 8


def facts(event: Event) -> Facts:
    """What is known of this event, without empty values."""
    found: Facts = {"port": event.conn.resp.port, "proto": event.conn.proto, "direction": event.direction.value}
    found |= _OF_RECORD[type(event.record)](event.record)
    destination = event.destination
    if destination is not None:
        found |= {
            "list": destination.list,
            "list_name": destination.name,
            "list_class": destination.cls,
            "list_source": destination.source,
            "list_date": destination.date,
            "list_confidence": destination.confidence,
        }
        if destination.contract:
            found["hds_contract"] = destination.contract
    if event.peer.host and event.peer.host_source:
        found["hosts"] = event.peer.host
    if event.policy.contracts and event.contract.cover != "none":
        found["contract"] = event.contract.cover
        if event.contract.contract:
            found["contract_reference"] = event.contract.contract.reference
            found["contract_provider"] = event.contract.contract.provider
    if event.shared:
        found["shared_socket"] = True
    if event.conn.midstream:
        found["start_seen"] = False
    return found


def add(old: Mapping[str, Value], new: Mapping[str, Value]) -> Facts:
    """The facts of a grown alert."""
    grown = dict(old)
    for name, value in new.items():
        before = old.get(name)
        if before is None:
            grown[name] = value
        elif name in SUMS:
            grown[name] = int(before) + int(value)
        elif name in SETS:
            grown[name] = _united(str(before), str(value))
        else:
            grown[name] = value
    return grown


def latest(old: Mapping[str, Value], new: Mapping[str, Value]) -> Facts:
    """The facts of the same occurrence seen again, further on: nothing is counted twice."""
    return (
        dict(old)
        | {name: value for name, value in new.items() if name not in SUMS | SETS}
        | {name: _united(str(old[name]), str(new[name])) if name in old else new[name] for name in SETS & new.keys()}
    )


def _united(before: str, new: str) -> str:
    if new == before:
        return before
    words = sorted({*before.split(", "), *new.split(", ")} - {"", "…"})
    return ", ".join(words if len(words) <= _WORDS_IN_SET and "…" not in before else [*words[:_WORDS_IN_SET], "…"])


def _set(words: set[str]) -> str:
    return _united("", ", ".join(sorted(words)))


def _mail(r: Smtp | Pop3 | Imap) -> Facts:
    found: Facts = {"tls": r.tls, "mails": 1 if r.transferred else 0}
    found |= _files(r.attachments, r.protection)
    if r.rcptto_domains:
        found["recipient_domains"] = _set(set(r.rcptto_domains))
    if r.auth_mechanism:
        found["auth_mechanism"] = r.auth_mechanism
    if r.server_name:
        found["server_name"] = r.server_name
    if not r.complete:
        found["complete"] = False
    return found


def _files(attachments: tuple[Attachment, ...], whole: str | None = None) -> Facts:
    """What is told of attachments; `whole`: what encrypted the mail as a whole."""
    found: Facts = {"attachments": len(attachments)}
    if attachments:
        found["attachment_bytes"] = sum(a.size for a in attachments)
    sets = {
        "mime_types": {a.mime_type for a in attachments},
        "extensions": {a.extension for a in attachments if a.extension},
        "protections": {a.protection for a in attachments if a.protection} | ({whole} if whole else set()),
    }
    return found | {name: _set(words) for name, words in sets.items() if words}


def _session(r: Session) -> Facts:
    found: Facts = {
        "answered": r.answered,
        "established": r.established,
        "two_way": r.two_way,
        "duration": round(r.duration, 1),
        "ended": r.ended,
    }
    if r.detail:
        found["version"] = r.detail
    return found


def _backup(r: Backup) -> Facts:
    return {"duration": round(r.silence), "rhythm": round(r.rhythm), "runs": r.runs, "size": r.size}


def _conn(r: Conn) -> Facts:
    return {"services": ", ".join(r.services)} if r.services else {}


def _http(r: Http) -> Facts:
    found = _known({"method": r.method, "status_code": r.status_code, "request_bytes": r.request_body_len})
    return found | _files(r.attachments) if r.attachments else found


def _ssl(r: Ssl) -> Facts:
    return _known({"version": r.version, "server_name": r.server_name})


def _quic(r: Quic) -> Facts:
    return _known({"version": r.version, "server_name": r.server_name})


def _socks(r: Socks) -> Facts:
    return _known({"version": r.version, "request_host": r.request_host})


def _dns(r: Dns) -> Facts:
    return _known({"query": r.query, "query_type": r.qtype_name})


def _ssh(r: Ssh) -> Facts:
    return _known({"version": r.server})


def _rdp(r: Rdp) -> Facts:
    return _known({"version": r.selected})


def _rfb(r: Rfb) -> Facts:
    return _known({"version": r.server_version})


def _irc(r: Irc) -> Facts:
    return {"messages": r.messages, "direct_connections": r.dcc}


def _xmpp(r: Xmpp) -> Facts:
    return _known({"tls": r.tls, "server_name": r.server_name, "auth_mechanism": r.auth_mechanism})


def _stun(r: Stun) -> Facts:
    return _known({"method": r.method, "software": r.software, "realm": r.realm})


def _ftp(r: Ftp) -> Facts:
    return _known({"tls": r.tls, "stored": r.stored, "retrieved": r.retrieved, "server_name": r.server_name})


def _dialogue(r: SmtpDialogue) -> Facts:
    return {"envelopes": r.envelopes, "mails": r.mails}


def _upgrade(r: Ldap | Postgresql | Mysql) -> Facts:
    return {"tls": r.tls}


def _nothing(_: Transfer | Fingerprint | Rtp) -> Facts:
    return {}


def _known(values: Mapping[str, Value | None]) -> Facts:
    return {name: value for name, value in values.items() if value is not None}


_OF_RECORD: Mapping[type[Any], Callable[[Any], Facts]] = {
    Smtp: _mail,
    Pop3: _mail,
    Imap: _mail,
    Quic: _quic,
    Socks: _socks,
    Fingerprint: _nothing,
    Irc: _irc,
    Xmpp: _xmpp,
    Stun: _stun,
    Rtp: _nothing,
    Ftp: _ftp,
    SmtpDialogue: _dialogue,
    **dict.fromkeys((Ldap, Postgresql, Mysql), _upgrade),
    Session: _session,
    Conn: _conn,
    Transfer: _nothing,
    Backup: _backup,
    Http: _http,
    Ssl: _ssl,
    Dns: _dns,
    Ssh: _ssh,
    Rdp: _rdp,
    Rfb: _rfb,
}
