"""What leaves the box: everything is read back from InfluxDB, and searched for what must not be there."""

import time
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from dashboard.cli.watching import Terms, run_watch
from sensor.capture.files import open_capture
from sensor.capture.replay import ReplaySource
from sensor.detect.alert import AlertDevice, AlertPeer, Category
from sensor.settings import load
from sensor.store import SeriesRow, WatchStore
from tests.influxd.equal import rows
from tests.lab import canaries

RECORDINGS = Path(__file__).parents[2] / "recordings"
SECOND = 1_000_000_000
NAMES = "devices:\n  - {name: Poste-Docteur-Lambert, mac: '00:80:77:31:01:07'}\n  - {name: Serveur, ip: 192.168.1.2}"


def everything(made) -> str:
    """All that InfluxDB holds of this practice, tags and fields alike."""
    buckets = made.settings.buckets
    found = [rows(made, buckets.detail, "minute"), rows(made, buckets.detail, "box"), rows(made, buckets.totals, "ten")]
    found += [rows(made, buckets.figures, "hour"), rows(made, buckets.figures, "alert")]
    assert all(found), "each kind of point was read back"
    return "\n".join(str(row) for kind in found for row in kind)


def filled(made, sample):
    now = time.time_ns()
    minute = now // 60_000_000_000
    with WatchStore(made.state, clock=lambda: now) as store:
        row = SeriesRow(minute, "192.168.1.31", "00:80:77:31:01:07", "ssl", 10, 20, 1, 1, 1, "cloud")
        for ago in range(30):
            store.add_series(
                [replace(row, minute=minute - ago), replace(row, minute=minute - ago, device_ip="fe80::31")]
            )
            store.add_series([replace(row, minute=minute - ago, device_ip="192.168.1.77", device_mac=None)])
        store.flush(now, force=True)
        while store.maintain(now):
            pass
        device = AlertDevice("192.168.1.31", "00:80:77:31:01:07", "Poste-Docteur-Lambert", "Brother")
        inside = replace(
            sample,
            id="inside",
            category=Category.REMOTE,
            device=device,
            peer=AlertPeer("192.168.1.2", 3389, "serveur-du-cabinet.local", "dns"),
            evidence=(("path", "192.168.1.31 → 192.168.1.2"), ("mac", "00:80:77:31:01:07"), ("seconds", 4)),
        )
        unnamed = replace(sample, id="unnamed", device=AlertDevice("192.168.1.77", None, None, None))
        store.upsert(
            replace(one, first_seen=now, last_seen=now) for one in (replace(sample, device=device), inside, unnamed)
        )
    made.ship()


@pytest.mark.parametrize("privacy", ["pseudonym", "fleet"])
def test_no_address_leaves_and_at_fleet_no_name(practice, sample, privacy):
    made = practice(privacy=privacy, more=NAMES)
    filled(made, sample)
    found = everything(made).lower()
    for real in ("192.168.", "fe80::", "00:80:77", "serveur-du-cabinet", "1:lqu9qzlk"):
        assert real not in found, real
    assert "203.0.113" in found or "198.51.100.25" in found, "where data went is what is told"
    assert ("docteur-lambert" in found) == (privacy == "pseudonym")
    assert "pseudo:" in found


def test_at_full_what_there_is(practice, sample):
    made = practice(privacy="full", more=NAMES)
    filled(made, sample)
    found = everything(made)
    for real in ("192.168.1.31", "00:80:77:31:01:07", "Poste-Docteur-Lambert"):
        assert real in found


@pytest.mark.parametrize("privacy", ["full", "pseudonym", "fleet"])
def test_no_canary_of_the_labs_mails_reaches_influxdb(practice, privacy):
    made = practice(privacy=privacy)
    settings = load(made.config, None)
    for name in ("mail_five_attachments", "ftp_clear_upload", "mail_password_clear", "imap_clear_pdf"):
        capture = ReplaySource(open_capture(RECORDINGS / f"{name}.pcap"), speed=1_000)
        run_watch(capture, settings, made.state, Event(), Terms("test", eager=True))
    with WatchStore(made.state) as store:
        later = time.time_ns() + 40 * 60 * SECOND
        while store.maintain(later):
            pass
        assert len(store.load_alerts()) >= 4
    made.ship()
    assert not canaries.found_in(everything(made).encode())
