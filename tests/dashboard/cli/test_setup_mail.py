"""The wizard's questions and what it writes; the test's steps, each told as it is reached; the outbox as a table."""

import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import main
from sensor.settings import load
from sensor.store import WatchStore
from sensor.store.requests import Requests
from tests.mailserver.fixtures import Box, _one_mailserver, box, mailserver
from tests.mailserver.server import PASSWORD, USER

__all__ = ["_one_mailserver", "box", "mailserver"]


def vigie(*argv, answers=""):
    return CliRunner().invoke(main, [str(one) for one in argv], input=answers, catch_exceptions=False)


@pytest.mark.root
def test_the_answers_are_tried_and_written(tmp_path, mailserver):
    config = tmp_path / "vigie.yml"
    config.write_text("practice: {name: Cabinet}  # ours\n")
    answers = [
        USER,
        "localhost",
        "starttls",
        mailserver.ports["submission"],
        USER,
        "y",
        mailserver.ca,
        PASSWORD,
        "dpo@dpo.example",
    ]
    done = vigie("setup", "mail", "--config", config, answers="\n".join(map(str, answers)) + "\n")
    assert "The server accepts the connection and the password." in done.output
    assert done.exit_code == 0
    assert "# ours" in config.read_text()
    policy = load(config, None).policy
    assert (policy.mail.server.user, policy.mail.recipients[0].mail) == (USER, "dpo@dpo.example")
    password = tmp_path / "smtp.password"
    assert (password.read_text(), password.stat().st_mode & 0o777) == (PASSWORD + "\n", 0o600)
    assert PASSWORD not in config.read_text() + done.output
    assert vigie("setup", "mail", "--config", config).exit_code == 2  # it is not asked twice


@pytest.mark.root
def test_a_password_that_is_refused_is_not_kept_unasked(tmp_path, mailserver):
    config = tmp_path / "vigie.yml"
    config.write_text("dpo: {mail: dpo@dpo.example}\n")
    answers = [USER, "localhost", "starttls", mailserver.ports["submission"], USER, "y", mailserver.ca, "wrong", "n"]
    done = vigie("setup", "mail", "--config", config, answers="\n".join(map(str, answers)) + "\n")
    assert "It does not: 535" in done.output
    assert done.exit_code == 1
    assert not (tmp_path / "smtp.password").exists()


def test_a_known_provider_is_proposed_with_its_source(tmp_path):
    config = tmp_path / "vigie.yml"
    config.write_text("")
    done = vigie("setup", "mail", "--config", config, answers="cabinet@wanadoo.fr\nn\n")
    assert "Orange: smtp.orange.fr, port 465, tls (Thunderbird ISPDB" in done.output
    done = vigie("setup", "mail", "--config", config, answers="cabinet@outlook.fr\n\n")
    assert "OAuth2 only" in done.output
    done = vigie("setup", "mail", "--config", config, answers="cabinet@laposte.net\nn\n")
    assert "not verified" in done.output


@pytest.mark.root
def test_a_test_alert_takes_the_whole_way(mailserver, box):
    """`serve` does not run: its store takes the request; a thread is `watch` and `relay`."""
    found: Box = box()
    ended = threading.Event()

    def others() -> None:
        looking = Requests(found.state)
        while not ended.wait(0.1):
            found.clock[0] = time.time_ns()
            if alerts := looking.new(found.clock[0]):
                with WatchStore(found.state) as store:
                    store.upsert(alerts)
            found.work()

    thread = threading.Thread(target=others)
    thread.start()
    try:
        done = vigie("setup", "mail", "--config", found.config, "--test", "--state", found.state, "--patience", 30)
    finally:
        ended.set()
        thread.join()
    assert done.exit_code == 0, done.output
    steps = ["journalled", "has raised the test alert", "in the outbox", "answered: 250 2.0.0 Ok"]
    assert sorted(steps, key=done.output.index) == steps
    (mail,) = mailserver.wait_for(1)
    assert mail["subject"] == "Essai : une alerte de Vigie vous parvient"
    shown = vigie("relay", "--outbox", "--state", found.state).output
    assert "…@dpo.example" in shown
    assert "250 2.0.0 Ok" in shown


@pytest.mark.root
def test_without_watch_the_test_says_what_is_missing(box):
    found = box()
    done = vigie("setup", "mail", "--config", found.config, "--test", "--state", found.state, "--patience", 1)
    assert done.exit_code == 1
    assert "is `vigie watch` running?" in done.output


def test_an_outbox_that_never_was(tmp_path: Path):
    assert vigie("relay", "--outbox", "--state", tmp_path).output == "The outbox is empty.\n"
