"""Zeek's letters and states, from packets; and against the logs that Zeek itself wrote for captures of the corpus."""

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.packet import Raw

from sensor.wire.kernel.zeek import conn_state, history_text
from tests.sensor.wire.kernel.made import down, frames_of, handshake, up, walk

A, B = "10.0.0.1", "192.0.2.9"


def packets(script):
    """ "S" from the client, "h" from the server… each as Zeek's history writes it."""
    flags = {"s": "S", "h": "SA", "a": "A", "d": "PA", "f": "FA", "r": "R", "w": "A", "i": "FR", "q": "SF"}
    seq = {True: 1000, False: 5000}
    out = []
    for letter in script:
        up = letter.isupper()
        kind = letter.lower()
        ip = IP(src=A, dst=B) if up else IP(src=B, dst=A)
        ports = (40000, 443) if up else (443, 40000)
        tcp = TCP(sport=ports[0], dport=ports[1], flags=flags[kind], seq=seq[up], window=0 if kind == "w" else 512)
        payload = b"data" if kind == "d" else b""
        out.append(ip / tcp / Raw(payload))
        seq[up] += len(payload) + (kind in "shfq")
    return out


def told(script):
    row = walk(frames_of(packets(script), link=228)).rows[0]
    return conn_state(
        int(row["proto"]),
        (int(row["orig_pkts"]), int(row["resp_pkts"])),
        (int(row["orig_flags"]), int(row["resp_flags"])),
    ), history_text(int(row["history"]))


def history(*packets):
    (row,) = walk(frames_of([*handshake(), *packets])).rows
    return history_text(int(row["history"]))


def test_a_gap_is_told_when_the_receiver_has_what_was_not_seen():
    late, ack = up(flags="PA", seq=1011) / Raw(b"later"), down(flags="A", seq=5001, ack=1016)
    assert history(late, down(flags="A", seq=5001, ack=1001)) == "ShADa"
    assert history(late, ack) == "ShADaG"
    assert history(late, up(flags="PA", seq=1001) / Raw(b"0123456789"), ack) == "ShADa"
    assert history(down(flags="PA", seq=5011) / Raw(b"x"), up(flags="A", seq=1001, ack=5012)) == "ShAdg"


@pytest.mark.parametrize(
    ("script", "state", "history"),
    [
        ("S", "S0", "S"),
        ("ShADadFf", "SF", "ShADadFf"),
        ("ShADadfF", "SF", "ShADadfF"),
        ("ShADad", "S1", "ShADad"),
        ("ShADadDdDdDd", "S1", "ShADad"),
        ("Sr", "REJ", "Sr"),
        ("ShADaF", "S2", "ShADaF"),
        ("ShADaf", "S3", "ShADaf"),
        ("ShADdR", "RSTO", "ShADdR"),
        ("ShADdr", "RSTR", "ShADdr"),
        ("SR", "RSTOS0", "SR"),
        ("hr", "RSTRH", "^hr"),
        ("SF", "SH", "SF"),
        ("hf", "SHR", "^hf"),
        ("DaDd", "OTH", "Dad"),
        ("ShAW", "S1", "ShAW"),
        ("ShAI", "RSTO", "ShAFIR"),
    ],
)
def test_tcp(script, state, history):
    assert told(script) == (state, history)


def test_a_repeated_payload_is_a_t():
    script = packets("ShAD")
    row = walk(frames_of([*script, script[-1]], link=228)).rows[0]
    assert history_text(int(row["history"])) == "ShADT"


def test_datagrams():
    ask = IP(src=A, dst=B) / UDP(sport=5000, dport=53) / Raw(b"?")
    answer = IP(src=B, dst=A) / UDP(sport=53, dport=5000) / Raw(b"!")
    for sent, state, history in [([ask], "S0", "D"), ([ask, answer], "SF", "Dd"), ([answer], "SHR", "^d")]:
        row = walk(frames_of(sent, link=228)).rows[0]
        assert conn_state(17, (int(row["orig_pkts"]), int(row["resp_pkts"])), (0, 0)) == state
        assert history_text(int(row["history"])) == history
    assert conn_state(1, (1, 1), (0, 0)) == "OTH"


def test_a_full_history_drops_the_rest():
    row = walk(frames_of(packets("ShADadTtWwQqFfRr".replace("T", "D").replace("t", "d")), link=228)).rows[0]
    assert len(history_text(int(row["history"]))) <= 12
