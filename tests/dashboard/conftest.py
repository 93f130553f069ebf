import importlib.util
import re
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Thread
from types import ModuleType, SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from waitress import create_server

from dashboard.privacy import Privacy
from dashboard.sources.local import LocalSource
from dashboard.web import WebSettings, create_app, new_link
from sensor.detect.alert import (
    AlertDevice,
    AlertPeer,
    Category,
    Hds,
    Legal,
    Nature,
    Severity,
    Words,
)
from tests.influxd.fixtures import influxd, practice
from tests.made import alert

__all__ = ["influxd", "practice"]

PARIS = ZoneInfo("Europe/Paris")
SECOND = 1_000_000_000
NOW = int(datetime(2026, 11, 20, 10, 30, tzinfo=PARIS).timestamp()) * SECOND


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def sample():
    return alert(
        first_seen=NOW - 600 * SECOND,
        last_seen=NOW - 60 * SECOND,
        count=3,
        device=AlertDevice("192.168.1.31", "00:80:77:31:01:07", "Scanner de l’accueil", "Brother"),
        peer=AlertPeer("198.51.100.25", 25, "smtp.fournisseur.example", "banner", Hds.NOT_LISTED, "FR"),
        bytes_out=1_240_000,
        bytes_in=3_200,
        packets=1_200,
        community_id="1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
        evidence=(("attachments", 1), ("mime_types", "application/pdf"), ("attachment_bytes", 904_233), ("tls", False)),
        legal=(
            Legal("RGPD, article 32", "sécurité du traitement", verified=False, source="EUR-Lex", date="2026-11-21"),
            Legal("CSP, article L1110-4", "secret médical", verified=True, source="Légifrance", date="2026-11-21"),
        ),
        fr=Words(
            "{device} a envoyé un courrier en clair avec une pièce jointe",
            "Passez par MSSanté.\nPrévenez le DPO.",
            "Un envoi chiffré",
            "Un courrier en clair",
        ),
        en=Words(
            "{device} sent clear mail with an attachment", "Use MSSanté.", "An encrypted transfer", "A clear mail"
        ),
    )


@pytest.fixture
def unnamed(sample):
    """A remote session on a post that the practice did not name."""
    return replace(
        sample,
        id="r1",
        rule="rdp-inbound",
        category=Category.REMOTE,
        app="rdp",
        nature=Nature.SESSION,
        severity=Severity.CRITICAL,
        last_seen=NOW - 5 * SECOND,
        count=1,
        device=AlertDevice("192.168.1.12", "aa:00:00:00:00:12", None, "Dell"),
        peer=AlertPeer("203.0.113.77", 51234),
        evidence=(("direction", "inbound"), ("duration", 1297.4), ("path", "192.168.1.12 → 203.0.113.77")),
        fr=Words(
            "Prise de main sur {device} (192.168.1.12)", "Appelez votre prestataire.", "Un contrat", "Une session"
        ),
        en=Words("Control of {device} (192.168.1.12)", "Call your provider.", "A contract", "A session"),
    )


@pytest.fixture
def settings():
    return WebSettings(secret=b"s" * 32, privacy=Privacy(b"k" * 32), now=lambda: NOW, bearer="b" * 64)


@pytest.fixture
def site(tmp_path, settings):
    """`make(**changes)` gives an application over this test's store and a client that is signed in."""

    def make(*, signed_in: bool = True, **changes: object) -> SimpleNamespace:
        app = create_app(LocalSource(tmp_path, PARIS), replace(settings, **changes))
        client = app.test_client()
        if signed_in:
            assert client.get(new_link(app, "")).status_code == 303
        return SimpleNamespace(app=app, client=client, get=client.get)

    return make


@pytest.fixture
def readable():
    """The text of a page, tags out, blanks as one."""

    def text(html: str) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()

    return text


def _webdriver() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tests_webdriver", Path(__file__).with_name("webdriver.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickles look there
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def browser():
    with _webdriver().browser() as window:
        yield window


@pytest.fixture
def served():
    """`serve(app)` serves it on loopback for the length of the test and gives its address."""
    servers = []

    def serve(app: object) -> str:
        server = create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.effective_port}"

    serve.servers = servers
    yield serve
    for server, thread in servers:
        stop(server, thread)


def stop(server, thread) -> None:
    server.task_dispatcher.shutdown()
    server.close()
    server.asyncore.close_all(server._map)
    thread.join(5)
