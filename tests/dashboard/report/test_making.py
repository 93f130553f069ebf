"""A report that is kept: the first stays, the same facts are not written twice, others say that they are not the first."""

import json
from dataclasses import replace

import pytest

from dashboard.kept_reports import kept, kept_in
from dashboard.report.facts import Known
from dashboard.report.making import Asked, keep, known_of
from dashboard.report.texts import words
from sensor.detect.policy import Policy, Practice
from sensor.detect.policy import Report as Wish
from tests.dashboard.conftest import SECOND
from tests.dashboard.report.conftest import LATER, LISTS, OCTOBER, at, varied

POLICY = Policy(practice=Practice(name="Cabinet des Tilleuls"))


@pytest.fixture
def ask(store):
    def asked(lang="fr", now=LATER, policy=POLICY, **changes):
        known = known_of(policy, Known(lists=LISTS, **changes))
        return keep(Asked(store.path.parents[1], OCTOBER, policy, words(lang), known, now, "9.9"))

    return asked


def notes(paths):
    return json.loads(paths[2].read_text())["report"]["notes"]


def stems(store):
    return [one.stem for one in reversed(kept(kept_in(store.path.parents[1])))]


def test_the_same_facts_are_kept_once_however_the_journal_grows(fill, ask, store, sample):
    fill(alerts=[varied(sample)])
    first = ask()
    before = first[0].read_bytes()
    store.upsert([replace(sample, id="later")])  # of November
    assert ask(now=LATER + 86_400 * SECOND) == first
    assert first[0].read_bytes() == before
    assert stems(store) == ["2026-10"]


def test_facts_that_came_late_make_an_edition_that_says_what_changed(fill, ask, store, sample, text):
    fill(alerts=[varied(sample)])
    first = ask()
    before = [path.read_bytes() for path in first]
    store.upsert([varied(sample, id="late", evidence=(("mails", 5),))])
    second = ask()
    assert stems(store) == ["2026-10", "2026-10-2"]
    assert [path.read_bytes() for path in first] == before
    said = (
        "Édition n° 2. Des faits ont changé depuis la première, qui est gardée telle quelle : alertes à examiner 2 (la première "
        "disait 1), courriers sans chiffrement 8 (la première disait 3)."
    )
    assert notes(second)[-1] == said
    assert said in text(second[0].read_bytes())
    assert ask() == second
    store.upsert([varied(sample, id="later still", device=replace(sample.device, name="Autre"))])
    assert notes(ask())[-1].startswith("Édition n° 3. Des faits ont changé depuis la première")


def test_figures_may_be_the_same_while_facts_are_not(fill, ask, store, sample):
    fill(alerts=[varied(sample)])
    ask()
    store.upsert([varied(sample, bytes_out=99_000_000)])
    assert notes(ask())[-1].endswith(": les cinq chiffres sont les mêmes, des détails diffèrent.")


def test_one_made_before_the_month_was_over_is_not_called_late(fill, ask, sample):
    fill(alerts=[varied(sample)])
    ask(now=at(9))
    second = ask()
    assert notes(second)[-1].startswith("Édition n° 2. La première, gardée telle quelle, avait été faite avant la fin")


def test_another_language_or_other_parts_are_no_change_of_facts(fill, ask, store, sample):
    fill(alerts=[varied(sample)])
    first = ask()
    assert notes(ask("en"))[-1].startswith("Edition 2: the same facts as the first, which is kept, in another language")
    less = ask(policy=replace(POLICY, report=Wish(without=frozenset({"glossary"}))))
    assert notes(less)[-1].startswith("Édition n° 3 : les mêmes faits que la première")
    assert ask() == first
    assert stems(store) == ["2026-10", "2026-10-2", "2026-10-3"]


def test_a_first_one_that_cannot_be_read_is_kept_all_the_same(fill, ask, sample):
    fill(alerts=[varied(sample)])
    first = ask()
    first[2].write_text("torn")
    second = ask()
    assert second != first
    assert notes(second)[-1].startswith("Édition n° 2. Des faits ont changé")
