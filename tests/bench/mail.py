"""A gigabyte of clear mail: connections that each send `MAILS` mails by SMTP, a 1 MiB attachment in each, base64 in lines of 76."""

import base64
from pathlib import Path

import numpy as np

from sensor.demo.cast import DOCTOR, Host, host
from sensor.demo.film import SECOND, Film
from sensor.demo.morning import START
from sensor.demo.tcp import Conversation
from tests.bench.traffic import HEADER

ATTACHMENT = 1 << 20
GIGABYTE = 10**9
MAILS = 10

_HEAD = (
    b"From: scanner@cabinet-tilleuls.example\r\nTo: secretariat@laboratoire-vallon.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="==bench=="\r\n\r\n--==bench==\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    b'Bonjour\r\n--==bench==\r\nContent-Type: application/pdf; name="scan.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
    b'Content-Disposition: attachment; filename="scan.pdf"\r\n\r\n'
)


def smtp(path: Path, size: int = GIGABYTE) -> int:
    """Writes at least `size` bytes; returns how many mails they hold."""
    rng = np.random.default_rng(8)
    mail = _mail(rng.integers(0, 256, ATTACHMENT, dtype=np.uint8).tobytes())
    mails = 0
    with path.open("wb") as out:
        out.write(HEADER)
        while out.tell() < size:
            film = Film(mails)
            _connection(film, mails // MAILS, mail)
            out.write(film.develop(START + mails * SECOND)[len(HEADER) :])
            mails += MAILS
    return mails


def _mail(document: bytes) -> bytes:
    lines = base64.encodebytes(document).replace(b"\n", b"\r\n")
    return _HEAD + lines + b"--==bench==--\r\n.\r\n"


def _connection(film: Film, number: int, mail: bytes) -> None:
    client = Host("scanner", f"10.8.{number & 255}.20", DOCTOR.mac, 128)
    server = host("smtp.fournisseur.example", f"203.0.113.{1 + number % 250}", away_ms=2)
    talk = Conversation(film, client, server, 25, start=0)
    talk.say(b"220 smtp.fournisseur.example ESMTP\r\n", client=False)
    talk.say(b"EHLO scanner\r\n", client=True)
    talk.say(b"250-smtp.fournisseur.example\r\n250 8BITMIME\r\n", client=False)
    for _ in range(MAILS):
        talk.say(b"MAIL FROM:<scanner@cabinet-tilleuls.example>\r\n", client=True)
        talk.say(b"250 ok\r\n", client=False)
        talk.say(b"RCPT TO:<secretariat@laboratoire-vallon.example>\r\n", client=True)
        talk.say(b"250 ok\r\n", client=False)
        talk.say(b"DATA\r\n", client=True)
        talk.say(b"354 go\r\n", client=False)
        talk.say(mail, client=True)
        talk.say(b"250 ok\r\n", client=False)
    talk.say(b"QUIT\r\n", client=True)
    talk.say(b"221 bye\r\n", client=False)
    talk.close()
