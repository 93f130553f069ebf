"""Mail to a server of MSSanté that no list names: known by the authority that vouches for it, where TLS 1.2 shows the certificate."""

import pytest

from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.demo.cast import DOCTOR, host
from sensor.demo.film import Film
from sensor.demo.mail import IGC_SANTE
from sensor.demo.morning import START
from sensor.demo.tcp import Conversation
from sensor.demo.tls import sealed_record, secure_12
from tests.sensor.detect.made_up import shipped

OTHER = ("Let's Encrypt", "R11")
CPS = ("ASIP-SANTE", "AC IGC-SANTE FORT ORGANISATIONS")


def counted(tmp_path, name, issuer, *, port=587, sent=16_000):
    film = Film(1)
    talk = Conversation(film, DOCTOR, host(name, "203.0.113.99", away_ms=5), port, start=0)
    if port != 443:
        for client, line in (
            (False, f"220 {name} ESMTP"),
            (True, "EHLO x"),
            (False, "250 STARTTLS"),
            (True, "STARTTLS"),
            (False, "220 go"),
        ):
            talk.say(line.encode() + b"\r\n", client=client)
    secure_12(talk, name, issuer)
    talk.say(sealed_record(film, sent), client=True)
    talk.say(sealed_record(film, 900), client=False)
    talk.close()
    film.write(tmp_path / "a.pcap", START)
    chain = Chain(shipped(), seed=1)
    alerts = [alert for batch in chain.run(open_capture(tmp_path / "a.pcap")) for alert in batch]
    return {what: times for what, times in chain.done_right().items() if times}, [
        str(alert.category) for alert in alerts
    ]


@pytest.mark.parametrize(
    ("name", "issuer", "how", "expected"),
    [
        ("mail.cabinet-voisin.fr", IGC_SANTE, {}, {"mssante": 1}),
        ("mail.cabinet-voisin.fr", CPS, {}, {"mssante": 1}),
        ("smtp.medecin.mssante.fr", OTHER, {}, {"mssante": 1}),
        ("mail.cabinet-voisin.fr", OTHER, {}, {"mail": 1}),
        ("mail.cabinet-voisin.fr", IGC_SANTE, {"sent": 40}, {}),
        ("annuaire.cabinet-voisin.fr", IGC_SANTE, {"port": 443}, {}),
    ],
    ids=["the authority", "its other one", "the list", "neither", "nothing sent", "no mail"],
)
def test_done_right(tmp_path, name, issuer, how, expected):
    assert counted(tmp_path, name, issuer, **how) == (expected, [])
