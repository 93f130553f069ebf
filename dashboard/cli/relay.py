"""`vigie relay`: ships to the InfluxDB and sends the mails that vigie.yml names, until Ctrl-C or SIGTERM; the only process that sends.

With `--once` it does what there is to do and ends: 0 if all was acknowledged, 1 if some is to be tried again, 2 if a person must look.
With `--outbox` it only shows the mails, their state, tries and the server's last answer.
"""

import logging
import os
import signal
import sys
import threading
from pathlib import Path

import click

from dashboard.cli.relay_outbox import show
from dashboard.cli.settings import load_settings
from dashboard.influx.client import Human, Later
from dashboard.mail.listing import outbox_of
from dashboard.mail.mailer import Mailer
from dashboard.mail.post import Post
from dashboard.privacy import pseudonym_key
from dashboard.relay.loop import Relay
from dashboard.relay.shipping import Site
from sensor.detect.policy import Policy
from sensor.store import upkeep
from sensor.store.errors import StoreError, WillRetry
from sensor.store.relay import RelayStore

LATER, UNABLE = 1, 2
STATE = "/var/lib/vigie"


@click.command()
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: os.environ.get("STATE_DIRECTORY", STATE),
    show_default=STATE,
    help="Where `vigie watch` keeps what it finds.",
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The practice's policy, vigie.yml; its sections `influxdb` and `mail` say where to.",
)
@click.option("--once", is_flag=True, help="Ship and send what there is, and end.")
@click.option("--outbox", is_flag=True, help="Show the mails that wait, were sent or were refused, and end.")
def relay(state: Path, config: Path | None, *, once: bool, outbox: bool) -> None:
    """Ship series and alerts to InfluxDB, and send the DPO's mails."""
    logging.basicConfig(level=logging.WARNING, format="vigie relay: %(message)s")
    logging.getLogger("influxdb_client").setLevel(logging.CRITICAL)  # it would log what the server answered
    policy = load_settings(config, None).policy
    try:
        if outbox:
            show(outbox_of(state), policy.practice.timezone)
            return
        if policy.influxdb is None and policy.mail is None:
            click.echo(
                "vigie relay: nothing to do: vigie.yml has no section 'influxdb' and no section 'mail'", err=True
            )
            sys.exit(UNABLE)
        terms = upkeep.Terms(keep=policy.retention, zone=policy.practice.timezone)
        with RelayStore(state, terms=terms) as store:
            _work(store, state, config, policy, once=once)
    except (Later, WillRetry) as error:
        click.echo(f"vigie relay: {error}", err=True)
        sys.exit(LATER)
    except (Human, StoreError, OSError, ValueError) as error:
        click.echo(f"vigie relay: {error}", err=True)
        sys.exit(UNABLE)


def _work(store: RelayStore, state: Path, config: Path | None, policy: Policy, *, once: bool) -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    key = pseudonym_key(state)
    mailer = Mailer(Post.of(policy.mail, policy, key, state, config), store) if policy.mail else None
    shipper = Relay(Site.of(state, policy.influxdb, policy, key), store, config) if policy.influxdb else None
    try:
        if once:
            _once(mailer, shipper, state)
        elif mailer and shipper:
            mails = threading.Thread(target=mailer.run, args=(stop,), name="mails")
            mails.start()
            try:
                shipper.run(stop)
            finally:
                stop.set()
                mails.join()
        else:
            (mailer or shipper).run(stop)  # type: ignore[union-attr]  # one of them is there
    finally:
        if shipper:
            shipper.close()


def _once(mailer: Mailer | None, shipper: Relay | None, state: Path) -> None:
    if mailer:
        click.echo(f"{mailer.once()} mails sent")
    if shipper:
        click.echo(f"{shipper.once()} points shipped")
    left = outbox_of(state)
    if mailer and left.waiting:
        click.echo(f"vigie relay: {left.waiting} mails wait: {left.answer or left.mails[0].answer}", err=True)
        sys.exit(UNABLE if left.trouble else LATER)
