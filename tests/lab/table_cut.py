"""A recording of many cells of the mail table, taken apart and judged.

Before each cell a post broadcasts its name (UDP port 9): so the recording itself says which flows are whose, wherever it is
kept. Judged are flows, in the chain that `vigie inspect` runs, with the rules loaded once for hundreds of small captures.
"""

import lzma
import socket
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.detect.alert_json import to_json
from sensor.settings import Settings, load
from tests.lab import canaries, network, recording
from tests.lab import scenario as scenarios
from tests.lab.frames import Frame, Way, all_payload, frames
from tests.lab.scenario import Alert
from tests.lab.table import Cell

MARK, BROADCAST, DISCARD = b"cell of the mail table: ", "192.168.1.255", 9
OPENING = 1_500  # octets a direction of an encrypted flow that are kept: its handshake
WHOLE = 6_000  # and of a clear one: all of it


def announce(cell: Cell) -> None:
    """What follows on the mirror is this cell's."""
    with network.inside("accueil"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sender.sendto(MARK + cell.name.encode(), (BROADCAST, DISCARD))


def split(data: bytes) -> dict[str, bytes]:
    """A recording → recordings of its cells, by name. A flow is of the cell in which it began, whenever it ends; a cell that
    is announced again begins anew.
    """
    parts: dict[str, list[bytes]] = {}
    now: str | None = None
    whose: dict[Way, str] = {}
    for frame in frames(data):
        if frame.way is None:
            continue
        if (name := _announced(frame)) is not None:
            now = name
            parts[now] = [data[:24]]
        if now is not None:
            cell = now if name else whose.setdefault(frame.way, now)
            whose[frame.way.back] = cell
            parts[cell] += [frame.head, frame.data]
    return {name: b"".join(part) for name, part in parts.items()}


def _announced(frame: Frame) -> str | None:
    assert frame.way is not None
    text = frame.data[frame.payload :]
    if (frame.way.target, frame.way.target_port) != (BROADCAST, DISCARD) or not text.startswith(MARK):
        return None
    return text[len(MARK) :].decode()


def thinned(cells: Iterable[Cell], data: bytes) -> bytes:
    """The recording with the cells that add something, each cut to what tells."""
    parts = split(data)
    kept = [
        recording.trim(parts[cell.name], WHOLE if cell.way == "clear" else OPENING)[24:]
        for cell in cells
        if cell.kept and cell.name in parts
    ]
    return data[:24] + b"".join(kept)


def keep(cells: Iterable[Cell], data: bytes, file: Path) -> None:
    """Writes them, packed: a cell is much like the next. Raises ValueError if that is too large for the repository."""
    packed = lzma.compress(thinned(cells, data), preset=9)
    if len(packed) > recording.LARGEST:
        raise ValueError(f"{file.name}: {len(packed)} bytes are too many")
    file.write_bytes(packed)


def judged(cells: Iterable[Cell], data: bytes) -> dict[str, list[str]]:
    """What is wrong with each cell that can be: sentences, none when all is right."""
    parts = split(data)
    with tempfile.TemporaryDirectory(prefix="vigie-lab-") as directory:
        file = Path(directory, "cell.pcap")
        return {
            cell.name: judge(cell, parts[cell.name], file) if cell.name in parts else ["it was not acted to its end"]
            for cell in cells
            if not cell.impossible
        }


def judge(cell: Cell, pcap: bytes, file: Path) -> list[str]:
    wrong = scenarios.unseen(cell.scenario, pcap)
    readable = canaries.plainly_in(all_payload(pcap))
    if cell.way == "clear" and not readable:
        wrong.append("nothing of it could be read on the way: it was not in clear")
    if cell.way != "clear" and readable:
        wrong.append(f"it could be read on the way: {', '.join(sorted(readable))}")
    file.write_bytes(pcap)
    return wrong + scenarios.judge(cell.scenario, told_of(file))


def told_of(file: Path) -> list[Alert]:
    last: dict[str, Alert] = {}
    for batch in Chain(_settings(), seed=1).run(open_capture(file)):
        last |= {alert.id: to_json(alert) for alert in batch}
    return list(last.values())


@cache
def _settings() -> Settings:
    return load(None, None)
