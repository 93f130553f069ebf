"""postfix and dovecot on loopback, each on ports of their own, with a certificate of the lab's authority. Needs root, as postfix does.

| port | what |
| --- | --- |
| submission | STARTTLS required, then a password |
| tls | TLS from the start, then a password |
| clear | neither: what only a server on this machine may be |
| imap | the mailbox of whoever is written to |
"""

import email
import imaplib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.lab.authority import Authority, Pair
from tests.mailserver import dovecot

USER, PASSWORD = "vigie@cabinet.example", "mot de passe à accents"
HOST = "smtp.cabinet.example"
DOMAIN, MAILBOXES = "dpo.example", ("dpo", "doctor")
_QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "pid", "private", "public", "saved", "trace")  # fmt: skip
_DAEMONS = (
    ("cleanup", "unix", "n", 0, "cleanup"), ("qmgr", "unix", "n", 1, "qmgr"), ("tlsmgr", "unix", "-", 1, "tlsmgr"),
    ("rewrite", "unix", "-", "-", "trivial-rewrite"), ("bounce", "unix", "-", 0, "bounce"), ("defer", "unix", "-", 0, "bounce"),
    ("trace", "unix", "-", 0, "bounce"), ("virtual", "unix", "-", "-", "virtual"), ("error", "unix", "-", "-", "error"),
    ("discard", "unix", "-", "-", "discard"), ("proxymap", "unix", "-", "-", "proxymap"), ("anvil", "unix", "-", 1, "anvil"),
    ("scache", "unix", "-", 1, "scache"), ("postlog", "unix-dgram", "n", 1, "postlogd"),
)  # fmt: skip


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@dataclass
class MailServer:
    """Started by `start`, ended by `stop`, killed by `kill`; the mailbox outlasts both. `settings`: postfix's, beside the usual."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = (HOST, "localhost")

    def __post_init__(self) -> None:
        self.ports = {name: free_port() for name in ("submission", "tls", "clear", "imap")}
        self.authority = Authority(self.folder / "authority")
        self.pair: Pair = self.authority.pair(*self.names)
        self._postfix: subprocess.Popen[bytes] | None = None
        self._dovecot: subprocess.Popen[bytes] | None = None
        self.log = self.folder / "log"
        self.folder.chmod(0o755)
        for name in ("postfix/data", "dovecot", "mail", *(f"postfix/spool/{queue}" for queue in _QUEUES)):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("postfix/data", *(f"postfix/spool/{queue}" for queue in _QUEUES if queue != "pid")):
            shutil.chown(self.folder / name, "postfix")
        shutil.chown(self.folder / "mail", "mail", "mail")

    @property
    def ca(self) -> Path:
        return self.authority.file

    @property
    def running(self) -> bool:
        return self._postfix is not None and self._postfix.poll() is None

    def start(self) -> "MailServer":
        if self._dovecot is None:
            self._dovecot = self._run("dovecot", "-F", "-c", self._dovecot_conf())
            _until(self._answers(self.ports["imap"]), "dovecot")
        self._postfix_conf()
        self._postfix = self._run("/usr/lib/postfix/sbin/master", "-c", self.folder / "postfix", "-s")
        for name in ("submission", "tls", "clear"):
            _until(self._answers(self.ports[name]), f"postfix on {name}")
        return self

    def change(self, **settings: str) -> None:
        """postfix with other settings, from the next connection on."""
        self.settings = settings
        self.stop_postfix()
        self.start()

    def stop_postfix(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._postfix is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._postfix.pid, how)
            self._postfix.wait(20)
            _until(lambda: not self._answers(self.ports["clear"])(), "postfix to be gone")
            self._postfix = None

    def stop(self) -> None:
        self.stop_postfix()
        if self._dovecot is not None:
            self._dovecot.terminate()
            self._dovecot.wait(20)
            self._dovecot = None

    def kill(self) -> None:
        """All processes of postfix at once, as when the machine loses power."""
        self.stop_postfix(signal.SIGKILL)

    def empty(self) -> None:
        """No mail in any mailbox."""
        for path in [*self.folder.glob("mail/*/new/*"), *self.folder.glob("mail/*/cur/*")]:
            path.unlink()

    def mails(self, local: str = "dpo") -> list[EmailMessage]:
        """The mailbox, read by IMAP, oldest first."""
        with imaplib.IMAP4("127.0.0.1", self.ports["imap"]) as imap:
            imap.login(f"{local}@{DOMAIN}", "mailbox")
            imap.select("INBOX", readonly=True)
            numbers = imap.search(None, "ALL")[1][0].split()
            raw = [imap.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in numbers]
        return [email.message_from_bytes(one, policy=default) for one in raw]  # type: ignore[misc]

    def wait_for(self, count: int, local: str = "dpo", patience: float = 30.0) -> list[EmailMessage]:
        """Delivery is postfix's own queue: the answer to the dot comes first."""
        _until(lambda: len(self.mails(local)) >= count, f"{count} mails", patience)
        return self.mails(local)

    def flushed(self, patience: float = 30.0) -> None:
        """Waits until postfix has delivered all that it took. A queue file without its x bit was never whole, and is nobody's."""
        spool = self.folder / "postfix/spool"

        def empty() -> bool:
            files = [path for queue in ("incoming", "active") for path in (spool / queue).rglob("*") if path.is_file()]
            return not any(_mode(path) & 0o100 for path in files)

        _until(empty, "an empty queue", patience)

    def _run(self, *argv: str | Path) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)

    def _answers(self, port: int) -> Callable[[], bool]:
        def ready() -> bool:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return True
            return False

        return ready

    def _postfix_conf(self) -> None:
        home = self.folder / "postfix"
        mailboxes = ", ".join(f"{name}@{DOMAIN}={name}/" for name in MAILBOXES)
        settings = {
            "compatibility_level": "3.6", "queue_directory": home / "spool", "data_directory": home / "data", "mail_owner": "postfix",
            "myhostname": HOST, "mydestination": "", "mynetworks": "127.0.0.0/8", "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4",
            "virtual_mailbox_domains": DOMAIN, "virtual_mailbox_base": self.folder / "mail", "virtual_mailbox_maps": f"inline:{{ {mailboxes} }}",
            "virtual_uid_maps": "static:8", "virtual_gid_maps": "static:8", "virtual_minimum_uid": "1", "default_transport": "discard:",
            "smtpd_tls_cert_file": self.pair.certificate, "smtpd_tls_key_file": self.pair.key, "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": self.folder / "dovecot/auth", "smtpd_peername_lookup": "no", "maillog_file": "/dev/stdout",
            "maillog_file_prefixes": "/dev", "smtpd_client_connection_rate_limit": "0", "virtual_mailbox_limit": "0",
        }  # fmt: skip
        safe = "-o smtpd_sasl_auth_enable=yes -o smtpd_client_restrictions=permit_sasl_authenticated,reject"
        lines = [
            f"127.0.0.1:{self.ports['submission']} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt {safe}",
            f"127.0.0.1:{self.ports['tls']} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes {safe}",
            f"127.0.0.1:{self.ports['clear']} inet n - n - - smtpd -o smtpd_tls_security_level=none",
        ]
        lines += [f"{name} {kind} {public} {'n' if name == 'virtual' else '-'} n {300 if name == 'qmgr' else '-'} {limit} {program}" for name, kind, public, limit, program in _DAEMONS]  # fmt: skip
        main = "".join(f"{key} = {value}\n" for key, value in {**settings, **self.settings}.items())
        (home / "main.cf").write_text(main)
        (home / "master.cf").write_text("\n".join(lines) + "\n")

    def _dovecot_conf(self) -> Path:
        """One passdb for the sender's account, one for the mailboxes."""
        home = self.folder / "dovecot"
        users = home / "users"
        users.write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        conf = home / "dovecot.conf"
        conf.write_text(
            dovecot.head(
                base=home / "run", listen="127.0.0.1", protocols="imap", maildir=f"{self.folder}/mail/{dovecot.OWNER}"
            )
            + "ssl = no\n"
            + dovecot.passwords(users)
            + dovecot.password("mailbox")
            + f"service auth {{\n unix_listener {home}/auth {{\n  mode = 0666\n }}\n}}\n"
            f"service imap-login {{\n inet_listener imap {{\n  port = {self.ports['imap']}\n }}\n inet_listener imaps {{\n  port = 0\n }}\n}}\n"
        )
        return conf


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _until(ready: Callable[[], bool], what: str, patience: float = 30.0) -> None:
    end = time.monotonic() + patience
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {patience} s for {what}")
        time.sleep(0.05)
