"""Vigie's own view of a capture: the chain's observations, as values by flow."""

from functools import singledispatch

from dashboard.cli.captures import Captures
from dashboard.compare import FlowView, Kind, Views, domain, name, verb
from sensor.chain import Chain
from sensor.settings import Settings
from sensor.track.observation import Conn, Observation, Told
from sensor.wire.kernel.layout import Unreadable
from sensor.wire.records import Dns, Http, Quic, Rdp, Rfb, Smtp, Ssh, Ssl
from sensor.wire.records_dialogues import SmtpDialogue

LINK = Unreadable.LINK_TYPE.name.lower()
READ = frozenset({"ssl", "quic", "dns", "http", "smtp", "ssh", "rdp", "rfb"})


class UnreadableError(ValueError):
    """The capture cannot be read; the message names it."""


def read(file: str, settings: Settings) -> tuple[Views, int]:
    """Views and the number of packets."""
    views = Views()

    def watch(observation: Observation) -> None:
        conn = observation.conn
        view = views.flow(conn.community_id)
        if not view.ends:
            view.ends = f"{conn.proto} {conn.orig.ip}:{conn.orig.port} > {conn.resp.ip}:{conn.resp.port}"
        view.gap |= conn.midstream
        for service in READ.intersection(conn.services):
            view.add(Kind.PROTOCOL, service)
        _take(observation.record, view)

    chain = Chain(settings, watcher=watch)
    source = Captures([file], lambda _share, _done: None)
    for _ in chain.run(source):
        pass
    stats = chain.stats()
    source.close()
    views.foreign = LINK in stats.unreadable
    if source.refused and not source.read:
        raise UnreadableError(source.refused[0])
    return views, stats.packets


@singledispatch
def _take(record: Told, view: FlowView) -> None:
    """Other records carry nothing that is compared."""


@_take.register
def _(record: Conn, view: FlowView) -> None:
    view.gap |= "g" in record.history.lower()


@_take.register
def _(record: Dns, view: FlowView) -> None:
    view.add(Kind.PROTOCOL, "dns")
    view.add(Kind.DNS_NAME, name(record.query))
    for answer in record.answers:
        if answer.type_name in {"A", "AAAA", "CNAME"}:
            view.add(Kind.DNS_ANSWER, name(answer.data))


@_take.register
def _(record: Ssl, view: FlowView) -> None:
    view.add(Kind.SNI, name(record.server_name or ""))


@_take.register
def _(record: Quic, view: FlowView) -> None:
    view.add(Kind.PROTOCOL, "quic")
    view.add(Kind.QUIC_SNI, name(record.server_name or ""))


@_take.register
def _(record: Http, view: FlowView) -> None:
    view.add(Kind.HTTP_HOST, name(record.host or ""))


@_take.register
def _(record: Smtp, view: FlowView) -> None:
    if record.transferred:
        view.add(Kind.SMTP_COMMAND, "body")
    if record.auth_mechanism:
        view.add(Kind.SMTP_COMMAND, f"auth {record.auth_mechanism.lower()}")
    for attachment in record.attachments:
        view.add(Kind.ATTACHMENT, attachment.mime_type.lower())


@_take.register
def _(record: SmtpDialogue, view: FlowView) -> None:
    for word in record.commands:
        view.add(Kind.SMTP_COMMAND, verb(word))
    for sender in record.mailfrom_domains:
        view.add(Kind.SMTP_COMMAND, f"mail from {name(sender)}")
    for recipient in record.rcptto_domains:
        view.add(Kind.SMTP_COMMAND, f"rcpt to {name(recipient)}")


@_take.register
def _(record: Ssh, view: FlowView) -> None:
    for banner in (record.client, record.server):
        view.add(Kind.SSH, ssh_software(banner or ""))


@_take.register
def _(record: Rdp, view: FlowView) -> None:
    if record.requested:
        view.add(Kind.RDP, "asked " + " ".join(sorted(set(record.requested) - {"rdp"})))
    if record.selected:
        view.add(Kind.RDP, f"chosen {record.selected}")


@_take.register
def _(record: Rfb, view: FlowView) -> None:
    for version in (record.client_version, record.server_version):
        view.add(Kind.RFB, version)
    if record.security_type is not None:
        view.add(Kind.RFB, f"security {record.security_type}")


def ssh_software(banner: str) -> str:
    """A banner without its comment, which Vigie does not keep (RFC 4253, 4.2)."""
    return banner.strip().split(" ")[0]


__all__ = ["READ", "UnreadableError", "domain", "read", "ssh_software"]
