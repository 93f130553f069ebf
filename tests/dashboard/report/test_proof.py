"""What the report says of itself: how well the box saw, how old its lists are, how to check it."""

from dataclasses import replace

from dashboard.privacy import Privacy
from dashboard.report.facts import Known, Moved, OneWay, Watched
from dashboard.report.proof import coverage, journal
from dashboard.report.texts import words
from dashboard.report.voice import Voice
from sensor.detect.lists import ListInfo
from sensor.store.verify import Root
from tests.dashboard.conftest import PARIS
from tests.dashboard.report.months import OCTOBER, ROOT, facts

VOICE = Voice(words("fr"), PARIS, Privacy(b"k" * 32))


def said(known=Known(), **changes):  # noqa: B008 - frozen
    return coverage(replace(facts(OCTOBER), **changes), VOICE, known)


def test_the_share_of_packets_that_were_lost():
    seen = Watched(span=3600.0, watched=3600.0, packets=900, drops=100)
    assert "Paquets perdus par la machine : 100 sur 900 (10 %)." in said(watched=seen).sentences


def test_one_direction():
    def of(*counts):
        return next(one for one in said(one_way=OneWay(*counts)).sentences if "sens" in one)

    assert of(300, 0).startswith("Les deux sens")
    assert of(300, 1).startswith("Pendant une heure sur 300, un seul sens")
    assert of(300, 12).startswith("Pendant 12 heures sur 300, un seul sens")
    assert of(0, 0).startswith("Aucun échange avec l’extérieur")


def test_what_cannot_be_named_is_a_share_of_what_went_outside():
    moved = (Moved("local", 10**9, 0), Moved("named", 600, 0), Moved("nameless", 300, 0), Moved("hidden_tor", 50, 50))
    sentences = said(destinations=moved).sentences
    assert any(one.endswith("dont la destination n’a pas de nom : 30 %.") for one in sentences)
    assert any(one.endswith(": 10 %, dont : Caché par Tor 10 %.") for one in sentences)
    assert not any("destination" in one for one in said(destinations=moved[:1]).sentences)


def test_the_age_of_a_list_is_told_at_the_end_of_the_month():
    lists = [
        ListInfo("x", "Liste maison", day, 5, 9)
        for day in ("2026-10-01", "2026-10-30", "2026-10-31", "2026-11-02", "?")
    ]
    (table,) = said(Known(lists=tuple(lists))).tables
    assert [row[2] for row in table.rows] == ["30 jours", "1 jour", "du jour", "plus récente", ""]


def test_the_root_may_be_copied_with_its_line_breaks():
    code = journal(facts(OCTOBER), VOICE, Known()).code
    assert max(map(len, code.splitlines())) <= 70
    assert str(Root.parse(code.split('"')[1])) == ROOT
