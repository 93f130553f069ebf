"""Mail programs, each asked the same way: what a cell of the mail table needs of it. Ways: "clear", "starttls", "tls".

`SENDERS[program](host, server, port, way, login, attached)` sends a mail; `FETCHERS[program](host, protocol, server, port, way)`
fetches the inbox; `FILERS[program](host, server, port, way, mail)` puts a mail into it.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import Node
from tests.lab.services import mail
from tests.lab.table import SIZE

TRUSTED = "/etc/ssl/certs/ca-certificates.crt"


def attachment(host: Node) -> Path:
    return mail.pdf(host, SIZE)


def message(*, attached: bool) -> bytes:
    return mail.message(*([mail.pdf_part(SIZE)] if attached else []))


def swaks(host: Node, server: str, port: int, way: str, *, login: bool, attached: bool) -> None:
    more = {"clear": (), "starttls": ("--tls",), "tls": ("--tls-on-connect",)}[way]
    send = mail.swaks_login if login else mail.swaks
    send(host, server, *more, attach=attachment(host) if attached else None, port=port)


def msmtp(host: Node, server: str, port: int, way: str, *, login: bool, attached: bool) -> None:
    tls = {"clear": "off", "tls": "on"}.get(way, way)
    mail.msmtp(host, server, message(attached=attached), port=port, tls=tls, login=login)


def snail(host: Node, server: str, port: int, way: str, *, login: bool, attached: bool) -> None:
    who = f"{canaries.USER}:{canaries.PASSWORD}@" if login else ""
    scheme = "smtps" if way == "tls" else "smtp"
    options = [
        "v15-compat", f"mta={scheme}://{who}{server}:{port}", f"smtp-auth={'login' if login else 'none'}", f"from={mail.SENDER}",
        f"hostname={host.name}.cabinet.example", "sendwait", "DEAD=/dev/null", f"tls-ca-file={TRUSTED}", *(["smtp-use-starttls"] if way == "starttls" else []),
    ]  # fmt: skip
    given = [word for option in options for word in ("-S", option)]
    host.run(
        "s-nail", "-n", *given, "-s", canaries.SUBJECT, *(["-a", attachment(host)] if attached else []), mail.RECIPIENT,
        feed=mail.TEXT,
    )  # fmt: skip


def _neomutt_settings(way: str) -> list[str]:
    return [
        f"set ssl_starttls={'yes' if way == 'starttls' else 'no'}",
        f"set ssl_force_tls={'no' if way == 'clear' else 'yes'}",
        f"set ssl_ca_certificates_file={TRUSTED}",
        f"set from={mail.SENDER}",
        "set hostname=cabinet.example",
        "set folder=/tmp",
    ]


def _neomutt(host: Node, lines: list[str], *more: str | Path, feed: str = mail.TEXT) -> str:
    conf = host.file("neomuttrc", "\n".join(lines) + "\n", 0o600)
    return host.run("neomutt", "-n", "-F", conf, *more, feed=feed)


def neomutt(host: Node, server: str, port: int, way: str, *, login: bool, attached: bool) -> None:
    scheme = "smtps" if way == "tls" else "smtp"
    lines = [
        *_neomutt_settings(way),
        f"set smtp_url={scheme}://{f'{canaries.USER}@' if login else ''}{server}:{port}",
        f"set smtp_pass={canaries.PASSWORD}",
        "set smtp_authenticators=login",
        "set copy=no",
    ]
    attach = ["-a", attachment(host)] if attached else []
    _neomutt(host, lines, "-s", canaries.SUBJECT, *attach, "--", mail.RECIPIENT)


def _url(protocol: str, server: str, port: int, way: str, *, user: bool = False) -> str:
    return f"{protocol}{'s' if way == 'tls' else ''}://{f'{canaries.USER}@' if user else ''}{server}:{port}"


def curl_fetch(host: Node, protocol: str, server: str, port: int, way: str) -> None:
    path = {"pop3": "/1", "imap": "/INBOX;MAILINDEX=1"}[protocol]
    mail.curl(host, _url(protocol, server, port, way) + path, *(["--ssl-reqd"] if way == "starttls" else []))


def fetchmail_fetch(host: Node, protocol: str, server: str, port: int, way: str) -> None:
    ssl = {"clear": "sslproto ''", "starttls": "sslproto TLS1.2+ sslcertck", "tls": "ssl sslcertck"}[way]
    mail.fetchmail(
        host, server, protocol=f"{protocol} port {port}", ssl=f"{ssl} sslcertfile {TRUSTED}" if way != "clear" else ssl
    )


def _neomutt_at_a_screen(host: Node, lines: list[str], box: str, keys: str) -> None:
    """neomutt reads in a terminal only: one is made, and the keys are pressed."""
    asks = [f"set {question}=no" for question in ("delete", "wait_key", "confirmappend", "confirmcreate", "mark_old")]
    conf = host.file("neomuttrc", "\n".join([*lines, *asks, "set quit=yes", f"push {keys}"]) + "\n", 0o600)
    host.run("script", "-qec", f"neomutt -n -F {conf} -f {box}", "/dev/null", TERM="xterm")


def neomutt_fetch(host: Node, protocol: str, server: str, port: int, way: str) -> None:
    """The first mail is opened."""
    kind, word, folder = {"pop3": ("pop", "user", ""), "imap": ("imap", "login", "/INBOX")}[protocol]
    lines = [*_neomutt_settings(way), f"set {kind}_pass={canaries.PASSWORD}", f"set {kind}_authenticators={word}"]
    box = _url(kind, server, port, way, user=True) + folder
    _neomutt_at_a_screen(host, lines, box, "<display-message><exit><quit>")


def mbsync_fetch(host: Node, _protocol: str, server: str, port: int, way: str) -> None:
    shutil.rmtree(host.home / "mails", ignore_errors=True)
    mail.mbsync(host, server, tls=_SSL_TYPE[way], port=port)


_SSL_TYPE = {"clear": "None", "starttls": "STARTTLS", "tls": "IMAPS"}


def mbsync_file(host: Node, server: str, port: int, way: str, letter: bytes) -> None:
    """A mail that lies in the practice's copy only goes up."""
    shutil.rmtree(host.home / "mails", ignore_errors=True)
    for folder in ("new", "cur", "tmp"):
        (host.home / "mails/INBOX" / folder).mkdir(parents=True)
    host.file("mails/INBOX/new/1700000000.1.poste", letter)
    mail.mbsync(host, server, tls=_SSL_TYPE[way], port=port, sync="Push")


