"""Names that hurt, from packets through the chain and the store into the report: they are shown, and do nothing."""

import csv
import io
import json
import threading
import unicodedata

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from dashboard.cli.watching import Terms, run_watch
from dashboard.report.facts import Known
from dashboard.report.making import Asked, known_of, made
from dashboard.report.texts import words
from sensor.capture.files import open_capture
from sensor.settings import load
from tests.dashboard.report.conftest import LATER, LISTS, OCTOBER, at
from tests.privacy.conversations import OUTSIDE, PDF, POST, capture, mac, message, smtp, tcp, udp

SHOWN = {
    "markup of typst": b'x#panic("boom")*_$a$@ref<label>`code`\\=',
    "a comment and an import": b'[//x]/**/#import"/etc/passwd":*#read("/etc/passwd")',
    "right to left": b"\xe2\x80\xaemoc.live\xe2\x80\xac.\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
    "300 characters": b"y" * 60 + b"." + b"z" * 60 + b"." + b"v" * 60 + b"." + b"w" * 60 + b"." + b"u" * 55,
    "control characters": b"a\x1b[31mb\x07c\x00d\x9b",
    "a spreadsheet's formula": b"=cmd|'/C calc'!A0",
}


@pytest.fixture
def month(tmp_path):
    """`month(name)` → (files, what the text of the PDF is read from): that name wherever a device or a server says one."""

    def make(name):
        packets = [
            (0.0, _asks(name)),
            *_named(name, at=0.2),
            *tcp(smtp(message(PDF), greeting=name.replace(b"\0", b"")), at=1.0),
        ]
        begins = at(7)
        film = capture(tmp_path / "film.pcap", packets)
        config = tmp_path / "vigie.yml"
        config.write_text(f"privacy: full\npractice:\n  name: {json.dumps(name.decode('utf-8', 'replace'))}\n")
        settings = load(config, None)
        source = open_capture(film)
        run_watch(_Moved(source, begins), settings, tmp_path / "state", threading.Event(), Terms(clock=lambda: begins))
        known = known_of(settings.policy, Known(lists=LISTS))
        return made(Asked(tmp_path / "state", OCTOBER, settings.policy, words("fr"), known, LATER, "9.9"))

    return make


class _Moved:
    """A source whose clock begins elsewhere."""

    def __init__(self, inner, begins):
        self._inner, self._begins, self.path = inner, begins, inner.path

    def batches(self):
        for frames in self._inner.batches():
            table = frames.table.copy()
            if len(table):
                table["ts"] += self._begins - table["ts"][0]
            yield frames._replace(table=table)

    def kernel_drops(self):
        return 0

    def flaws(self):
        return ()

    def progress(self):
        return None

    def close(self):
        self._inner.close()


def _asks(name):
    """The device says how it is called (RFC 2132 §3.14)."""
    options = [("message-type", "request"), ("hostname", name[:250]), "end"]
    asks = BOOTP(chaddr=bytes.fromhex(mac(POST).replace(":", "")), ciaddr=POST) / DHCP(options=options)
    return (
        Ether(src=mac(POST), dst="ff:ff:ff:ff:ff:ff")
        / IP(src=POST, dst="255.255.255.255")
        / UDP(sport=68, dport=67)
        / asks
    )


def _named(name, at):
    """The server's address has that name."""
    labels = [part[:63] for part in name.split(b".") if part]
    wire = b"".join(bytes([len(part)]) + part for part in labels)[:250] + b"\0"
    question = b"\0\7\1\0\0\1\0\0\0\0\0\0" + wire + b"\0\1\0\1"
    answer = b"\0\7\x81\x80\0\1\0\1\0\0\0\0" + wire + b"\0\1\0\1\xc0\x0c\0\1\0\1\0\0\x01\x2c\0\4"
    return udp(question, answer + bytes(map(int, OUTSIDE.split("."))), at=at, server="192.168.1.1")


@pytest.mark.parametrize("name", SHOWN.values(), ids=SHOWN)
def test_it_is_shown_and_does_nothing(month, text, name):
    files = month(name)
    rows = list(csv.DictReader(io.StringIO(files.csv.decode("utf-8-sig"))))
    (mail,) = [row for row in rows if row["table"] == "alert" and row["category"] == "mail"]
    told = text(files.pdf)
    kept = files.csv.decode() + json.dumps(json.loads(files.json), ensure_ascii=False)
    everything = told + kept
    assert not {char for char in kept if unicodedata.category(char) in ("Cc", "Cf") and char not in "\r\n\ufeff"}
    assert not {char for char in told if unicodedata.category(char) == "Cc"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert max(map(len, mail.values())) <= 60
    assert "root:" not in everything
    assert "Un courrier avec pièce jointe est parti sans chiffrement" in told
    shown = "".join(char for char in name.decode("utf-8", "replace") if char.isalnum())[:4]
    assert shown in "".join(char for char in everything if char.isalnum())
