"""Mail: postfix and dovecot on the ISP's side, and the clients that practices, their machines and their software use."""

import random
import shutil
from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import Node

SENDER = f"{canaries.LOCAL_PART}@cabinet.example"
RECIPIENT = f"{canaries.RECIPIENT}@lab.example"
TEXT = f"Bonjour,\n\nCompte rendu de {canaries.PATIENT}.\n{canaries.BODY}\n"
QUEUES = [
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "maildrop",
    "pid",
    "private",
    "public",
    "saved",
    "trace",
]


def pdf(host: Node, size: int = 8_000) -> Path:
    """A small PDF whose bytes are the same each time; its name and its content are canaries."""
    filler = random.Random(7).randbytes(size // 2).hex().encode()
    body = b"%PDF-1.4\n%" + canaries.BODY.encode() + b"\n%" + filler + b"\n%%EOF\n"
    return host.file(f"{canaries.FILE}.pdf", body)


def postfix(host: Node, *, ports: tuple[str, ...] = ("smtp",), tls: str = "none") -> None:
    """postfix that takes every mail and drops it. `tls`: "none", "may" (STARTTLS) or "encrypt"."""
    home = host.home / "postfix"
    for name in ("data", *(f"spool/{queue}" for queue in QUEUES)):
        (home / name).mkdir(parents=True)
        shutil.chown(home / name, "root" if name == "spool/pid" else "postfix")
    pair = host.certificate()
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": home / "spool",
        "data_directory": home / "data",
        "mail_owner": "postfix",
        "myhostname": host.host.names[0],
        "mydestination": "",
        "mynetworks": "127.0.0.0/8",
        "inet_interfaces": host.ip,
        "inet_protocols": "ipv4",
        "relay_domains": "static:all",
        "relay_transport": "discard:",
        "default_transport": "discard:",
        "smtpd_tls_security_level": tls,
        "smtpd_tls_cert_file": pair.certificate,
        "smtpd_tls_key_file": pair.key,
        "smtpd_peername_lookup": "no",
        "maillog_file": "/dev/stdout",
        "maillog_file_prefixes": "/dev",
    }
    lines = []
    for port in ports:
        wrap = " -o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt" if port == "smtps" else ""
        lines.append(f"{port} inet n - n - - smtpd{wrap}")
    for name, kind, limit, program in (
        ("pickup", "unix", 1, "pickup"), ("cleanup", "unix", 0, "cleanup"), ("qmgr", "unix", 1, "qmgr"),
        ("tlsmgr", "unix", 1, "tlsmgr"), ("rewrite", "unix", "-", "trivial-rewrite"), ("bounce", "unix", 0, "bounce"),
        ("defer", "unix", 0, "bounce"), ("trace", "unix", 0, "bounce"), ("verify", "unix", 1, "verify"),
        ("discard", "unix", "-", "discard"), ("error", "unix", "-", "error"), ("proxymap", "unix", "-", "proxymap"),
        ("anvil", "unix", 1, "anvil"), ("scache", "unix", 1, "scache"), ("postlog", "unix-dgram", 1, "postlogd"),
    ):  # fmt: skip
        public = name in ("pickup", "cleanup", "qmgr", "postlog")
        lines.append(f"{name} {kind} {'n' if public else '-'} - n {300 if name == 'qmgr' else '-'} {limit} {program}")
    host.file("postfix/main.cf", "".join(f"{key} = {value}\n" for key, value in settings.items()))
    host.file("postfix/master.cf", "\n".join(lines) + "\n")
    first = {"smtp": 25, "submission": 587, "smtps": 465}.get(ports[0]) or int(ports[0])
    host.start(
        "/usr/lib/postfix/sbin/master", "-c", home, "-s", port=first
    )  # what `postfix start-fg` ends in, without its checks


def swaks(host: Node, server: str, *more: str | Path, attach: Path | None = None, port: int = 25) -> str:
    """swaks: what scanners and scripts say to a mail server."""
    attached = ["--attach-type", "application/pdf", "--attach", f"@{attach}"] if attach else []
    return host.run(
        "swaks", "--server", server, "--port", str(port), "--helo", f"{host.name}.cabinet.example", "--from", SENDER, "--to", RECIPIENT,
        "--header", f"Subject: {canaries.SUBJECT}", "--header", f"From: {canaries.PATIENT} <{SENDER}>", "--body", TEXT, *attached, *more,
    )  # fmt: skip
