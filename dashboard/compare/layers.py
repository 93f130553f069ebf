"""What each protocol's layer of a packet says in Wireshark's words, as values. Called by `theirs` with the layers of one packet.

Wireshark writes a name's bytes that are no letters so that nobody can tell them apart: such a name is read from its bytes.
"""

import itertools
import re
from collections.abc import Callable
from typing import Any

from dashboard.compare import FlowView, Kind, domain, name, verb
from dashboard.compare.ours import ssh_software
from sensor.wire import ParseError
from sensor.wire.dns import NB, NBSTAT
from sensor.wire.dns_names import netbios_name, read_name

_TLS_PROTOCOLS = {1: "ssl", 2: "hybrid", 4: "rdstls", 8: "hybrid_ex", 16: "rdsaad"}  # MS-RDPBCGR 2.2.1.1.1
_PORT = re.compile(r":\d+$")
_DNS_DATA = {"1": "a", "28": "aaaa", "5": "cname"}


def every(layer: Any, field: str) -> list[str]:
    found = layer.get_field(field)
    return [] if found is None else [str(each.show) for each in found.all_fields if each.show]


def first(layer: Any, field: str) -> str:
    return next(iter(every(layer, field)), "")


def _tls(layer: Any, view: FlowView) -> None:
    if "1" in every(layer, "handshake_type"):
        view.add(Kind.PROTOCOL, "ssl")
    for server in every(layer, "handshake_extensions_server_name"):
        view.add(Kind.SNI, name(server))


def _quic(layer: Any, view: FlowView) -> None:
    if every(layer, "long_packet_type"):
        view.add(Kind.PROTOCOL, "quic")
    for server in every(layer, "tls_handshake_extensions_server_name"):
        view.add(Kind.QUIC_SNI, name(server))


def _dns(layer: Any, view: FlowView) -> None:
    if not every(layer, "flags"):
        return
    view.add(Kind.PROTOCOL, "dns")
    view.add(Kind.DNS_NAME, _dns_name(layer))
    data = {kind: iter(every(layer, field)) for kind, field in _DNS_DATA.items()}
    answers = int(first(layer, "count_answers") or 0)
    for kind in itertools.islice(every(layer, "resp_type"), answers):  # then come the other sections
        if kind in data:
            view.add(Kind.DNS_ANSWER, name(next(data[kind], "")))


def _dns_name(layer: Any) -> str:
    """The first question's name: as Wireshark shows it, or by its bytes where that is not what was asked."""
    found = layer.get_field("qry_name")
    if found is None:
        return ""
    one = found.all_fields[0]
    shown = name(str(one.show or "").replace("<Root>", "")).rpartition("@")[2]
    try:
        written = read_name(bytes.fromhex(one.raw_value or ""), 0)
    except ParseError:  # compressed, or no name at all
        written = ""
    told = written if "\\" in written else shown
    netbios = {str(NB), str(NBSTAT)}.intersection(every(layer, "qry_type")[:1])
    return netbios_name(told) if netbios else told


def _http(layer: Any, view: FlowView) -> None:
    if every(layer, "request_method") or every(layer, "response_code"):
        view.add(Kind.PROTOCOL, "http")
    for host in every(layer, "host"):
        view.add(Kind.HTTP_HOST, name(_PORT.sub("", host)))


def _smtp(layer: Any, view: FlowView) -> None:
    lines = [line.strip() for line in every(layer, "command_line")]
    for line in lines:
        said, _, rest = line.partition(" ")
        view.add(Kind.SMTP_COMMAND, verb(said))
        match said.upper():
            case "EHLO" | "HELO":
                view.add(Kind.PROTOCOL, "smtp")
            case "MAIL" | "RCPT" as what:
                far = domain(rest.partition(":")[2].strip().partition(" ")[0])
                view.add(Kind.SMTP_COMMAND, f"{'mail from' if what == 'MAIL' else 'rcpt to'} {far}" if far else None)
            case "AUTH" if rest.strip():
                view.add(Kind.SMTP_COMMAND, f"auth {rest.split()[0].lower()}")
    if "354" in every(layer, "response_code"):
        view.add(Kind.SMTP_COMMAND, "body")


def _mime(layer: Any, view: FlowView) -> None:
    """Parts that are attachments by their disposition; tshark lists types and dispositions apart, so only equal counts pair."""
    kinds, how = (
        every(layer, "mime_multipart_header_content_type"),
        every(layer, "mime_multipart_header_content_disposition"),
    )
    kinds, how = kinds or every(layer, "header_content_type"), how or every(layer, "header_content_disposition")
    if len(kinds) == len(how) + 1 and kinds[0].lower().startswith(("text/", "multipart/")):
        kinds = kinds[1:]  # the text itself has no disposition
    if len(kinds) != len(how):
        return
    for kind, disposition in zip(kinds, how, strict=True):
        if disposition.strip().lower().startswith("attachment"):
            view.add(Kind.ATTACHMENT, kind.split(";")[0].strip().lower())


def _ssh(layer: Any, view: FlowView) -> None:
    for banner in every(layer, "protocol"):
        view.add(Kind.PROTOCOL, "ssh")
        view.add(Kind.SSH, ssh_software(banner))


def _rdp(layer: Any, view: FlowView) -> None:
    for asked in every(layer, "negreq_requestedprotocols"):
        view.add(Kind.PROTOCOL, "rdp")
        words = [word for bit, word in _TLS_PROTOCOLS.items() if int(asked, 0) & bit]
        view.add(Kind.RDP, "asked " + " ".join(sorted(words)))
    for chosen in every(layer, "negreq_selectedprotocol"):
        view.add(Kind.RDP, f"chosen {_TLS_PROTOCOLS.get(int(chosen, 0), 'rdp')}")


def _rfb(layer: Any, view: FlowView) -> None:
    for field in ("client_proto_ver", "server_proto_ver"):
        for version_ in every(layer, field):
            view.add(Kind.PROTOCOL, "rfb")
            view.add(Kind.RFB, version_)
    for chosen in every(layer, "client_security_type"):
        view.add(Kind.RFB, f"security {int(chosen, 0)}")


READERS: dict[str, Callable[[Any, FlowView], None]] = {
    "tls": _tls, "quic": _quic, "dns": _dns, "http": _http, "smtp": _smtp, "imf": _mime, "mime_multipart": _mime, "ssh": _ssh,
    "rdp": _rdp, "vnc": _rfb,
}  # fmt: skip
