"""`vigie relay`: ships to the InfluxDB and sends the mails that vigie.yml names, and makes the monthly report, until Ctrl-C or SIGTERM; the
only process that sends.

With `--once` it does what there is to do and ends: 0 if all was acknowledged, 1 if some is to be tried again, 2 if a person must look.
With `--outbox` it only shows the mails, their state, tries and the server's last answer.
"""

import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

import click

from dashboard.cli.relay_outbox import show
from dashboard.cli.settings import load_settings
from dashboard.influx.client import Human, Later
from dashboard.mail import submission as mails
from dashboard.mail.listing import outbox_of
from dashboard.mail.mailer import Mailer
from dashboard.mail.monthly import post_report
from dashboard.mail.post import Post
from dashboard.privacy import pseudonym_key
from dashboard.relay.loop import Relay
from dashboard.relay.monthly import Monthly, Unmade
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
@click.option("--once", is_flag=True, help="Make, ship and send what there is, and end.")
@click.option("--outbox", is_flag=True, help="Show the mails that wait, were sent or were refused, and end.")
def relay(state: Path, config: Path | None, *, once: bool, outbox: bool) -> None:
    """Ship series and alerts to InfluxDB, send the DPO's mails, and make the monthly report."""
    logging.basicConfig(level=logging.WARNING, format="vigie relay: %(message)s")
    logging.getLogger("influxdb_client").setLevel(logging.CRITICAL)  # it would log what the server answered
    policy = load_settings(config, None).policy
    try:
        if outbox:
            show(outbox_of(state), policy.practice.timezone)
            return
        terms = upkeep.Terms(keep=policy.retention, zone=policy.practice.timezone)
        with RelayStore(state, terms=terms) as store:
            _work(store, state, config, policy, once=once)
    except (Later, Unmade, WillRetry) as error:
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
    post = Post.of(policy.mail, policy, key, state, config) if policy.mail else None
    mailer = Mailer(post, store) if post else None
    monthly = Monthly(state, policy, config, store, lambda _, pdf: _post(store, post, pdf))
    shipper = Relay(Site.of(state, policy.influxdb, policy, key), store, config) if policy.influxdb else None
    try:
        if once:
            _once(monthly, mailer, shipper, state)
        else:
            _run(stop, monthly, *(one for one in (mailer, shipper) if one))
    finally:
        if shipper:
            shipper.close()


def _run(stop: threading.Event, *workers: Monthly | Mailer | Relay) -> None:
    """Each in a thread but the last, until `stop` is set: none waits for another."""
    threads = [threading.Thread(target=one.run, args=(stop,), name=type(one).__name__) for one in workers[:-1]]
    for thread in threads:
        thread.start()
    try:
        workers[-1].run(stop)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _post(store: RelayStore, post: Post | None, pdf: Path) -> None:
    if post is None:
        return
    try:
        post_report(store, post, pdf, time.time_ns())
    except (mails.Human, ValueError) as error:
        raise Unmade(f"{pdf.name} was made, and could not be put into the outbox: {error}") from error


def _once(monthly: Monthly, mailer: Mailer | None, shipper: Relay | None, state: Path) -> None:
    unmade = None
    try:
        for pdf in monthly.once(asked=True):
            click.echo(pdf)
    except Unmade as error:  # the rest does not wait for it
        unmade = error
    if mailer:
        click.echo(f"{mailer.once()} mails sent")
    if shipper:
        click.echo(f"{shipper.once()} points shipped")
    left = outbox_of(state)
    if mailer and left.waiting:
        click.echo(f"vigie relay: {left.waiting} mails wait: {left.answer or left.mails[0].answer}", err=True)
        sys.exit(UNABLE if left.trouble else LATER)
    if unmade:
        raise unmade
