"""The CSV holds what the pages cut: every row of every table."""

import csv
import io
from collections import Counter
from dataclasses import replace

from dashboard.privacy import Privacy
from dashboard.report.rows import COLUMNS, table
from dashboard.report.sections import SECTIONS
from dashboard.report.tables import MOST
from dashboard.report.texts import words
from dashboard.report.voice import Voice
from tests.dashboard.conftest import PARIS
from tests.dashboard.report.months import OCTOBER, alert, at, facts, months, report

TERRIBLE = months()["terrible"]


def rows(month, lang="fr"):
    data = table(month, Voice(words(lang), PARIS, Privacy(b"k" * 32)))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_every_row_that_a_page_cuts_is_there():
    found = Counter(row["table"] for row in rows(TERRIBLE))
    assert found["alert"] == len(TERRIBLE.alerts)
    assert found["device"] == len(TERRIBLE.devices) > MOST
    assert found["device_gone"] == len(TERRIBLE.gone) > MOST
    assert found["destination"] == len(TERRIBLE.destinations)
    cut = {section.key for section in report(TERRIBLE, "fr").sections for each in section.tables if each.cut}
    assert cut == {"alerts", "remote", "exposure", "devices"}
    assert cut < set(SECTIONS)


def test_what_the_page_says_is_left_out_is_what_it_leaves_out():
    for section in report(TERRIBLE, "en").sections:
        for each in section.tables:
            more = len(each.rows) - each.shown
            assert each.cut == ("" if more <= 0 else f"{more} more lines are in the CSV file beside this one."), (
                section.key
            )


def test_the_columns_are_one_set_and_times_are_the_practices():
    (row,) = rows(
        replace(
            facts(OCTOBER),
            devices=(),
            destinations=(),
            done_right=(),
            alerts=(alert("blindspot-tor", 0, at(OCTOBER.first)),),
        )
    )
    assert tuple(row) == COLUMNS
    assert row["first_seen"] == "2026-10-01T10:00:00+02:00"


def test_a_spreadsheet_is_given_no_formula():
    evil = alert("mail-attachment-in-clear", 0, at(OCTOBER.first))
    for begin in ("=1+1", "+1", "-1", "@x", "\t=1"):
        named = replace(evil, device=replace(evil.device, name=begin), peer=replace(evil.peer, host=begin))
        row = rows(replace(facts(OCTOBER), alerts=(named,)))[0]
        assert not row["device"].startswith(("=", "+", "-", "@", "\t")), begin
        assert not row["peer"].startswith(("=", "+", "-", "@", "\t")), begin
