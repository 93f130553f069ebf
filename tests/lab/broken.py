"""`python -m tests.lab.broken`: breaks one guard of each reader on purpose, and sees whether the lab's recordings notice.

Each guard is a line of a reader turned into its opposite, in a Python of its own and on no disk; then Vigie judges the
recordings that live by it, and Wireshark is asked too. Prints `broken N, noticed N`; exit status 1 if one went unnoticed.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

TOP = Path(__file__).parents[2]
UNNOTICED, NOTICED, NOT_THERE = 10, 11, 12  # exit statuses that no failing Python has


@dataclass(frozen=True, slots=True)
class Guard:
    """`old` in the source of `module` becomes `new`; `scenario` must no longer be right, or Wireshark must disagree."""

    module: str
    old: str
    new: str
    scenario: str


GUARDS = (
    Guard("sensor.wire.mime_kind", "return Kind.ATTACHMENT", "return Kind.TEXT", "mail_clear_pdf"),
    Guard("sensor.wire.smtp_mail", "transferred=mail is not None", "transferred=mail is None", "mail_clear_pdf"),
    Guard(
        "sensor.wire.tls_hello",
        "if SERVER_NAME in data else None",
        "if SERVER_NAME not in data else None",
        "upload_transfer",
    ),
    Guard("sensor.wire.http_head", 'fields.get(b"host")', 'fields.get(b"hose")', "browsing"),
    Guard(
        "sensor.wire.dns",
        "DnsAnswer(name, type_name(kind), text,",
        'DnsAnswer(name, type_name(kind), "",',
        "browsing",
    ),
    Guard("sensor.wire.ssh", "return Likeness.YES", "return Likeness.NO", "ssh_shell"),
    Guard("sensor.wire.rdp", "if packet[5] == CONFIRM:", "if packet[5] != CONFIRM:", "rdp_session"),
    Guard("sensor.wire.rfb", "if len(head) == VERSION_SIZE else", "if len(head) != VERSION_SIZE else", "vnc_session"),
    Guard("sensor.wire.pop3_words", "return Likeness.YES", "return Likeness.NO", "pop3_clear_pdf"),
    Guard("sensor.wire.imap_words", "return Likeness.YES", "return Likeness.NO", "imap_clear_pdf"),
    Guard("sensor.wire.telnet", "ENOUGH_LINES = 3", "ENOUGH_LINES = 3_000", "telnet_session"),
    Guard("sensor.wire.ftp", "return Likeness.YES", "return Likeness.NO", "ftp_clear_upload"),
    Guard("sensor.wire.irc", "return Likeness.YES", "return Likeness.NO", "irc_chat"),
    Guard("sensor.wire.xmpp", "return Likeness.YES", "return Likeness.NO", "xmpp_chat"),
    Guard("sensor.wire.quic", "return Likeness.YES if first and", "return Likeness.NO if first and", "quic_upload"),
    Guard("sensor.wire.fingerprint_remote", "len(data) < X11_ANSWER", "len(data) >= X11_ANSWER", "remote_x11"),
    Guard("sensor.wire.fingerprint_vpn", "len(data) == 92", "len(data) == 93", "vpn_wireguard"),
    Guard("sensor.wire.fingerprint_health", 'ACCEPT, REJECT = b"', 'REJECT, ACCEPT = b"x', "dicom_clear"),
    Guard("sensor.wire.fingerprint_health", "not chr(separator)", "chr(separator)", "hl7_clear"),
    Guard("sensor.wire.telnet", "return Likeness.YES if resp else", "return Likeness.NO if resp else", "remote_rlogin"),
    Guard("sensor.wire.stun", "realm = host_name(", "realm = str(", "messenger_call_udp"),
    Guard("sensor.wire.stun_stream", "+ 8] != COOKIE or", "+ 8] == COOKIE or", "messenger_call_tcp"),
    Guard("sensor.wire.dtls", "if kind != CLIENT_HELLO or", "if kind == CLIENT_HELLO or", "messenger_dtls"),
    Guard("sensor.wire.socks", "granted = cursor.u8() == 0", "granted = cursor.u8() != 0", "ssh_in_socks"),
    Guard("sensor.wire.rdp_udp", "data[:4] == self._number", "data[:4] != self._number", "rdp_over_udp"),
    Guard(
        "sensor.wire.websocket", "if self._buffer[1] & MASKED:", "if not self._buffer[1] & MASKED:", "vnc_in_websocket"
    ),
)


class _Breaker(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from its source with a guard broken."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self.broke = False

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._guard.module:
            return None
        file = TOP / (fullname.replace(".", "/") + ".py")
        return importlib.util.spec_from_file_location(fullname, file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        source = Path(module.__file__ or "").read_text(encoding="utf-8")
        self.broke = self._guard.old in source
        exec(compile(source.replace(self._guard.old, self._guard.new), str(module.__file__), "exec"), module.__dict__)


def judge(guard: Guard) -> int:
    """In a Python of its own: UNNOTICED, NOTICED, or NOT_THERE when the guard's line is no longer in the source."""
    breaker = _Breaker(guard)
    sys.meta_path.insert(0, breaker)
    from click.testing import CliRunner

    from dashboard.cli import main as vigie
    from dashboard.cli.settings import load_settings
    from dashboard.compare import ours, theirs
    from dashboard.compare.judge import compare
    from tests.lab import scenario as scenarios
    from tests.lab.frames import read
    from tests.lab.verdict import alerts_of

    scenario = scenarios.load(guard.scenario)
    data = read(next((TOP / "tests" / "recordings").glob(f"{guard.scenario}.pcap*")))
    with tempfile.TemporaryDirectory(prefix="vigie-lab-") as directory:
        file = Path(directory, "mirror.pcap")
        file.write_bytes(data)
        result = CliRunner().invoke(vigie, ["inspect", str(file), "--json"])
        if not breaker.broke:
            return NOT_THERE
        if result.exit_code or scenarios.judge(scenario, alerts_of(result.stdout)):
            return NOTICED
        mine, packets = ours.read(str(file), load_settings(None, None))
        found = compare(mine, theirs.read(str(file), packets, seconds=120))
    return NOTICED if any(each.only == "wireshark" for each in found.differences) else UNNOTICED


def main() -> int:
    if len(sys.argv) == 2:
        return judge(GUARDS[int(sys.argv[1])])
    noticed = 0
    for number, guard in enumerate(GUARDS):
        done = subprocess.run(
            [sys.executable, "-m", "tests.lab.broken", str(number)],
            cwd=TOP,
            capture_output=True,
            text=True,
            check=False,
        )
        noticed += done.returncode == NOTICED
        if done.returncode != NOTICED:
            why = {UNNOTICED: "unnoticed", NOT_THERE: "its line is no longer there"}.get(
                done.returncode, done.stderr[-500:]
            )
            print(f"{guard.module} ({guard.old}): {why}")
    print(f"broken {len(GUARDS)}, noticed {noticed}")
    return 0 if noticed == len(GUARDS) else 1


if __name__ == "__main__":
    sys.exit(main())