def curl_file(host: Node, server: str, port: int, way: str, letter: bytes) -> None:
    sent = host.file("envoye.eml", letter)
    more = ["--ssl-reqd"] if way == "starttls" else []
    mail.curl(host, _url("imap", server, port, way) + "/INBOX", "-T", sent, *more)


def neomutt_file(host: Node, server: str, port: int, way: str, letter: bytes) -> None:
    """A mail of a local folder is copied into the mailbox."""
    lines = [*_neomutt_settings(way), f"set imap_pass={canaries.PASSWORD}", "set imap_authenticators=login"]
    box = host.file("local.mbox", b"From lab Sun Nov 22 08:00:00 2026\n" + letter.replace(b"\r\n", b"\n") + b"\n")
    far = _url("imap", server, port, way, user=True) + "/INBOX"
    _neomutt_at_a_screen(host, lines, str(box), f"<copy-message>{far}<enter><quit>")


SENDERS: dict[str, Callable[..., None]] = {"swaks": swaks, "msmtp": msmtp, "s-nail": snail, "neomutt": neomutt}
FETCHERS: dict[str, Callable[..., None]] = {
    "curl": curl_fetch, "fetchmail": fetchmail_fetch, "neomutt": neomutt_fetch, "mbsync": mbsync_fetch,
}  # fmt: skip
FILERS: dict[str, Callable[..., None]] = {"curl": curl_file, "neomutt": neomutt_file, "mbsync": mbsync_file}
