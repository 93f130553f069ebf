"""Two places where documents go: a public transfer site, where patients' files have no business, and a certified host (HDS)."""

from sensor.demo.cast import ASSISTANT, DOCTOR, INTERNET, Host
from sensor.demo.film import SECOND, Film
from sensor.demo.names import look_up
from sensor.demo.tcp import Conversation
from sensor.demo.tls import sealed_record, secure

TRANSFER = 80_000_000  # bytes
BACKUP = 16_000_000


def _upload(film: Film, client: Host, server: Host, at: int, size: int, seconds: int) -> None:
    talk = Conversation(film, client, server, 443, start=look_up(film, client, server, at))
    secure(talk, server.name)
    talk.say(sealed_record(film, 780), client=True, think=1_000_000)
    talk.say(sealed_record(film, 120), client=False, think=4_000_000)
    talk.pour(size, client=True, span=seconds * SECOND)
    talk.say(sealed_record(film, 340), client=False, think=30_000_000)
    talk.close()


def to_a_transfer_site(film: Film, at: int) -> None:
    _upload(film, ASSISTANT, INTERNET.transfer, at, TRANSFER, 24)


def backup_to_an_hds_host(film: Film, at: int) -> None:
    _upload(film, DOCTOR, INTERNET.hds, at, BACKUP, 12)
