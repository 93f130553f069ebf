"""Mail servers in roots of their own, each on all its ports: the same account, the same certificate, every mail taken.

`SUBMITS[name](host)`: SMTP on 25 (STARTTLS offered), submission on 587 (STARTTLS and a log-in offered), TLS on 465.
`KEEPS[name](host)`: POP3 on 110 and 995, IMAP on 143 and 993. What they keep is put there over the host's own loopback.
"""

import imaplib
import time
from collections.abc import Callable

from tests.lab import canaries, network
from tests.lab.lab import Node
from tests.lab.roots import Root
from tests.lab.services import mail

LOCAL = "127.0.0.1"


def postfix(host: Node) -> None:
    mail.dovecot(host, auth="/run/dovecot/postfix")
    mail.postfix(
        host, ports=("smtp", "submission", "smtps"), tls="may", smtpd_sasl_auth_enable="yes", smtpd_sasl_type="dovecot",
        smtpd_sasl_path="/run/dovecot/postfix", smtpd_client_connection_rate_limit="0",
    )  # fmt: skip
    host.listens(465)


EXIM = """primary_hostname = {name}
local_interfaces = {ip}
daemon_smtp_ports = 25 : 587 : 465
tls_on_connect_ports = 465
tls_advertise_hosts = *
tls_certificate = /etc/lab/certificate.pem
tls_privatekey = /etc/lab/key.pem
host_lookup =
rfc1413_query_timeout = 0s
queue_only
acl_smtp_rcpt = take
begin acl
take:
  accept
begin routers
drop:
  driver = redirect
  data = :blackhole:
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{{password}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if eq{{$received_port}}{{25}}{{no}}{{yes}}}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if eq{{$auth2}}{{{password}}}}}
  server_set_id = $auth1
  server_advertise_condition = ${{if eq{{$received_port}}{{25}}{{no}}{{yes}}}}
"""


def exim4(host: Node) -> None:
    root = Root(host, "exim4")
    root.file("/etc/exim4/exim4.conf", EXIM.format(name=host.host.names[0], ip=host.ip, password=canaries.PASSWORD))
    root.run("chown", "-R", "Debian-exim:Debian-exim", "/etc/lab")
    root.start("exim4", "-bdf", "-q1h", port=465)
    host.listens(25)


# OpenSMTPD has no action that drops: what it takes waits in its queue for a server that is not there.
SMTPD = """pki lab cert "/etc/lab/certificate.pem"
pki lab key "/etc/lab/key.pem"
table creds file:/etc/lab/creds
listen on {ip} port 25 tls pki lab hostname {name}
listen on {ip} port 587 tls pki lab auth-optional <creds> hostname {name}
listen on {ip} port 465 smtps pki lab auth-optional <creds> hostname {name}
action "keep" relay host smtp://127.0.0.1:9
match from any for any action "keep"
match auth from any for any action "keep"
"""


def opensmtpd(host: Node) -> None:
    root = Root(host, "opensmtpd", old=True)  # its process that holds the keys knows RSA only
    hashed = root.run("smtpctl", "encrypt", canaries.PASSWORD).strip()
    root.file("/etc/lab/creds", f"{canaries.USER}\t{hashed}\n")
    root.file("/etc/smtpd.conf", SMTPD.format(name=host.host.names[0], ip=host.ip))
    root.start("smtpd", "-d", port=465)
    host.listens(25)


def dovecot(host: Node) -> None:
    mail.dovecot(host, tls="yes")
    host.listens(995)


def courier(host: Node) -> None:
    root = Root(host, "courier")
    root.run("useradd", "-m", "-s", "/bin/sh", canaries.USER)
    root.run("chpasswd", feed=f"{canaries.USER}:{canaries.PASSWORD}\n")
    root.run("su", canaries.USER, "-c", "maildirmake ~/Maildir")
    root.file("/etc/courier/lab.pem", (root.top / "etc/lab/both.pem").read_bytes(), 0o600)
    root.run("chown", "courier:courier", "/etc/courier/lab.pem")
    root.run("mkdir", "-p", "/run/courier/authdaemon")
    root.run("chown", "courier:courier", "/run/courier", "/run/courier/authdaemon")
    for each in ("imapd", "pop3d"):
        root.file(f"/etc/courier/{each}-ssl", "TLS_CERTFILE=/etc/courier/lab.pem\n", more=True)
        root.file(f"/etc/courier/{each}", "MAXPERIP=40\n", more=True)
    root.run("authdaemond", "start")
    for each in ("imapd", "imapd-ssl", "pop3d", "pop3d-ssl"):
        root.run(f"/usr/lib/courier/{each}", "start")
    for port in (143, 993, 110, 995):
        host.listens(port)


CYRUS = """START {
  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -r"
}
SERVICES {
  imap cmd="imapd" listen="143" proto="tcp4" prefork=1
  imaps cmd="imapd -s" listen="993" proto="tcp4" prefork=0
  pop3 cmd="pop3d" listen="110" proto="tcp4" prefork=0
  pop3s cmd="pop3d -s" listen="995" proto="tcp4" prefork=0
}
EVENTS {
  checkpoint cmd="/usr/sbin/cyrus ctl_cyrusdb -c" period=300
}
"""
IMAPD = """configdirectory: /var/lib/cyrus
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
defaultpartition: default
partition-default: /var/spool/cyrus/mail
hashimapspool: true
servername: {name}
allowplaintext: yes
allowstarttls: yes
autocreate_quota: 0
sasl_mech_list: PLAIN LOGIN
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
tls_server_cert: /etc/lab/certificate.pem
tls_server_key: /etc/lab/key.pem
"""


def cyrus(host: Node) -> None:
    root = Root(host, "cyrus")
    name = host.host.names[0]
    root.run("saslpasswd2", "-p", "-c", "-u", name, canaries.USER, feed=canaries.PASSWORD)
    root.run("chown", "cyrus:sasl", "/etc/sasldb2")
    root.run("chown", "-R", "cyrus:mail", "/etc/lab")
    root.file("/etc/cyrus.conf", CYRUS)
    root.file("/etc/imapd.conf", IMAPD.format(name=name))
    root.run(
        "install",
        "-d",
        "-o",
        "cyrus",
        "-g",
        "mail",
        "/run/cyrus",
        "/run/cyrus/proc",
        "/run/cyrus/lock",
        "/run/cyrus/socket",
    )
    root.start("/usr/sbin/cyrmaster", port=143)
    for port in (993, 110, 995):
        host.listens(port)


SUBMITS: dict[str, Callable[[Node], None]] = {"postfix": postfix, "exim4": exim4, "opensmtpd": opensmtpd}
KEEPS: dict[str, Callable[[Node], None]] = {"dovecot": dovecot, "courier": courier, "cyrus": cyrus}


class Inbox:
    """The account's inbox, filled as if by others: over the host's loopback, which no mirror shows."""

    def __init__(self, host: Node) -> None:
        with network.inside(host.name):
            self._box = imaplib.IMAP4(LOCAL)
        self._box.login(canaries.USER, canaries.PASSWORD)

    def holds(self, *mails: bytes) -> None:
        """These mails and no others."""
        self._box.select("INBOX")
        self._box.store("1:*", "+FLAGS", r"(\Deleted)") if self._count() else None
        self._box.expunge()
        for each in mails:
            self._box.append("INBOX", "", imaplib.Time2Internaldate(time.time()), each)

    def _count(self) -> int:
        return len(self._box.search(None, "ALL")[1][0].split())
