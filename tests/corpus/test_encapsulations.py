"""One mail in fifteen encapsulations and in none: sixteen times the same alert."""

from collections import Counter

from sensor.settings import load
from tests.corpus.scoring import judge


def test_one_mail_however_it_is_carried(corpus):
    if corpus is None:
        print("CORPUS NOT RUN")
        return
    settings, told = load(None, None), Counter()
    for path in (corpus / "zeek" / "smtp.pcap", *sorted((corpus / "derived-encap").iterdir())):
        mails = [alert for alert in judge(path, settings) if alert.category == "mail"]
        told[tuple((a.rule, a.app, a.device.ip, a.peer, a.bytes_out, a.evidence) for a in mails)] += 1
    assert list(told.values()) == [16]
    assert len(next(iter(told))) == 1
