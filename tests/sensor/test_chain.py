"""The chain as a whole: the same verdicts however the packets arrive, alerts that go on, floods that cost no memory."""

import random
from pathlib import Path as FilePath

import numpy as np
import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether

from sensor.capture import FRAME, Frames, Path
from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.demo.morning import morning
from sensor.settings import load
from tests.sensor.track.frames import START, frames_of

RECORDED_SSH = FilePath(__file__).parents[1] / "recordings" / "remote_restarted_ssh.pcap"


class Batches:
    """A source that gives a capture's frames in batches of another size, or frames made by a test."""

    path = Path.KERNEL

    def __init__(self, batches):
        self._batches = batches

    def batches(self):
        yield from self._batches

    def kernel_drops(self):
        return 3

    def flaws(self):
        return ()

    def progress(self):
        return None

    def close(self):
        pass


@pytest.fixture(scope="module")
def settings():
    return load(None, None)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "morning.pcap"
    path.write_bytes(morning().develop(START))
    return path


def verdicts(chain, source):
    latest = {alert.id: alert for batch in chain.run(source) for alert in batch}
    return {
        (a.rule, a.app, a.device.ip, a.peer.host or a.peer.ip, a.bytes_out, a.bytes_in, a.packets, a.count)
        for a in latest.values()
    }


def cut(path, size):
    source = open_capture(path)
    for frames in source.batches():
        for start in range(0, len(frames.table), size):
            yield Frames(frames.data, frames.table[start : start + size])


def test_the_same_alerts_whatever_the_batches(settings, demo):
    whole = verdicts(Chain(settings, seed=1), open_capture(demo))
    assert {rule.split("-")[0] for rule, *_ in whole} >= {"mail", "messaging", "remote", "upload"}
    assert verdicts(Chain(settings, seed=2), Batches(cut(demo, 777))) == whole


def latest(chain, source, **how):
    return {alert.id: alert for batch in chain.run(source, **how) for alert in batch}


def test_a_session_goes_on_under_its_id_when_vigie_restarts(settings):
    """Half a session's packets, a restart, the other half: by its own bytes the rest could not be known."""
    (whole,) = (frames for frames in open_capture(RECORDED_SSH).batches() if len(frames.table))
    middle = int(np.searchsorted(whole.table["ts"], whole.table["ts"][-1] - 3_000_000_000))
    halves = [Frames(whole.data, whole.table[part]) for part in (slice(middle), slice(middle, None))]
    (before,) = latest(Chain(settings, seed=1), Batches(halves[:1]), goes_on=True).values()
    assert not before.ended
    (after,) = latest(Chain(settings, seed=1, known=[before]), Batches(halves[1:]), goes_on=True).values()
    assert (after.id, after.first_seen, after.confidence) == (before.id, before.first_seen, before.confidence)
    assert (after.last_seen, after.ended) > (before.last_seen, before.ended)
    assert after.bytes_out > before.bytes_out
    assert "start_seen" not in dict(after.evidence)
    assert latest(Chain(settings, seed=1), Batches(halves[1:])) == {}
    (stopped,) = latest(Chain(settings, seed=1), Batches(halves[:1])).values()
    assert latest(Chain(settings, seed=1, known=[stopped]), Batches(halves[1:])) == {}


def test_a_session_whose_start_was_not_seen_is_probable_and_says_so(settings):
    """The box came when the connection stood already, and before the two sides had said what they speak."""
    (whole,) = (frames for frames in open_capture(RECORDED_SSH).batches() if len(frames.table))
    (seen,) = latest(Chain(settings, seed=1), Batches([whole])).values()
    begun = int(np.searchsorted(whole.table["ts"], seen.first_seen))
    rest = Frames(whole.data, whole.table[begun + 3 :])  # without the three packets that open it
    (late,) = latest(Chain(settings, seed=1), Batches([rest])).values()
    assert (late.rule, late.app, late.nature) == (seen.rule, seen.app, seen.nature)
    assert (seen.confidence, late.confidence) == ("certain", "probable")
    assert dict(late.evidence)["start_seen"] is False
    assert "start_seen" not in dict(seen.evidence)


def test_alerts_of_an_earlier_run_go_on_under_their_id(settings, demo):
    first = {alert.id: alert for batch in Chain(settings, seed=1).run(open_capture(demo)) for alert in batch}
    mail = next(alert for alert in first.values() if alert.category == "mail")
    again = Chain(settings, seed=1, known=first.values())
    second = {alert.id: alert for batch in again.run(open_capture(demo)) for alert in batch}
    assert second[mail.id].count == mail.count + 1


def test_figures(settings, demo):
    chain = Chain(settings, seed=1)
    alerts = {alert.id for batch in chain.run(open_capture(demo)) for alert in batch}
    stats = chain.stats()
    source = open_capture(demo)
    packets = sum(len(frames.table) for frames in source.batches())
    assert stats.packets == packets == stats.packets_by_path["kernel"]
    assert stats.alerts == len(alerts)
    assert stats.done_right >= 2  # mail to MSSanté, a backup to an HDS host
    assert set(stats.unreadable) == {"snapped"}  # bulk is kept by its headers only
    assert START <= stats.first_packet < START + 1_000_000_000
    assert sum(row.bytes_out for row in chain.take_series()) > 80_000_000


def test_the_source_s_losses_are_told(settings):
    chain = Chain(settings, seed=1)
    list(chain.run(Batches([frames_of([])])))
    assert chain.stats().kernel_drops == 3
    assert chain.stats().first_packet is None


def test_a_flood_of_new_flows_costs_accuracy_never_memory(settings):
    """Half a million connection attempts, each from another port and address, a microsecond apart."""
    packet = bytes(Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(flags="S"))
    count, rng = 500_000, np.random.default_rng(random.Random(4).randrange(1 << 30))
    data = np.tile(np.frombuffer(packet, dtype=np.uint8), (count, 1))
    data[:, 26:38] = rng.integers(0, 256, (count, 12), dtype=np.uint8)  # both addresses, both ports
    table = np.zeros(count, dtype=FRAME)
    table["offset"] = np.arange(count) * len(packet)
    table["ts"] = START + np.arange(count) * 1_000
    table["caplen"] = table["wirelen"] = len(packet)
    table["link"] = 1
    chain = Chain(settings, seed=1)
    flat = data.reshape(-1)
    batches = [Frames(flat, table[i : i + 4096]) for i in range(0, count, 4096)]
    assert [batch for batch in chain.run(Batches(batches)) if batch] == []
    stats = chain.stats()
    assert stats.packets == stats.flows == count
    assert stats.evictions["flows"] >= count - len(chain._kernel.tables.flows)
    assert stats.shed > 0
    assert chain._tracker._flows == {}
    assert sum(row.flows for row in chain.take_series()) == count


def test_every_byte_of_the_series_has_a_class_of_destination_or_a_reason(settings, demo):
    chain = Chain(settings, seed=1)
    verdicts(chain, open_capture(demo))
    rows = chain.take_series()
    sums = {}
    for row in rows:
        sums[row.destination] = sums.get(row.destination, 0) + row.bytes_out
    assert sums["transfer"] > 80_000_000
    assert {"local", "messaging", "named"} <= sums.keys()
    assert sum(sums.values()) == sum(row.bytes_out for row in rows)
    assert sums.keys() <= {
        "local",
        "messaging",
        "named",
        "transfer",
        "mssante",
        "hds",
        "old",
        "missed",
        "nameless",
        "unread",
        "",
    }
