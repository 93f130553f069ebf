"""A lab that stands: its hosts, what runs on them, and the ways a scenario may change the network. Inside a sandbox only."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.lab import network, practice, tap
from tests.lab.authority import Authority, Pair
from tests.lab.practice import BY_NAME, GUEST_VLAN, ROUTER, ROUTER_GUEST_IPV4, Host, Side
from tests.lab.sandbox import LAB

PATIENCE = 20.0  # seconds for a server to listen, a client to end


class LabError(RuntimeError):
    """The lab itself did not do what a scenario asked: the scenario is neither right nor wrong."""


class Node:
    """A host that stands: what runs on it, as itself."""

    def __init__(self, host: Host, lab: "Lab") -> None:
        self.host = host
        self.name = host.name
        self.ip = host.ipv4
        self.lab = lab
        self.home = LAB / host.name
        self.home.mkdir()
        self._logs: list[Path] = []

    def file(self, name: str, content: str | bytes = "", mode: int = 0o644) -> Path:
        """A file of this host's own."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        return path

    def certificate(self, *, old: bool = False) -> Pair:
        """The host's certificate, for all its names. `old`: RSA."""
        return self.lab.authority.pair(*(self.host.names or (self.name,)), old=old)

    def run(
        self, *argv: str | Path, feed: str | bytes = b"", may_fail: bool = False, patience: float = PATIENCE, **env: str
    ) -> str:
        """A client, to its end; what it printed."""
        stdin = feed.encode() if isinstance(feed, str) else feed
        try:
            done = subprocess.run(
                self._argv(argv), input=stdin, env=self._env(env), cwd=self.home, timeout=patience, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except subprocess.TimeoutExpired as late:
            raise LabError(f"{self.name}: {argv[0]} did not end in {patience} s\n{_text(late.stdout)}") from late
        printed = _text(done.stdout)
        if done.returncode and not may_fail:
            raise LabError(f"{self.name}: {argv[0]} ended with {done.returncode}\n{printed}")
        return printed

    def start(
        self, *argv: str | Path, port: int | None = None, proto: str = "tcp", **env: str
    ) -> subprocess.Popen[bytes]:
        """A server, or a client that stays; ready when it listens on `port`."""
        log = self.home / f"{Path(argv[0]).name}.{len(self._logs)}.log"
        self._logs.append(log)
        with log.open("wb") as out:
            process = subprocess.Popen(
                self._argv(argv), env=self._env(env), cwd=self.home, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
        if port is not None:
            self.listens(port, proto, process=process)
        return process

    def listens(self, port: int, proto: str = "tcp", *, process: subprocess.Popen[bytes] | None = None) -> None:
        """Waits until something on this host listens on `port`."""

        def ready() -> bool:
            if process is not None and process.poll() not in (None, 0):  # 0: a daemon that left its starter
                raise LabError(f"{self.name}: {process.args[3:]} ended with {process.returncode}\n{self.logs()}")
            table = "-Hltn" if proto == "tcp" else "-Hlun"
            return bool(
                subprocess.run(self._argv(["ss", table, f"sport = :{port}"]), capture_output=True, check=True).stdout
            )

        until(ready, f"{self.name} to listen on {proto} {port}")

    def stop(self, process: subprocess.Popen[bytes], patience: float = 5.0) -> None:
        """Ends what `start` began, as its user would."""
        for kind in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None:
                os.killpg(process.pid, kind)
                try:
                    process.wait(patience)
                except subprocess.TimeoutExpired:
                    continue

    def logs(self) -> str:
        """What this host's servers said last."""
        return "\n".join(f"— {log.name}\n{_text(log.read_bytes())[-1500:]}" for log in self._logs)

    def _argv(self, argv: Sequence[str | Path]) -> list[str]:
        return ["ip", "netns", "exec", self.name, *map(str, argv)]

    def _env(self, more: dict[str, str]) -> dict[str, str]:
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8", "USER": "root", "LOGNAME": "root", **more}


class Lab:
    """The practice, its ISP, names and announcements; servers are the scenario's."""

    def __init__(self) -> None:
        socket.sethostname("poste")  # no name of the machine in what is recorded
        network.build()
        self.authority = Authority(LAB / "authority")
        self._trust()
        self.nodes = {name: Node(host, self) for name, host in BY_NAME.items()}
        for name, server in ((n, self._resolver_of(h)) for n, h in BY_NAME.items()):
            own = Path("/etc/netns", name)
            own.mkdir(parents=True)
            (own / "resolv.conf").write_text(f"nameserver {server}\noptions timeout:2 attempts:2\n")
        self._wires: list[tap.Tagger | tap.Delayer] = []
        self.plug_in: Callable[[], None] = (
            _nothing  # the box comes to the mirror: with START = "late", the scenario says when
        )
        self.restart_vigie: Callable[[], None] = _nothing  # live only

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]

    def furnish(self) -> None:
        """Names and router announcements: once the recorder runs, so that the mirror shows them."""
        resolver = [f"--host-record={name},{','.join(h.addresses)}" for h in practice.OUTSIDE for name in h.names]
        base = ("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--no-resolv", "--user=root",
                "--bind-interfaces", "--except-interface=lo", "--pid-file=", "--local-ttl=300")  # fmt: skip
        self["resolver"].start(*base, "--domain-needed", "--local=//", *resolver, port=53, proto="udp")
        self["router"].start(*base, f"--server={self['resolver'].ip}", "--cache-size=0", port=53, proto="udp")
        announced = (
            f"interface lan0 {{ AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvRASolicitedUnicast off;\n"
            f" prefix {practice.LAN_PREFIX} {{ AdvAutonomous on; AdvOnLink on; }}; }};\n"
        )
        conf = self["router"].file("radvd.conf", announced)
        self["router"].start("radvd", "--nodaemon", "-C", conf, "-p", self["router"].home / "radvd.pid", "-m", "stderr")
        last = next(host for host in reversed(practice.INSIDE) if host.side is Side.LAN)
        until(lambda: self._has_ipv6(last), "addresses from the router's announcement")

    def forward(self, port: int, to: str, to_port: int | None = None, *, proto: str = "tcp") -> str:
        """Opens a port of the practice to the outside; the address to connect to."""
        network.forward(port, BY_NAME[to], to_port, proto)
        return practice.ROUTER_WAN_IPV4

    def guests(self) -> Node:
        """Plugs the guests' network in, tagged on the wire that Vigie sees; a guest."""
        guest = BY_NAME["guest"]
        for where, trunk, device, mac, address in (
            (ROUTER, "lan0", "guests0", "02:02:5e:00:53:01", f"{ROUTER_GUEST_IPV4}/24"),
            (guest, "uplink0", "eth0", guest.mac, f"{guest.ipv4}/24"),
        ):
            with network.inside(where.name):
                self._wires.append(tap.Tagger(tap.open_wire(trunk), tap.open_tap(device), GUEST_VLAN))
                lines = [f"link set {device} address {mac} up", f"addr add {address} brd + dev {device}"]
                if where is guest:
                    lines.append(f"route add default via {ROUTER_GUEST_IPV4}")
                subprocess.run(["ip", "-batch", "-"], input="\n".join(lines).encode(), check=True)
        tap.Switch(self._wires[-2:]).start()
        base = ("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--no-resolv", "--user=root")
        self["router"].start(
            *base, "--bind-interfaces", f"--listen-address={ROUTER_GUEST_IPV4}", "--pid-file=",
            f"--server={self['resolver'].ip}",
        )  # fmt: skip
        time.sleep(0.3)
        return self["guest"]

    def delay(self, name: str, seconds: float, *, overtaken: int = 0) -> tap.Delayer:
        """A slow wire between a host of the practice and its switch; every `overtaken`-th frame is overtaken by others.

        Its `delay` may be changed while it stands."""
        subprocess.run(["ip", "link", "set", f"p-{name}", "nomaster"], check=True)
        wire = tap.Delayer(tap.open_wire(f"p-{name}"), tap.open_tap(f"t-{name}"), seconds, overtaken)
        subprocess.run(["ip", "link", "set", f"t-{name}", "master", "br-lan", "up"], check=True)
        tap.Switch([wire]).start()
        return wire

    def logs(self) -> str:
        return "\n".join(f"== {node.name}\n{text}" for node in self.nodes.values() if (text := node.logs()))

    def _trust(self) -> None:
        bundle = Path("/etc/ssl/certs/ca-certificates.crt")
        before = bundle.read_bytes() if bundle.exists() else b""
        bundle.write_bytes(self.authority.file.read_bytes() + before)

    @staticmethod
    def _resolver_of(host: Host) -> str:
        return {Side.LAN: ROUTER.ipv4, Side.GUEST: ROUTER_GUEST_IPV4}.get(host.side, BY_NAME["resolver"].ipv4)

    @staticmethod
    def _has_ipv6(host: Host) -> bool:
        wanted = practice.slaac(practice.LAN_PREFIX, host.mac).packed.hex()
        with network.inside(host.name):
            return wanted in Path("/proc/thread-self/net/if_inet6").read_text()


def _nothing() -> None:
    """What a lab without a box on its mirror does of what one asks of the box."""


def until(ready: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Waits for `ready`, or raises."""
    end = time.monotonic() + patience
    while not ready():
        if time.monotonic() > end:
            raise LabError(f"waited {patience} s for {what}")
        time.sleep(0.02)


def _text(data: bytes | None) -> str:
    return (data or b"").decode(errors="replace")
