"""The scanner sends a mail in clear: within ten seconds of the packet a mail about it is in the DPO's mailbox, read back by IMAP.

`vigie watch`, `serve` and `relay` as on the box; the DPO's server is postfix with TLS and a password that dovecot knows. Then the test: the
page's request, watch's alert, the relay's mail, the server's answer. No canary of the lab's mails is in any mail that came. Prints the mail.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.lab import canaries, network
from tests.lab.lab import LabError, until
from tests.lab.sandbox import LAB
from tests.lab.scenario import Seen, Told
from tests.lab.services import mail, vigie
from tests.mailserver.server import DOMAIN, PASSWORD, USER, MailServer

LIVE = True
CONFIG = f"practice: {{name: Cabinet des Tilleuls}}\nprivacy: full\ndpo: {{mail: dpo@{DOMAIN}}}\ndevices:\n  - {{name: Scanner du secrétariat, ip: 192.168.1.20}}\n"
TOLD = (Told("mail", "smtp", "transfer", device="scanner", peer="mail", port=25, evidence=(("attachments", 1),)),)
MAY = (Told("health"),)  # the test alert
SEEN = (Seen("tcp", 25, "scanner", "mail", out=8_000),)
MOST = 10.0  # seconds from the mail on the wire to the mailbox


def _vigie(command, *more):
    return ["ip", "netns", "exec", network.WATCHER, Path(sys.executable).parent / "vigie", command, *more]


def _configured(server):
    """The policy that watch has, with the mail server; as `vigie setup mail` would write it."""
    (LAB / "smtp.password").write_text(PASSWORD + "\n")
    section = {
        "server": "localhost", "port": server.ports["submission"], "security": "starttls", "user": USER,
        "password_file": "smtp.password", "ca_file": str(server.ca), "json": True,
    }  # fmt: skip
    vigie.POLICY.write_text(f"{CONFIG}mail: {json.dumps(section)}\n")


def _told_within(server, lab):
    """Seconds from the first byte of the scanner's mail to the DPO's mailbox."""
    begun = time.monotonic()
    mail.swaks(lab["scanner"], "smtp.lab.example", attach=mail.pdf(lab["scanner"]))
    until(server.mails, "a mail in the DPO's mailbox", MOST + 10)
    return time.monotonic() - begun


def _text(told):
    """Headers and plain text as a mail program shows them; the HTML and the attachment by their size."""
    headers = "\n".join(
        f"{name}: {value}"
        for name, value in told.items()
        if name not in ("Received", "X-Original-To", "Delivered-To", "Return-Path")
    )
    parts = [part for part in told.walk() if not part.is_multipart()]
    sizes = ", ".join(f"{part.get_content_type()} {len(part.get_payload(decode=True)):,} bytes" for part in parts)
    return f"{headers}\n\n{told.get_body(('plain',)).get_content()}\n[{sizes}]"


def act(lab):
    with network.inside(network.WATCHER):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        server = MailServer(LAB / "dpo").start()
        _configured(server)
        said = (LAB / "relay.log").open("wb")
        relay = subprocess.Popen(
            _vigie("relay", "--state", vigie.STATE, "--config", vigie.POLICY),
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    until((vigie.STATE / "relay" / "vigie.db").exists, "vigie relay to start", 60)
    mail.postfix(lab["mail"])
    with network.inside(network.WATCHER):
        took = _told_within(server, lab)
        (told,) = server.mails()
        print(f"in the DPO's mailbox {took:.1f} s after swaks began\n{_text(told)}", flush=True)
        with vigie.Page():
            argv = _vigie("setup", "mail", "--config", vigie.POLICY, "--test", "--state", vigie.STATE)
            tried = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=90)
            print(tried.stdout, tried.stderr, flush=True)
            outbox = subprocess.run(
                _vigie("relay", "--outbox", "--state", vigie.STATE), capture_output=True, text=True, check=True
            )
            print(outbox.stdout, flush=True)
        relay.terminate()
        relay.wait(20)
        came = server.wait_for(2)
        server.stop()
    everything = b"\0".join(one.as_bytes() for one in came) + (LAB / "relay.log").read_bytes() + b"".join(
        path.read_bytes() for path in (vigie.STATE / "relay").rglob("*") if path.is_file()
    )  # fmt: skip
    wrong = [
        f"took {took:.1f} s" if took > MOST else "",
        "" if "Scanner du secrétariat" in told["subject"] else f"subject {told['subject']}",
        "" if tried.returncode == 0 else "the test alert was not taken",
        "" if len(came) == 2 else f"{len(came)} mails",
        f"found: {found}" if (found := canaries.betrayed_by(everything)) else "",
    ]
    if any(wrong):
        raise LabError("; ".join(filter(None, wrong)))
