"""The monthly reports that are kept: a list, and each as PDF, CSV and JSON to take away."""

from datetime import date

from flask import Blueprint, render_template, send_file
from werkzeug.wrappers import Response

from dashboard import formats
from dashboard.kept_reports import file_of, kept
from dashboard.web.context import dashboard, lang, texts
from dashboard.web.errors import Missing
from dashboard.web.live import strip_now, versions

reports = Blueprint("reports", __name__, url_prefix="/reports")
_TYPES = {"pdf": "application/pdf", "csv": "text/csv", "json": "application/json"}


@reports.get("/")
def listed() -> str:
    folder, t = dashboard().settings.reports, texts()
    rows = [
        (
            formats.month(date.fromisoformat(f"{one.month}-01"), lang()),
            t("reports.edition", n=str(one.edition)) if one.edition > 1 else "",
            formats.size(one.size, lang()),
            one.stem,
        )
        for one in (kept(folder) if folder else [])
    ]
    change = dashboard().source.change()
    return render_template("reports.html", strip=strip_now(), versions=versions(change), rows=rows)


@reports.get("/<stem>.<suffix>")
def taken(stem: str, suffix: str) -> Response:
    folder = dashboard().settings.reports
    path = file_of(folder, stem, suffix) if folder else None
    if path is None:
        raise Missing("not_found")
    return send_file(path.absolute(), mimetype=_TYPES[suffix], as_attachment=True, download_name=f"vigie-{path.name}")
