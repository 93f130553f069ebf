"""A scanner's mail in clear, as a capture file: what the commands are tried on."""

import pytest

from sensor.demo.film import Film
from sensor.demo.mail import report_in_clear

MORNING = 1_795_248_902_000_000_000  # 2026-11-21T08:15:02Z


@pytest.fixture(scope="session")
def mail_bytes():
    film = Film(seed=1)
    report_in_clear(film, 0)
    return film.develop(MORNING)


@pytest.fixture
def mail_capture(tmp_path, mail_bytes):
    path = tmp_path / "mail.pcap"
    path.write_bytes(mail_bytes)
    return path
