"""Wireshark's view of a capture: tshark through pyshark, bounded in memory and time, and started anew for every chunk.

tshark reads the file itself (`-r`; what it is given on standard input it copies to disk). What it must write goes into a
private directory that is emptied at the end. Its limits are the kernel's, set by the two lines of shell that start it.
"""

import asyncio
import itertools
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pyshark
from pyshark.capture.capture import TSharkCrashException

from dashboard.compare import FlowView, Kind, Views, domain, name
from dashboard.compare.ours import ssh_software
from sensor.track.community_id import community_id

CHUNK = 250_000  # packets that one tshark dissects
MEMORY_KIB = 4 << 20  # address space
CPU_SECONDS = 600
FILTER = (  # of each protocol the packets that say something: what only runs on is most of a capture
    "dns || tls.handshake.type == 1 || quic.long.packet_type || http.request.method || http.response.code || http.host"
    " || smtp.command_line || smtp.response.code || imf || mime_multipart || ssh.protocol"
    " || rdp.negReq.requestedProtocols || rdp.negReq.selectedProtocol"
    " || vnc.client_proto_ver || vnc.server_proto_ver || vnc.client_security_type"
)
WORDS = "ip ipv6 tcp udp dns tls quic http smtp imf mime_multipart ssh rdp vnc"
"""Protocols told in full. Of the others, a packet's own bodies among them, only the name: megabytes of words for one mail else."""
_PROTO = {"tcp": 6, "udp": 17}
_TLS_PROTOCOLS = {1: "ssl", 2: "hybrid", 4: "rdstls", 8: "hybrid_ex", 16: "rdsaad"}  # MS-RDPBCGR 2.2.1.1.1
_PORT = re.compile(r":\d+$")
_DNS_DATA = {"1": "a", "28": "aaaa", "5": "cname"}


class NoWiresharkError(RuntimeError):
    """tshark is not installed, or cannot read the file; the message says which."""


def version() -> str:
    """The version of the tshark that answers."""
    tool = shutil.which("tshark")
    if tool is None:
        raise NoWiresharkError("tshark is not installed: apt install tshark")
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603 - its own
    return said.stdout.splitlines()[0].removeprefix("TShark (Wireshark) ").split(" ")[0].rstrip(".")


def read(file: str, packets: int, *, seconds: float) -> Views:
    """Views of `file`, which has `packets`. Errors: NoWiresharkError, TimeoutError after `seconds`."""
    file = str(Path(file).resolve())  # a name may begin with a hyphen
    views = Views()
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="vigie-compare-") as private:
        tshark = _limited(Path(private))
        for chunk in _chunks(file, packets, Path(private)):
            for packet in _packets(chunk, tshark):
                if time.monotonic() > end:
                    raise TimeoutError(f"{file}: Wireshark took more than {seconds:.0f} s")
                _take(packet, views)
    return views


def _limited(private: Path) -> Path:
    """A command that is tshark within limits, with a directory of its own for what it must write."""
    command = private / "tshark"
    command.write_text(
        f"#!/bin/sh\nulimit -v {MEMORY_KIB}\nulimit -t {CPU_SECONDS}\n"
        f'export TMPDIR="{private}" HOME="{private}"\nexec {shutil.which("tshark")} "$@"\n'
    )
    command.chmod(0o700)
    return command


def _chunks(file: str, packets: int, private: Path) -> Iterator[str]:
    """The file itself, or its parts one after the other."""
    if packets <= CHUNK:
        yield file
        return
    editcap = Path(shutil.which("tshark") or "").with_name("editcap")
    cut = [str(editcap), "-c", str(CHUNK), file, str(private / "part.pcapng")]
    subprocess.run(cut, check=True, capture_output=True)  # noqa: S603 - no shell; an absolute path, never an option
    for part in sorted(private.glob("part_*")):
        yield str(part)
        part.unlink()


def _packets(file: str, tshark: Path) -> Iterator[Any]:
    loop = asyncio.new_event_loop()  # its own: the one that pyshark looks for Python has no more
    capture = pyshark.FileCapture(
        file,
        eventloop=loop,
        keep_packets=False,
        display_filter=FILTER,
        tshark_path=str(tshark),
        custom_parameters=["-J", WORDS],
    )
    read = 0
    try:
        try:
            for packet in capture:
                read += 1
                yield packet
        finally:
            capture.close()  # tells of a crash as well
    except TSharkCrashException as crash:
        if not read:  # else the file was cut short: what could be read is compared
            raise NoWiresharkError(f"{file}: tshark could not read it: {_last_words(crash)}") from None
    finally:
        loop.close()
        capture._running_processes.clear()  # noqa: SLF001 - or its destructor would wait for them once more


def _last_words(crash: TSharkCrashException) -> str:
    said = str(crash).partition("Last error line: ")[2] or str(crash)
    return said.splitlines()[0]


def _take(packet: Any, views: Views) -> None:
    """Adds what one packet's layers say to its innermost flow."""
    network, transport = None, None
    view: FlowView | None = None
    for layer in packet.layers:
        word = layer.layer_name
        if word in {"ip", "ipv6"}:
            network = layer
        elif word in _PROTO:
            transport = layer
            view = _flow(network, transport, views)
        elif view is not None and word in _READERS:
            _READERS[word](layer, view)


