"""Mail: postfix and dovecot on the ISP's side, and the clients that practices, their machines and their software use."""

import random
import shutil
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import Node
from tests.mailserver import dovecot as settings

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


def pdf_bytes(size: int = 8_000) -> bytes:
    """A small PDF, the same each time."""
    filler = random.Random(7).randbytes(size // 2).hex().encode()
    return b"%PDF-1.4\n%" + canaries.BODY.encode() + b"\n%" + filler + b"\n%%EOF\n"


def pdf(host: Node, size: int = 8_000) -> Path:
    """It as a file, whose name is a canary."""
    return host.file(f"{canaries.FILE}.pdf", pdf_bytes(size))


def postfix(host: Node, *, ports: tuple[str, ...] = ("smtp",), tls: str = "none", **more: str) -> None:
    """postfix that takes every mail and drops it. `tls`: "none", "may" (STARTTLS) or "encrypt"; `more`: its settings."""
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
        "myhostname": (host.host.names or (f"{host.name}.cabinet.example",))[0],
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
        **more,
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


def swaks_login(host: Node, server: str, *more: str | Path, attach: Path | None = None, port: int = 587) -> str:
    """swaks with the account's name and password."""
    return swaks(host, server, "--auth", "LOGIN", "--auth-user", canaries.USER, "--auth-password", canaries.PASSWORD, *more,
                 attach=attach, port=port)  # fmt: skip


def message(*parts: MIMEPart, subtype: str = "mixed") -> bytes:
    """A mail as business software writes it: a text, then `parts`."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{canaries.PATIENT} <{SENDER}>"
    mail["To"] = RECIPIENT
    mail["Subject"] = canaries.SUBJECT
    mail.set_content(TEXT)
    if parts:
        {"mixed": mail.make_mixed, "related": mail.make_related}[subtype]()
        for part in parts:
            mail.attach(part)
    return mail.as_bytes()


def part(kind: str, content: bytes, **headers: str) -> MIMEPart:
    """One part. `headers`: Content_Disposition and the like, underscores for hyphens."""
    main, sub = kind.split("/")
    made = MIMEPart(policy=SMTP)
    made.set_content(content, maintype=main, subtype=sub)
    for name, value in headers.items():
        key = name.replace("_", "-")
        del made[key]
        made[key] = value
    return made


def pdf_part(size: int = 8_000) -> MIMEPart:
    return part("application/pdf", pdf_bytes(size), Content_Disposition=f'attachment; filename="{canaries.FILE}.pdf"')


def msmtp(
    host: Node, server: str, mail: bytes, *, port: int = 25, tls: str = "off", login: bool = False, to: str = RECIPIENT
) -> str:
    """msmtp: what NAS boxes and scripts send with. `tls`: "off", "starttls" or "on"."""
    conf = host.file(
        "msmtprc",
        f"defaults\nhost {server}\nport {port}\nfrom {SENDER}\ndomain {host.name}.cabinet.example\n"
        f"tls {'off' if tls == 'off' else 'on'}\ntls_starttls {'on' if tls == 'starttls' else 'off'}\n"
        "tls_trust_file /etc/ssl/certs/ca-certificates.crt\n"
        + (f"auth login\nuser {canaries.USER}\npassword {canaries.PASSWORD}\n" if login else "")
        + "account default\n",
        0o600,
    )
    return host.run("msmtp", "-C", conf, to, feed=mail)


def dovecot(host: Node, *, tls: str = "no", auth: str = "") -> None:
    """dovecot, POP3 and IMAP for one account. `tls`: "no", "yes" (STARTTLS offered, TLS ports open) or "required".

    `auth`: where it answers postfix whether a password is right.
    """
    home, pair = host.home / "dovecot", host.certificate()
    for folder in ("maildir/new", "maildir/cur", "maildir/tmp"):
        (home / folder).mkdir(parents=True)
    for path in (home / "maildir", *(home / "maildir").iterdir()):
        shutil.chown(path, "mail", "mail")
    conf = host.file(
        "dovecot/dovecot.conf",
        settings.head(base="/run/dovecot", listen=f"{host.ip}, 127.0.0.1", protocols="pop3 imap", maildir=f"{home}/maildir")
        + settings.tls(tls, pair.certificate, pair.key)
        + settings.password(canaries.PASSWORD)
        + (f"service auth {{\n unix_listener {auth} {{\n  mode = 0666\n }}\n}}\n" if auth else "")
        + ("service imap-login {\n inet_listener imaps {\n  port = 0\n }\n}\n"
           "service pop3-login {\n inet_listener pop3s {\n  port = 0\n }\n}\n" if tls == "no" else ""),
    )  # fmt: skip
    host.start("dovecot", "-F", "-c", conf, port=143)


def deliver(host: Node, *mails: bytes) -> None:
    """Puts mails into the account's inbox, as if they had come."""
    for number, mail in enumerate(mails):
        file = host.file(f"dovecot/maildir/new/{1_700_000_000 + number}.{number}.lab", mail, 0o600)
        shutil.chown(file, "mail", "mail")


def curl(host: Node, address: str, *more: str | Path) -> str:
    """curl as the account's owner: any of pop3, pop3s, imap, imaps."""
    return host.run("curl", "-sS", "-m", "15", "--user", f"{canaries.USER}:{canaries.PASSWORD}", *more, address)


def fetchmail(host: Node, server: str, *, protocol: str = "pop3", ssl: str = "") -> str:
    conf = host.file(
        "fetchmailrc",
        f'poll {server} protocol {protocol} user "{canaries.USER}" password "{canaries.PASSWORD}" {ssl} keep fetchall '
        f'mda "cat >/dev/null"\n',
        0o600,
    )
    return host.run("fetchmail", "--nosyslog", "--nodetach", "-f", conf, "--pidfile", host.home / "fetchmail.pid", "-v")


def mbsync(host: Node, server: str, *, tls: str = "None", port: int | None = None, sync: str = "Pull") -> str:
    """isync: keeps the practice's copy of the mailbox. `tls`: isync's SSLType; `sync`: which way."""
    (host.home / "mails").mkdir(exist_ok=True)
    conf = host.file(
        "mbsyncrc",
        f"IMAPAccount lab\nHost {server}\n"
        + (f"Port {port}\n" if port else "")  # an empty line would end the account
        + f"User {canaries.USER}\nPass {canaries.PASSWORD}\nSSLType {tls}\nAuthMechs LOGIN\n"
        "CertificateFile /etc/ssl/certs/ca-certificates.crt\n\n"
        "IMAPStore far\nAccount lab\n\n"
        f"MaildirStore near\nPath {host.home}/mails/\nInbox {host.home}/mails/INBOX\n\n"
        f"Channel lab\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync {sync}\nSyncState *\n",
        0o600,
    )
    return host.run("mbsync", "-c", conf, "-V", "lab")


def dovecot_auth(host: Node) -> None:
    """postfix on the submission port, in clear, that asks dovecot whether a password is right."""
    dovecot(host, auth="/run/dovecot/postfix")
    postfix(
        host,
        ports=("submission",),
        smtpd_sasl_auth_enable="yes",
        smtpd_sasl_type="dovecot",
        smtpd_sasl_path="/run/dovecot/postfix",
    )
