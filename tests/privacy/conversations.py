"""Conversations as packets: who says what, in order, and the capture or the alerts that they become. For tests of the whole chain."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from sensor.capture import Path as Way
from sensor.chain import Chain
from sensor.settings import load
from tests.sensor.track.frames import START, frames_of

MSS = 1_400
POST, SCANNER, LOCAL_SERVER = "192.168.1.20", "192.168.1.40", "192.168.1.2"
OUTSIDE = "203.0.113.25"
ROUTER = "02:00:00:00:00:01"

_ports = count(40_000)


def mac(ip: str) -> str:
    return f"02:00:00:00:01:{int(ip.rpartition('.')[2]):02x}" if ip.startswith("192.168.") else ROUTER


@dataclass(frozen=True)
class Says:
    """Bytes of one side."""

    data: bytes
    client: bool = True


def C(data: bytes) -> Says:  # noqa: N802 - reads like the side of an RFC's example
    return Says(data)


def S(data: bytes) -> Says:  # noqa: N802
    return Says(data, client=False)


def tcp(says, *, client=POST, server=OUTSIDE, port=25, at=0.0):
    """[(seconds, packet)]: handshake, what is said in segments that are acknowledged, farewell."""
    sport, seq, packets = 20_000 + next(_ports) % 40_000, [1_000, 9_000_000], []

    def send(side, flags, data=b""):
        one, other = (client, server) if side == 0 else (server, client)
        ports = (sport, port) if side == 0 else (port, sport)
        ack = seq[1 - side] if flags != "S" else 0
        header = TCP(sport=ports[0], dport=ports[1], seq=seq[side], ack=ack, flags=flags, window=64_000)
        packet = Ether(src=mac(one), dst=mac(other)) / IP(src=one, dst=other) / header / data
        packets.append((at + len(packets) * 0.0005, packet))
        seq[side] += len(data) + ("S" in flags or "F" in flags)

    for side, flags in ((0, "S"), (1, "SA"), (0, "A")):
        send(side, flags)
    for one in says:
        side = 0 if one.client else 1
        for start in range(0, len(one.data), MSS):
            send(side, "PA", one.data[start : start + MSS])
        send(1 - side, "A")
    for side, flags in ((0, "FA"), (1, "FA"), (0, "A")):
        send(side, flags)
    return packets


def udp(data, answer, *, client=POST, server=OUTSIDE, port=53, at=0.0):
    """[(seconds, packet)]: a question and its answer."""
    sport = 20_000 + next(_ports) % 40_000
    there = Ether(src=mac(client), dst=mac(server)) / IP(src=client, dst=server) / UDP(sport=sport, dport=port) / data
    back = Ether(src=mac(server), dst=mac(client)) / IP(src=server, dst=client) / UDP(sport=port, dport=sport) / answer
    return [(at, there), (at + 0.01, back)]


def capture(path: Path, packets) -> Path:
    """The conversations as a capture file."""
    timed = []
    for seconds, packet in sorted(packets, key=lambda pair: pair[0]):
        packet.time = START / 1e9 + seconds
        timed.append(packet)
    wrpcap(str(path), timed)
    return path


class Played:
    """A source made of packets."""

    path = Way.KERNEL

    def __init__(self, packets):
        self._packets = sorted(packets, key=lambda pair: pair[0])

    def batches(self):
        yield frames_of(self._packets)

    def kernel_drops(self):
        return 0

    def flaws(self):
        return ()

    def progress(self):
        return None

    def close(self):
        pass


def alerts_of(*conversations, settings=None):
    """The chain's alerts at the end, in order of first sight."""
    chain = Chain(settings or load(None, None), seed=1)
    latest = {a.id: a for batch in chain.run(Played([p for one in conversations for p in one])) for a in batch}
    return sorted(latest.values(), key=lambda a: (a.first_seen, a.rule))


# Mail


def message(*parts, to="a@example.org", subject="x", body="Bonjour.", kind="mixed"):
    """A mail with parts already made: (fields, body) each."""
    head = f"From: b@cabinet.example\r\nTo: {to}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n".encode()
    if not parts:
        return head + b"\r\n" + body.encode() + b"\r\n"
    text = (b"Content-Type: text/plain; charset=utf-8", body.encode())
    pieces = b"".join(b"--=_b\r\n" + fields + b"\r\n\r\n" + data + b"\r\n" for fields, data in (text, *parts))
    return head + f'Content-Type: multipart/{kind}; boundary="=_b"\r\n\r\n'.encode() + pieces + b"--=_b--\r\n"


PDF = (
    b'Content-Type: application/pdf; name="a.pdf"\r\nContent-Disposition: attachment; filename="a.pdf"',
    b"%PDF-1.4\r\n" + b"0123456789\r\n" * 40,
)


def smtp(mail, *, to="a@example.org", greeting=b"mail.example.org", auth=()):
    """What a mail program and a server say, without TLS."""
    return [
        S(b"220 " + greeting + b" ESMTP\r\n"),
        C(b"EHLO poste\r\n"),
        S(b"250-" + greeting + b"\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n"),
        *auth,
        C(b"MAIL FROM:<b@cabinet.example>\r\n"),
        S(b"250 ok\r\n"),
        C(b"RCPT TO:<" + to.encode() + b">\r\n"),
        S(b"250 ok\r\n"),
        C(b"DATA\r\n"),
        S(b"354 go\r\n"),
        C(mail + b".\r\n"),
        S(b"250 queued\r\n"),
        C(b"QUIT\r\n"),
        S(b"221 bye\r\n"),
    ]


def pop3(mail, *, user="b", password="x"):
    return [
        S(b"+OK POP3 ready\r\n"),
        C(f"USER {user}\r\n".encode()),
        S(b"+OK\r\n"),
        C(f"PASS {password}\r\n".encode()),
        S(b"+OK 1 message\r\n"),
        C(b"RETR 1\r\n"),
        S(b"+OK %d octets\r\n" % len(mail) + mail + b".\r\n"),
        C(b"QUIT\r\n"),
        S(b"+OK bye\r\n"),
    ]


def imap(mail, *, user="b", password="x"):
    return [
        S(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"),
        C(f'a1 LOGIN "{user}" "{password}"\r\n'.encode()),
        S(b"a1 OK in\r\n"),
        C(b'a2 SELECT "INBOX"\r\n'),
        S(b"* 1 EXISTS\r\na2 OK [READ-WRITE] done\r\n"),
        C(b"a3 FETCH 1 BODY[]\r\n"),
        S(b"* 1 FETCH (BODY[] {%d}\r\n" % len(mail) + mail + b")\r\na3 OK done\r\n"),
        C(b"a4 LOGOUT\r\n"),
        S(b"* BYE\r\na4 OK\r\n"),
    ]
