"""What tests that need InfluxDB ask for: `influxd`, one for the whole run, and `practice`, buckets and tokens of a test's own in it."""

import itertools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from dashboard.influx.client import Influx, Where
from dashboard.influx.setup import Files, Setup
from dashboard.relay.loop import Relay
from dashboard.relay.shipping import Site
from dashboard.sources.influx import InfluxSource, influx_source
from sensor.detect.policy import Policy
from sensor.settings import load
from sensor.store.relay import RelayStore
from tests.influxd.build import CannotBuildError
from tests.influxd.build import influxd as built
from tests.influxd.server import Influxd, running

KEY = b"k" * 32
_number = itertools.count()

VIGIE_YML = """
practice: {{name: Cabinet des Tilleuls, site: {site}}}
privacy: {privacy}
{more}
influxdb:
  url: {url}
  buckets: {{detail: detail-{n}, figures: figures-{n}, totals: totals-{n}}}
  token_file: write.token
  read_token_file: read.token
"""


@pytest.fixture(scope="session")
def influxd(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Influxd]:
    """The real server. Its version is printed: the run says what it ran against."""
    try:
        program = built()
    except CannotBuildError as error:
        pytest.skip(f"no InfluxDB: {error}")
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.strip()
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(f"\n{version}")
    with running(tmp_path_factory.mktemp("influxd")) as server:
        yield server


@dataclass
class Practice:
    """One practice with an InfluxDB. `state` is its state directory, `config` its vigie.yml."""

    server: Influxd
    folder: Path
    policy: Policy

    @property
    def config(self) -> Path:
        return self.folder / "vigie.yml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def settings(self):
        assert self.policy.influxdb is not None
        return self.policy.influxdb

    @property
    def files(self) -> Files:
        return Files.of(self.settings, self.config, "admin.token")

    def set_up(self) -> list[str]:
        told: list[str] = []
        Setup(self.settings, self.policy.retention, self.files, told.append).run()
        return told

    def site(self) -> Site:
        return Site.of(self.state, self.settings, self.policy, KEY)

    def ship(self, *, clock=None) -> int:
        """As `vigie relay --once`."""
        more = {} if clock is None else {"clock": clock}
        with RelayStore(self.state) as store:
            relay = Relay(self.site(), store, self.config, **more)
            try:
                return relay.once()
            finally:
                relay.close()

    def source(self, clock=None) -> InfluxSource:
        made = influx_source(self.settings, self.policy, self.config)
        if clock is not None:
            made._clock = clock
        return made

    def operator(self) -> Influx:
        return Influx(Where(self.server.url, self.settings.org, self.server.ca), self.server.token, 120)

    def with_site(self, site: str) -> "Practice":
        return replace(self, policy=replace(self.policy, influxdb=replace(self.settings, site=site)))


def practice_of(server: Influxd, folder: Path, *, privacy: str = "full", site: str = "tilleuls", more: str = ""):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "admin.token").write_text(server.token)
    (folder / "vigie.yml").write_text(
        VIGIE_YML.format(site=site, privacy=privacy, url=server.url, n=next(_number), more=more)
        + (f"  ca_file: {server.ca}\n" if server.ca else "")
    )
    made = Practice(server, folder, load(folder / "vigie.yml", None).policy)
    made.set_up()
    return made


@pytest.fixture
def practice(influxd: Influxd, tmp_path: Path):
    """`practice(privacy="full", …)` makes one, set up, whose state directory is the test's."""

    def make(**more: str) -> Practice:
        return practice_of(influxd, tmp_path / "practice", **more)

    return make
