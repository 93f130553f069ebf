"""The progress bar: on a terminal, for what lasts."""

import io
import sys

from dashboard.cli import progress
from dashboard.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_long_work_on_a_terminal_shows_how_far_it_is(monkeypatch):
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with Progress("fr") as bar:
        bar.tell(0.25, 1_000_000)
        bar.tell(0.5, 2_000_000)
    assert "Lecture" in shown.getvalue()
    assert " 50%" in shown.getvalue()
    assert "o/s" in shown.getvalue()


def test_short_work_shows_nothing(monkeypatch):
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    with Progress("fr") as bar:
        bar.tell(0.5, 9)
    assert shown.getvalue() == ""


def test_a_log_is_left_alone(monkeypatch):
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with Progress("en") as bar:
        bar.tell(0.5, 9)
    assert log.getvalue() == ""