def _flow(network: Any, transport: Any, views: Views) -> FlowView | None:
    if network is None:
        return None
    proto = transport.layer_name
    ends = [(_first(network, side), _first(transport, port)) for side, port in (("src", "srcport"), ("dst", "dstport"))]
    if not all(ip and port for ip, port in ends):
        return None
    (one, one_port), (two, two_port) = ends
    key = community_id(_PROTO[proto], ip_address(one).packed, int(one_port), ip_address(two).packed, int(two_port))
    view = views.flow(key)
    view.ends = view.ends or f"{proto} {one}:{one_port} > {two}:{two_port}"
    return view


def _all(layer: Any, field: str) -> list[str]:
    found = layer.get_field(field)
    return [] if found is None else [str(each.show) for each in found.all_fields if each.show]


def _first(layer: Any, field: str) -> str:
    return next(iter(_all(layer, field)), "")


def _tls(layer: Any, view: FlowView) -> None:
    if "1" in _all(layer, "handshake_type"):
        view.add(Kind.PROTOCOL, "ssl")
    for server in _all(layer, "handshake_extensions_server_name"):
        view.add(Kind.SNI, name(server))


def _quic(layer: Any, view: FlowView) -> None:
    if _all(layer, "long_packet_type"):
        view.add(Kind.PROTOCOL, "quic")
    for server in _all(layer, "tls_handshake_extensions_server_name"):
        view.add(Kind.QUIC_SNI, name(server))


def _dns(layer: Any, view: FlowView) -> None:
    if not _all(layer, "qry_name"):
        return
    view.add(Kind.PROTOCOL, "dns")
    view.add(Kind.DNS_NAME, name(_first(layer, "qry_name").replace("<Root>", "")))
    data = {kind: iter(_all(layer, field)) for kind, field in _DNS_DATA.items()}
    answers = int(_first(layer, "count_answers") or 0)
    for kind in itertools.islice(_all(layer, "resp_type"), answers):  # then come the other sections
        if kind in data:
            view.add(Kind.DNS_ANSWER, name(next(data[kind], "")))


def _http(layer: Any, view: FlowView) -> None:
    if _all(layer, "request_method") or _all(layer, "response_code"):
        view.add(Kind.PROTOCOL, "http")
    for host in _all(layer, "host"):
        view.add(Kind.HTTP_HOST, name(_PORT.sub("", host)))


def _smtp(layer: Any, view: FlowView) -> None:
    lines = [line.strip() for line in _all(layer, "command_line")]
    for line in lines:
        verb, _, rest = line.partition(" ")
        match verb.upper():
            case "EHLO" | "HELO":
                view.add(Kind.PROTOCOL, "smtp")
            case "MAIL" | "RCPT":
                far = domain(rest.partition(":")[2].strip().partition(" ")[0])
                view.add(
                    Kind.SMTP_COMMAND, f"{'mail from' if verb.upper() == 'MAIL' else 'rcpt to'} {far}" if far else None
                )
            case "STARTTLS":
                view.add(Kind.SMTP_COMMAND, "starttls")
            case "AUTH" if rest.strip():
                view.add(Kind.SMTP_COMMAND, f"auth {rest.split()[0].lower()}")
    if "354" in _all(layer, "response_code"):
        view.add(Kind.SMTP_COMMAND, "body")


def _mime(layer: Any, view: FlowView) -> None:
    """Parts that are attachments by their disposition; tshark lists types and dispositions apart, so only equal counts pair."""
    kinds, how = (
        _all(layer, "mime_multipart_header_content_type"),
        _all(layer, "mime_multipart_header_content_disposition"),
    )
    kinds, how = kinds or _all(layer, "header_content_type"), how or _all(layer, "header_content_disposition")
    if len(kinds) == len(how) + 1 and kinds[0].lower().startswith(("text/", "multipart/")):
        kinds = kinds[1:]  # the text itself has no disposition
    if len(kinds) != len(how):
        return
    for kind, disposition in zip(kinds, how, strict=True):
        if disposition.strip().lower().startswith("attachment"):
            view.add(Kind.ATTACHMENT, kind.split(";")[0].strip().lower())


def _ssh(layer: Any, view: FlowView) -> None:
    for banner in _all(layer, "protocol"):
        view.add(Kind.PROTOCOL, "ssh")
        view.add(Kind.SSH, ssh_software(banner))


def _rdp(layer: Any, view: FlowView) -> None:
    for asked in _all(layer, "negreq_requestedprotocols"):
        view.add(Kind.PROTOCOL, "rdp")
        words = [word for bit, word in _TLS_PROTOCOLS.items() if int(asked, 0) & bit]
        view.add(Kind.RDP, "asked " + " ".join(sorted(words)))
    for chosen in _all(layer, "negreq_selectedprotocol"):
        view.add(Kind.RDP, f"chosen {_TLS_PROTOCOLS.get(int(chosen, 0), 'rdp')}")


def _rfb(layer: Any, view: FlowView) -> None:
    for field in ("client_proto_ver", "server_proto_ver"):
        for version_ in _all(layer, field):
            view.add(Kind.PROTOCOL, "rfb")
            view.add(Kind.RFB, version_)
    for chosen in _all(layer, "client_security_type"):
        view.add(Kind.RFB, f"security {int(chosen, 0)}")


_READERS = {
    "tls": _tls, "quic": _quic, "dns": _dns, "http": _http, "smtp": _smtp, "imf": _mime, "mime_multipart": _mime, "ssh": _ssh,
    "rdp": _rdp, "vnc": _rfb,
}  # fmt: skip
