"""SSH: OpenSSH's server, and what people do with its clients."""

import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from tests.lab import canaries
from tests.lab.lab import LabError, Node

QUIET = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR")
TYPED = ("uptime", "ls -l /etc | head -40", f"echo {canaries.PATIENT}", "cat /etc/services | head -60", "date", "exit")


def sshd(host: Node, client: Node, *, port: int = 22) -> None:
    """sshd that lets `client` in by key, and the lab's account by password."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", host.home / "host_key"], check=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", client.home / "id"], check=True)
    host.file("authorized_keys", (client.home / "id.pub").read_bytes(), 0o644)
    conf = host.file(
        "sshd_config",
        f"Port {port}\nListenAddress {host.ip}\nHostKey {host.home}/host_key\nAuthorizedKeysFile {host.home}/authorized_keys\n"
        "PermitRootLogin yes\nStrictModes no\nUsePAM no\nPasswordAuthentication yes\nPidFile none\nPrintMotd no\n"
        "Subsystem sftp internal-sftp\nMaxStartups 50\n",
    )
    host.start("/usr/sbin/sshd", "-D", "-e", "-f", conf, port=port)


def shell(
    client: Node, address: str, *more: str, port: int = 22, pause: float = 0.7, typed: Iterable[str] = TYPED
) -> str:
    """Someone types commands on a remote post for some seconds."""
    argv = ["ssh", "-tt", *QUIET, "-i", client.home / "id", "-p", str(port), *more, f"root@{address}"]
    return type_in(client, argv, typed, pause)


def type_in(client: Node, argv: list[str | Path], lines: Iterable[str], pause: float, end: str = "\n") -> str:
    """Types `lines` into a program, one each `pause` seconds; what it showed."""
    process = subprocess.Popen(
        client._argv(argv), env=client._env({"TERM": "vt100"}), cwd=client.home, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    for line in lines:
        time.sleep(pause)
        try:
            process.stdin.write(f"{line}{end}".encode())
            process.stdin.flush()
        except BrokenPipeError:
            break
    try:
        shown, _ = process.communicate(timeout=15)
    except subprocess.TimeoutExpired as late:
        process.kill()
        raise LabError(f"{client.name}: {argv[0]} does not end") from late
    return shown.decode(errors="replace")


def command(client: Node, address: str, *argv: str, port: int = 22, may_fail: bool = False, user: str = "root") -> str:
    return client.run(
        "ssh", *QUIET, "-i", client.home / "id", "-p", str(port), f"{user}@{address}", *argv, may_fail=may_fail
    )


def refused(client: Node, address: str, port: int) -> None:
    """Someone tries a wrong password."""
    only = ("-o", "PreferredAuthentications=password", "-o", "PubkeyAuthentication=no", "-p", str(port))
    client.run("sshpass", "-p", canaries.PASSWORD, "ssh", *QUIET, *only, f"root@{address}", may_fail=True)


def untouched(client: Node, address: str, seconds: float) -> None:
    """Logs in, types nothing, and leaves."""
    argv = ["ssh", "-tt", *QUIET, "-i", client.home / "id", f"root@{address}"]
    type_in(client, argv, ("exit",), seconds)


def scp(client: Node, address: str, file: Path, *, port: int = 22) -> str:
    return client.run("scp", *QUIET, "-i", client.home / "id", "-P", str(port), file, f"root@{address}:/tmp/recu.bin")


def sftp(client: Node, address: str, file: Path, *, port: int = 22) -> str:
    batch = client.file("batch", f"put {file} /tmp/recu.bin\nls -l /tmp\nget /etc/services {client.home}/services\n")
    return client.run("sftp", *QUIET, "-i", client.home / "id", "-P", str(port), "-b", batch, f"root@{address}")
