"""Broken captures in the middle of clean ones: the clean one's verdict stays as it is, and memory bounded.

Each `malformed` capture of the corpus is put between two frames in the middle of a clean capture, frame by frame with its own
link type, its times pressed into the pause between the two. A file that is no capture goes in as Ethernet frames of its bytes.
"""

import csv
import gc

import pytest

from sensor.capture import CaptureError
from sensor.chain import Chain
from sensor.detect.alert import Alert
from sensor.settings import load
from sensor.stats import memory_kib
from tests.corpus.in_memory import Frame, InMemory, read

CLEAN = ("zeek/smtp.pcap", "suricata-verify/rfb-protocol-3.8__04-vnc-openwall-3.8.pcap", "ndpi/ssh.pcapng")
DERIVED = "derived-malformed/"  # zeek/smtp.pcap itself, broken: the same flows cannot be there twice
ETHERNET, MTU = 1, 1514
GROWN_KIB = 100 * 1024


def judged(frames, settings) -> dict[str, Alert]:
    return {alert.id: alert for batch in Chain(settings, seed=1).run(InMemory(frames)) for alert in batch}


def spliced(clean: list[Frame], broken: list[Frame]) -> list[Frame]:
    """The broken frames in the widest pause of the clean capture's middle half."""
    quarter = len(clean) // 4
    at = max(range(quarter, 3 * quarter), key=lambda i: clean[i + 1].ts - clean[i].ts)
    start, pause = clean[at].ts, clean[at + 1].ts - clean[at].ts
    step = max(pause // (len(broken) + 1), 0)
    between = [frame.at(start + step * (i + 1)) for i, frame in enumerate(broken)]
    return [*clean[: at + 1], *between, *clean[at + 1 :]]


def frames_of(path) -> list[Frame]:
    try:
        return read(path)
    except CaptureError:
        data = path.read_bytes()
        pieces = [data[at : at + MTU] for at in range(0, len(data), MTU)]
        return [Frame(0, ETHERNET, piece, len(piece)) for piece in pieces]


@pytest.fixture(scope="module")
def settings():
    return load(None, None)


def test_a_broken_capture_in_the_middle_changes_no_verdict(corpus, settings):
    if corpus is None:
        print("CORPUS NOT RUN")
        return
    clean = {name: read(corpus / name) for name in CLEAN}
    verdicts = {name: judged(frames, settings) for name, frames in clean.items()}
    assert all(verdicts.values())
    with (corpus / "labels.tsv").open() as labels:
        broken = [row["path"] for row in csv.DictReader(labels, delimiter="\t") if row["category"] == "malformed"]
    gc.collect()
    changed, before, most, frames = {}, memory_kib()["RssAnon"], 0, 0
    for number, path in enumerate(broken):
        name = CLEAN[1 if path.startswith(DERIVED) else 2 * (number % 2)]
        pieces = frames_of(corpus / path)
        frames += len(pieces)
        found = judged(spliced(clean[name], pieces), settings)
        most = max(most, memory_kib()["RssAnon"])
        if any(found.get(key) != alert for key, alert in verdicts[name].items()):
            changed[path] = name
    print(
        f"{len(broken)} malformed captures, {frames} frames, {len(changed)} verdicts changed, {most - before} KiB grown"
    )
    assert changed == {}
    assert most - before < GROWN_KIB


def test_a_splice_that_touches_the_flow_is_seen(corpus, settings):
    """The comparison itself works: a reset in the middle of the mail's flow changes its verdict."""
    if corpus is None:
        print("CORPUS NOT RUN")
        return
    clean = read(corpus / CLEAN[0])
    cut = [*clean[: len(clean) // 4], *clean[3 * len(clean) // 4 :]]
    assert judged(cut, settings) != judged(clean, settings)
