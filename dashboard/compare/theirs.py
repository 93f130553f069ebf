"""Wireshark's view of a capture: tshark through pyshark, bounded in memory and time, and started anew for every chunk.

tshark reads the file itself (`-r`; what it is given on standard input it copies to disk). What it must write goes into a
private directory that is emptied at the end. Its limits are the kernel's, set by the two lines of shell that start it.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pyshark
from pyshark.capture.capture import TSharkCrashException

from dashboard.compare import FlowView, Views
from dashboard.compare.layers import READERS, first
from sensor.track.community_id import community_id

CHUNK = 250_000  # packets that one tshark dissects
MEMORY_KIB = 4 << 20  # address space
CPU_SECONDS = 600
FILTER = (  # of each protocol the packets that say something: what only runs on is most of a capture
    "dns || tls.handshake.type == 1 || quic.long.packet_type || http.request.method || http.response.code || http.host"
    " || smtp.command_line || smtp.response.code || imf || mime_multipart || ssh.protocol"
    " || rdp.negReq.requestedProtocols || rdp.negReq.selectedProtocol"
    " || vnc.client_proto_ver || vnc.server_proto_ver || vnc.client_security_type"
    " || _ws.malformed"
)
MALFORMED = "_ws.malformed"
CUT = frozenset({"_ws.short", "_ws.unreassembled"})  # by the capture; a fragment without the others
WORDS = f"ip ipv6 tcp udp dns tls quic http smtp imf mime_multipart ssh rdp vnc {MALFORMED} {' '.join(CUT)}"
"""Protocols told in full. Of the others, a packet's own bodies among them, only the name: megabytes of words for one mail else."""
_PROTO = {"tcp": 6, "udp": 17}
UNKNOWN = "(retcode: 255)"  # asyncio: the child had ended, and nobody saw how
_SYNS = 3  # of tcp.completeness: SYN, SYN and ACK


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
    loop = _loop()
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
        if not read and UNKNOWN not in str(crash):  # else the file was cut short: what could be read is compared
            raise NoWiresharkError(f"{file}: tshark could not read it: {_last_words(crash)}") from None
    finally:
        loop.close()
        capture._running_processes.clear()  # noqa: SLF001 - or its destructor would wait for them once more


def _loop() -> asyncio.AbstractEventLoop:
    """Its own: the one that pyshark looks for Python has no more."""
    loop = asyncio.new_event_loop()
    if sys.version_info < (3, 12):  # whose usual watcher loses a child that has ended too soon
        watcher = asyncio.SafeChildWatcher()
        watcher.attach_loop(loop)
        asyncio.set_child_watcher(watcher)
    return loop


def _last_words(crash: TSharkCrashException) -> str:
    said = str(crash).partition("Last error line: ")[2] or str(crash)
    return said.splitlines()[0]


def _take(packet: Any, views: Views) -> None:
    """Adds what one packet's layers say to its innermost flow."""
    network, view = None, None
    words = {layer.layer_name for layer in packet.layers}
    malformed = MALFORMED in words
    cut = int(packet.captured_length) < int(packet.length) or not CUT.isdisjoint(words)
    for layer in packet.layers:
        word = layer.layer_name
        if word in {"ip", "ipv6"}:
            network = layer
        elif word in _PROTO:
            view = _flow(network, layer, views)
            if view is not None:
                view.gap |= cut or (word == "tcp" and _lacks(layer))
                view.strayed |= malformed and word == "tcp"
        elif view is not None and word in READERS:
            read = FlowView() if malformed or view.strayed else view
            READERS[word](layer, read)
            if read is not view:
                view.doubt(read)


def _lacks(tcp: Any) -> bool:
    """Were bytes of this connection lost right before this packet, or its start?"""
    lost = tcp.get_field("analysis_lost_segment") is not None or tcp.get_field("analysis_ack_lost_segment") is not None
    return lost or not int(first(tcp, "completeness") or _SYNS) & _SYNS


def _flow(network: Any, transport: Any, views: Views) -> FlowView | None:
    if network is None:
        return None
    proto = transport.layer_name
    ends = [(first(network, side), first(transport, port)) for side, port in (("src", "srcport"), ("dst", "dstport"))]
    if not all(ip and port for ip, port in ends):
        return None
    (one, one_port), (two, two_port) = ends
    key = community_id(_PROTO[proto], ip_address(one).packed, int(one_port), ip_address(two).packed, int(two_port))
    view = views.flow(key)
    view.ends = view.ends or f"{proto} {one}:{one_port} > {two}:{two_port}"
    return view
