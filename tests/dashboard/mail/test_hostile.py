"""Names that hurt, as packets through the whole chain to the mailbox: they forge no header and no link, and nothing private comes along."""

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.settings import load
from tests.privacy.conversations import PDF, POST, capture, mac, message, smtp, tcp

EVIL = 'x\r\nBcc: thief@evil.example\r\n\r\n<a href="https://evil.example/">\u202egpj.exe</a> www.evil.example'
FRIENDLY = "a\u202e<b>https://evil.example/</b>"
SUBJECT, FILE = "Resultats de Mme Zqvxkarine", "zqvxordonnance.pdf"


def alerts_of(film, config):
    chain, found = Chain(load(config, None), seed=1), {}
    for alerts in chain.run(open_capture(film)):
        found |= {one.id: one for one in alerts}
    return list(found.values())


@pytest.mark.root
def test_from_the_wire_to_the_mailbox(mailserver, box, tmp_path):
    found = box("json: true\npublic_url: https://vigie.cabinet.example\n", top="privacy: full\n")
    asks = BOOTP(chaddr=bytes.fromhex(mac(POST).replace(":", ""))) / DHCP(
        options=[("message-type", "request"), ("hostname", EVIL.encode()), ("vendor_class_id", EVIL.encode()), "end"]
    )
    hello = (
        Ether(src=mac(POST), dst="ff:ff:ff:ff:ff:ff")
        / IP(src="0.0.0.0", dst="255.255.255.255")
        / UDP(sport=68, dport=67)
        / asks
    )
    fields, content = PDF
    secret = (fields.replace(b"a.pdf", FILE.encode()), content + FILE.encode())
    mail = message(secret, to="zqvxpatient@evil.example", subject=SUBJECT, body=SUBJECT)
    packets = [
        (0.0, hello),
        *tcp(smtp(mail, greeting=FRIENDLY.encode()), at=1.0),
        *tcp(smtp(message(PDF), greeting=EVIL.encode()), at=9.0),
    ]
    alerts = alerts_of(capture(tmp_path / "film.pcap", packets), found.config)
    assert alerts
    found.clock[0] = max(one.last_seen for one in alerts)
    found.found(*alerts)
    found.work(3)
    mails = mailserver.wait_for(1)
    for came in mails:
        plain, page = (came.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert not {"bcc", "cc"} & {name.lower() for name in came.keys()}  # noqa: SIM118 - a message is no dict
        assert page.count("<a ") == page.count('<a class="button" href="https://vigie.cabinet.example/') == 1
        for shown in (came["subject"], plain, page):
            assert "\u202e" not in shown
            assert "https://evil" not in shown
            assert "www.evil" not in shown
            assert "zqvx" not in shown.lower()
        attached = b"".join(one.get_content() for one in came.iter_attachments())
        assert b"zqvx" not in came.as_bytes().lower() + attached.lower()
    assert any("evil.example" in one.get_body(("plain",)).get_content() for one in mails)  # names did travel
