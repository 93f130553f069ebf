"""A gigabyte of clear mail, beside Suricata: `./tests/bench/run --only mail`.

Connections that each send `MAILS` mails by SMTP, a 1 MiB attachment in each, base64 in lines of 76. Start-up is what the same command
costs on one connection. Suricata (Debian 13's, or Debian 12's backports) runs as Debian sets it up, without rules, with its SMTP and files.
"""

import base64
import shutil
from pathlib import Path

import numpy as np

from sensor.demo.cast import DOCTOR, Host, host
from sensor.demo.film import SECOND, Film
from sensor.demo.morning import START
from sensor.demo.tcp import Conversation
from tests.bench.measure import best, figures, run, vigie
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


def compare(folder: Path, rounds: int) -> list[str]:
    """One line a program."""
    one, all_of_it, stats = folder / "mail-one.pcap", folder / "mail.pcap", folder / "mail.json"
    smtp(one, 1_000)
    mails = smtp(all_of_it)
    size = all_of_it.stat().st_size
    run(*vigie(one, stats))  # compiles what is not compiled yet
    lines = []
    for program, command in {"vigie": vigie, "suricata": _suricata}.items():
        if not shutil.which(program) and program != "vigie":
            continue
        begun = best(rounds, *command(one, stats)).cpu
        flat = figures(stats)["rss_anon_kib"] / 1024
        work = best(rounds, *command(all_of_it, stats)).cpu - begun
        memory = (
            f", RssAnon {flat:.0f} MB, then {figures(stats)['rss_anon_kib'] / 1024:.0f} MB"
            if program == "vigie"
            else ""
        )
        lines.append(
            f"mail  {program:10} {mails} mails, {size / 1e9:.2f} GB in {work:6.2f} CPU-s (start-up {begun:.2f} s taken off){memory}"
        )
        print(lines[-1], flush=True)
    return lines


def _suricata(capture: Path, stats: Path) -> tuple[str, ...]:
    return (
        "suricata",
        "-r",
        str(capture),
        "-l",
        str(stats.parent),
        "-S",
        "/dev/null",
        "-k",
        "none",
        "--runmode",
        "single",
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
