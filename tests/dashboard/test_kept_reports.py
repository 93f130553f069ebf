"""Where reports are kept: places by month and edition, and only files that are reports."""

from itertools import islice

from dashboard.kept_reports import file_of, kept, kept_in, places


def test_editions_have_their_places(tmp_path):
    assert [path.name for path in islice(places(tmp_path, "2026-10"), 3)] == ["2026-10", "2026-10-2", "2026-10-3"]
    assert kept_in(tmp_path) == tmp_path / "relay" / "reports"


def test_only_reports_are_kept(tmp_path):
    for name in ("2026-10.pdf", "2026-10-2.pdf", "2026-13.pdf", "2026-10-02.pdf", "x.pdf", ".2026-10.pdf.77"):
        (tmp_path / name).write_bytes(b"12345")
    assert [(one.month, one.edition, one.size) for one in kept(tmp_path)] == [("2026-10", 2, 5), ("2026-10", 1, 5)]
    assert file_of(tmp_path, "2026-10", "pdf") == tmp_path / "2026-10.pdf"
    assert file_of(tmp_path, "2026-10", "csv") is None
    assert file_of(tmp_path, "2026-13", "pdf") is None
