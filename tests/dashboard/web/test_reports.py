"""The reports that are kept: listed newest first, taken away as files, and nothing else of the disk."""

import pytest


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "relay" / "reports"
    made.mkdir(parents=True)
    for name in ("2026-09.pdf", "2026-10.pdf", "2026-10-2.pdf", "2026-10.csv", "notes.pdf"):
        (made / name).write_bytes(b"%PDF-" + b"x" * 1995)
    (tmp_path / "relay" / "2026-08.pdf").write_text("not among them")
    return made


def test_without_reports_the_page_says_so(site, readable, tmp_path):
    assert "Aucun rapport n’est encore gardé" in readable(site(reports=tmp_path / "absent").get("/reports/").text)


def test_they_are_listed_newest_first(site, readable, folder):
    text = readable(site(reports=folder).get("/reports/").text)
    places = [text.index(words) for words in ("octobre 2026 édition n° 2", "octobre 2026 PDF", "septembre 2026 PDF")]
    assert places == sorted(places)
    assert "2 ko" in text
    assert "notes" not in text


def test_one_is_taken_away(site, folder):
    answer = site(reports=folder).get("/reports/2026-10-2.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=vigie-2026-10-2.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()


@pytest.mark.parametrize(
    "path",
    [
        "2026-11.pdf",
        "2026-09.csv",
        "notes.pdf",
        "../2026-08.pdf",
        "%2e%2e%2f2026-08.pdf",
        "2026-09.key",
        "2026-10-0.pdf",
    ],
)
def test_nothing_else_is(site, folder, path):
    assert site(reports=folder).get(f"/reports/{path}").status_code == 404


def test_only_with_a_session(site, folder):
    made = site(signed_in=False, reports=folder)
    assert {made.get(path).status_code for path in ("/reports/", "/reports/2026-10.pdf")} == {403}
