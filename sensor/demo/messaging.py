"""A phone of the practice talks over WhatsApp: a conversation, then a photograph (facts: g.whatsapp.net, mmg.whatsapp.net)."""

import numpy as np

from sensor.demo.cast import INTERNET, PHONE
from sensor.demo.film import SECOND, Film
from sensor.demo.names import look_up
from sensor.demo.tcp import Conversation
from sensor.demo.tls import sealed_record, secure

PHOTOGRAPH = 1_600_000


def conversation(film: Film, at: int) -> None:
    """Messages to and fro for half a minute."""
    server = INTERNET.chat
    talk = Conversation(film, PHONE, server, 443, start=look_up(film, PHONE, server, at))
    secure(talk, server.name, ())
    count = 240
    times = talk.at + np.cumsum(film.rng.exponential(30 * SECOND / count, count)).astype(np.int64)
    talk.converse(film.rng.integers(120, 1_200, count), film.rng.random(count) < 0.5, times)
    talk.close()


def photograph(film: Film, at: int) -> None:
    server = INTERNET.media
    talk = Conversation(film, PHONE, server, 443, start=look_up(film, PHONE, server, at))
    secure(talk, server.name)
    talk.say(sealed_record(film, 620), client=True, think=1_000_000)
    talk.pour(PHOTOGRAPH, client=True, span=2 * SECOND)
    talk.say(sealed_record(film, 310), client=False, think=40_000_000)
    talk.close()
