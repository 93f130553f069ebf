"""The relay and the mail server killed after each step of the dialogue: `python -m tests.trials.mails [--times N]`, as root.

Prints the table step, lost, duplicated; exit 1 if a mail was lost, or doubled elsewhere than between the final dot and its answer
(RFC 1047), or if its second copy had another Message-ID. The suite makes each kill once (tests/trials/test_mails.py).
"""

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.made import alert
from tests.mailserver.fixtures import MINUTE, NOW, Box, box_of
from tests.mailserver.server import MailServer
from tests.mailserver.storm import storm
from tests.trials.mailed import DOUBLED, STEPS, watched

EACH = tuple((who, step) for who in ("relay", "server") for step in STEPS)
"""(who is killed, after which step)."""


@dataclass
class Tally:
    """By (who was killed, after which step): mails sent, lost, doubled, and those of a doubled one that did not keep its name."""

    kills: tuple[tuple[str, str], ...]
    rows: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def count(self, who: str, step: str, found: Counter[str]) -> None:
        self.rows.setdefault((who, step), Counter()).update(found)

    @property
    def well(self) -> bool:
        return len(self.rows) == len(self.kills) and all(
            row["killed"]
            and row["sent"]
            and not row["lost"]
            and not row["strange"]
            and (not row["duplicated"] or step in DOUBLED)
            for (_, step), row in self.rows.items()
        )

    def __str__(self) -> str:
        lines = [f"{'killed after':22} {'mails':>6} {'lost':>5} {'duplicated':>11}"]
        for (who, step), row in self.rows.items():
            lines.append(f"{f'{who}, {step}':22} {row['sent']:6} {row['lost']:5} {row['duplicated']:11}")
        total: Counter[str] = sum(self.rows.values(), Counter())
        lines.append(f"{'all':22} {total['sent']:6} {total['lost']:5} {total['duplicated']:11}")
        return "\n".join(lines)


def run(
    server: MailServer,
    folder: Path,
    times: int,
    say: Callable[[str], None] = lambda _line: None,
    kills: Iterable[tuple[str, str]] = EACH,
) -> Tally:
    tally = Tally(kills=tuple(kills))
    for turn in range(times):
        for who, step in tally.kills:
            found = killed(server, folder / f"{turn}-{who}-{step.replace(' ', '-')}", who, step)
            tally.count(who, step, found)
            say(f"{who:6} killed after {step:12} {dict(found)}")
    return tally


def storms(server: MailServer, folder: Path, count: int) -> bool:
    """So many alerts in an hour: at most the cap and one digest that says so."""
    server.empty()
    box = box_of(server, folder, "most_a_day: 20\n")
    storm(box, count)
    mails = server.wait_for(len(box.outbox().mails))
    kinds = Counter(one.kind for one in box.outbox().mails)
    said = sum("réuni les" in " ".join(one.get_body(("plain",)).get_content().split()) for one in mails)  # type: ignore[union-attr]
    print(f"{count} alerts in an hour: {dict(kinds)}, {said} of them says so", flush=True)
    return kinds["alert"] <= 20 and kinds["digest"] == said == 1 and len(mails) == kinds.total()


def killed(server: MailServer, folder: Path, who: str, step: str) -> Counter[str]:
    """Two mails, one kill, then all in order again."""
    server.empty()
    box = box_of(server, folder, security="submission")
    box.found(*(alert(id=f"{n:020x}", rule=f"rule-{n}", first_seen=NOW, last_seen=NOW) for n in (1, 2)))
    died = _kill_relay(box, step) if who == "relay" else _kill_server(server, box, step)
    for _ in range(200):
        box.work(1, step=MINUTE)
        if not box.outbox().waiting and box.outbox().mails:
            break
    server.flushed()
    wanted = {one.message for one in box.outbox().mails}
    came = Counter(str(one["message-id"]) for one in server.wait_for(len(wanted)))
    return Counter(
        killed=died,
        sent=len(wanted),
        lost=len(wanted - came.keys()),
        duplicated=came.total() - len(came),
        strange=len(came.keys() - wanted),
    )


def _kill_relay(box: Box, step: str) -> int:
    command = [sys.executable, "-m", "tests.trials.mailed", str(box.config.parent), step, str(box.clock[0])]
    return int(subprocess.run(command, check=False).returncode == -9)


def _kill_server(server: MailServer, box: Box, step: str) -> int:
    died = [0]

    def reached(name: str) -> None:
        if name == step and not died[0]:
            died[0] = 1
            server.kill()

    with watched(reached):
        box.work(1, step=MINUTE)
    server.start()
    return died[0]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.mails")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--alerts", type=int, default=10_000, help="so many within an hour, at last")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="vigie-mail-", ignore_cleanup_errors=True) as folder:
        server = MailServer(Path(folder))
        try:
            server.start()
            stormy = storms(server, Path(folder) / "storm", asked.alerts)
            tally = run(server, Path(folder) / "boxes", asked.times, lambda line: print(line, flush=True))
        finally:
            server.stop()
    print(tally)
    return 0 if tally.well and stormy else 1


if __name__ == "__main__":
    sys.exit(main())
