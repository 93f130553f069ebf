"""Telnet, FTP, DICOM, printing, VPN, chat: the rest of what a practice's network carries."""

import random
import subprocess
from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import Node


def account() -> None:
    """The lab's account, with its password, in the sandbox's own /etc."""
    secret = subprocess.run(
        ["openssl", "passwd", "-6", canaries.PASSWORD], capture_output=True, text=True, check=True
    ).stdout.strip()
    home = Path("/run/lab/account")
    home.mkdir(exist_ok=True)
    home.chmod(0o777)
    with Path("/etc/passwd").open("a") as passwd:
        passwd.write(f"{canaries.USER}:x:4242:4242::{home}:/bin/bash\n")
    with Path("/etc/shadow").open("a") as shadow:
        shadow.write(f"{canaries.USER}:{secret}:19000:0:99999:7:::\n")
    with Path("/etc/group").open("a") as group:
        group.write(f"{canaries.USER}:x:4242:\n")


def telnetd(host: Node, *, port: int = 23) -> None:
    account()
    host.start("socat", f"TCP-LISTEN:{port},bind={host.ip},reuseaddr,fork", "EXEC:/usr/sbin/telnetd,nofork", port=port)


def vsftpd(host: Node) -> None:
    account()
    conf = host.file(
        "vsftpd.conf",
        f"listen=YES\nlisten_address={host.ip}\nlocal_enable=YES\nwrite_enable=YES\nanonymous_enable=NO\nbackground=NO\n"
        "secure_chroot_dir=/run/lab/empty\npam_service_name=vsftpd\nseccomp_sandbox=NO\nallow_writeable_chroot=YES\n",
    )
    Path("/run/lab/empty").mkdir(exist_ok=True)
    host.start("vsftpd", conf, port=21)


def lftp(host: Node, address: str, file: Path) -> str:
    return host.run(
        "lftp", "-u", f"{canaries.USER},{canaries.PASSWORD}", "-e",
        f"set ftp:ssl-allow no; set net:timeout 5; set net:max-retries 1; put {file}; bye", f"ftp://{address}",
    )  # fmt: skip


def dig(host: Node, *names: str) -> str:
    return "".join(host.run("dig", "+tries=1", "+time=3", name, kind) for name in names for kind in ("A", "AAAA"))


def nmap(host: Node, *argv: str) -> str:
    return host.run("nmap", "-n", "-Pn", "--max-retries", "1", *argv, patience=60)


def printer(host: Node) -> None:
    """A printer that takes raw jobs (port 9100)."""
    host.start("socat", "-u", f"TCP-LISTEN:9100,bind={host.ip},reuseaddr,fork", "OPEN:/dev/null", port=9100)


def call(host: Node, server: Node, size: int) -> None:
    """A call's shape: small packets of media both ways for some seconds, one every few milliseconds (socat echoes them)."""
    server.start("socat", f"UDP-LISTEN:3478,bind={server.ip},fork,reuseaddr", "EXEC:cat", port=3478, proto="udp")
    media = host.file("media", random.Random(5).randbytes(1_100))
    script = (
        f"for turn in $(seq {size // 1_100}); do cat {media}; done | socat -b1100 -T2 - UDP:{server.ip}:3478 >/dev/null"
    )
    host.run("sh", "-c", script)


def dicom(host: Node, server: Node, *, tls: bool = False) -> None:
    """One image of a patient, from a modality to an archive; with `tls` on the port of DICOM's own (PS3.15, B.1)."""
    pixels = "\\".join(["7f"] * 4096)
    dump = host.file(
        "image.dump",
        "(0008,0016) UI =SecondaryCaptureImageStorage\n(0008,0018) UI [1.2.826.0.1.3680043.2.1125.1.1]\n"
        f"(0008,0060) CS [OT]\n(0010,0010) PN [{canaries.PATIENT}]\n(0010,0020) LO [4402]\n"
        "(0020,000d) UI [1.2.826.0.1.3680043.2.1125.1.2]\n(0020,000e) UI [1.2.826.0.1.3680043.2.1125.1.3]\n"
        "(0028,0002) US 1\n(0028,0004) CS [MONOCHROME2]\n(0028,0010) US 64\n(0028,0011) US 64\n(0028,0100) US 8\n"
        f"(0028,0101) US 8\n(0028,0102) US 7\n(0028,0103) US 0\n(7fe0,0010) OB {pixels}\n",
    )
    host.run("dump2dcm", "+l", "40000", dump, host.home / "image.dcm")
    (server.home / "archive").mkdir()
    pair, port = server.certificate(), 2762 if tls else 104
    secret = ("--enable-tls", pair.key, pair.certificate, "--ignore-peer-cert") if tls else ()
    server.start("storescp", *secret, "-od", server.home / "archive", str(port), port=port)
    secret = ("--anonymous-tls", "--add-cert-file", host.lab.authority.file) if tls else ()
    host.run(
        "storescu",
        *secret,
        "-aet",
        "ECHOGRAPHE",
        "-aec",
        "ARCHIVE",
        server.host.names[0],
        str(port),
        host.home / "image.dcm",
    )


def ngircd(host: Node) -> None:
    conf = host.file(
        "ngircd.conf",
        f"[Global]\nName = irc.lab.example\nInfo = lab\nListen = {host.ip}\nPorts = 6667\nServerUID = root\nServerGID = root\n"
        "[Options]\nDNS = no\nIdent = no\nPAM = no\n",
        0o600,
    )
    host.start("ngircd", "-n", "-f", conf, port=6667)


def wireguard(host: Node, server: Node) -> None:
    """A WireGuard tunnel (wireguard-go), and pages fetched through it."""
    keys = {}
    for node in (host, server):
        secret = node.run("wg", "genkey").strip()
        keys[node.name] = (node.file("wg.key", secret, 0o600), node.run("wg", "pubkey", feed=secret).strip())
    for node, other_node, inner in ((server, host, "10.66.0.1"), (host, server, "10.66.0.2")):
        device = f"wg{node.name[:4]}"
        node.start("wireguard-go", "-f", device)
        node.run("sh", "-c", f"until ip link show {device} >/dev/null 2>&1; do sleep 0.05; done")
        far = ["endpoint", f"{server.ip}:51820"] if node is host else []
        port = [] if node is host else ["listen-port", "51820"]
        node.run("wg", "set", device, *port, "private-key", keys[node.name][0], "peer", keys[other_node.name][1],
                 "allowed-ips", "10.66.0.0/24", *far)  # fmt: skip
        node.run("ip", "addr", "add", f"{inner}/24", "dev", device)
        node.run("ip", "link", "set", device, "up")
    served = server.file("pages/index.html", "page " * 4_000)
    server.start("busybox", "httpd", "-f", "-p", "10.66.0.1:8080", "-h", served.parent)
    server.listens(8080)
    host.run("curl", "-sS", "-o", "/dev/null", "http://10.66.0.1:8080/index.html")


def shadowsocks(host: Node, server: Node) -> None:
    """A way out whose streams are random from the first byte on (shadowsocks-libev), behind a SOCKS proxy of the host's own."""
    cipher = ("-k", canaries.PASSWORD, "-m", "aes-256-gcm")
    server.start("ss-server", "-s", server.ip, "-p", "8388", *cipher, port=8388)
    host.start("ss-local", "-s", server.ip, "-p", "8388", "-b", "127.0.0.1", "-l", "1080", *cipher, port=1080)
