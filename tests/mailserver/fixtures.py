"""pytest's fixtures of the mail server: one for the run, an empty mailbox and the usual settings for each test; and a box that writes to it."""

import shutil
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dashboard.mail.listing import Outbox, outbox_of, state_of
from dashboard.mail.mailer import Mailer
from dashboard.mail.post import Post
from sensor.detect.alert import Alert
from sensor.settings import load
from sensor.store import WatchStore
from sensor.store.relay import RelayStore
from sensor.store.upkeep import Terms
from tests.mailserver.server import DOMAIN, PASSWORD, USER, MailServer

KEY = b"k" * 32
TERMS = Terms(trusted=lambda: True)
NOW = 1_795_168_800_000_000_000  # Friday 2026-11-20 11:00 in Paris
SECOND = 1_000_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND


@dataclass
class Box:
    """A box's stores and its relay's mails, with a clock that tests move."""

    state: Path
    config: Path
    clock: list[int] = field(default_factory=lambda: [NOW])

    def post(self) -> Post:
        policy = load(self.config, None).policy
        assert policy.mail is not None
        return Post.of(policy.mail, policy, KEY, self.state, self.config)

    def found(self, *alerts: Alert) -> None:
        """`watch` writes these."""
        with WatchStore(self.state, clock=lambda: self.clock[0], terms=TERMS) as store:
            store.upsert(alerts)

    def work(self, times: int = 1, step: int = SECOND) -> int:
        """So many looks of the relay, the clock moved after each. How many mails were taken."""
        sent = 0
        with RelayStore(self.state, clock=lambda: self.clock[0], terms=TERMS) as store:
            mailer = Mailer(self.post(), store, lambda: self.clock[0])
            for _ in range(times):
                sent += mailer.once()
                self.clock[0] += step
        return sent

    def outbox(self) -> Outbox:
        return outbox_of(self.state, 100_000)

    def states(self) -> list[tuple[str, int]]:
        """(state, tries) of each mail, oldest first."""
        return [(state_of(one).value, one.tries) for one in sorted(self.outbox().mails, key=lambda one: one.id)]


def box_of(
    server: MailServer, folder: Path, more: str = "", *, security: str = "clear", top: str = "", port: int = 0
) -> Box:
    """`more`: lines of the section `mail`; `top`: of vigie.yml beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "password").write_text(PASSWORD + "\n")
    port = port or server.ports[security]
    word = {"clear": "none", "submission": "starttls", "tls": "tls"}[security]
    login = "" if security == "clear" else f"  user: {USER}\n  password_file: password\n  ca_file: {server.ca}\n"
    config = folder / "vigie.yml"
    config.write_text(
        f"practice: {{name: Cabinet des Tilleuls}}\ndpo: {{mail: dpo@{DOMAIN}}}\n{textwrap.dedent(top)}\n"
        f"mail:\n  server: localhost\n  port: {port}\n  security: {word}\n  from: {USER}\n{login}"
        + textwrap.indent(textwrap.dedent(more), "  ")
    )
    return Box(folder / "state", config)


@pytest.fixture(scope="session")
def _one_mailserver() -> Iterator[MailServer]:
    """Not below pytest's own folder, which postfix's user may not enter."""
    with TemporaryDirectory(prefix="vigie-mail-", ignore_cleanup_errors=True) as folder:
        server = MailServer(Path(folder))
        try:
            yield server.start()
        finally:
            server.stop()


@pytest.fixture
def mailserver(_one_mailserver: MailServer) -> Iterator[MailServer]:
    """Running, as usual, its mailboxes empty."""
    server = _one_mailserver
    if not server.running:
        server.start()
    server.empty()
    yield server
    if server.settings or not server.running:
        server.change()


@pytest.fixture
def box(mailserver: MailServer, tmp_path: Path) -> Callable[..., Box]:
    """`box(more, security=…, top=…)`: a box that writes to that server."""

    def make(more: str = "", **how: str | int) -> Box:
        shutil.rmtree(tmp_path / "box", ignore_errors=True)
        return box_of(mailserver, tmp_path / "box", more, **how)  # type: ignore[arg-type]

    return make
