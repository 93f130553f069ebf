"""The report as files: the PDF by typst, with every table's rows and figures as CSV and JSON beside it.

Same report, same bytes: the PDF is dated by the last day it tells of, fonts are those inside typst, and nothing is fetched. PDF/UA-1 and
PDF/A-2a: tagged, with its language, so that it can be read aloud and kept (ISO 14289-1, ISO 19005-2).
"""

import json
import os
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

import typst

from dashboard.kept_reports import SUFFIXES
from dashboard.report.facts import Facts
from dashboard.report.figures import figures
from dashboard.report.papers import Paper
from dashboard.report.report import Report
from dashboard.report.rows import table
from dashboard.report.voice import Voice

_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]


@dataclass(frozen=True, slots=True)
class Files:
    """The three files' bytes, and their suffixes' names: pdf, csv, json."""

    pdf: bytes
    csv: bytes
    json: bytes

    def write(self, stem: Path) -> tuple[Path, ...]:
        """Writes stem.pdf, stem.csv and stem.json, each at once. Errors: OSError."""
        written = []
        for suffix in reversed(SUFFIXES):
            path = stem.with_name(f"{stem.name}.{suffix}")
            half = path.with_name(f".{path.name}.{os.getpid()}")
            half.write_bytes(getattr(self, suffix))
            half.replace(path)
            written.append(path)
        return tuple(reversed(written))


def render(report: Report, facts: Facts, voice: Voice, content: str = "", form: str = "") -> Files:
    """`content` and `form` tell these facts, and how they are told, from others (`dashboard.report.making`)."""
    return Files(pdf(report), table(facts, voice), _figures(report, facts, content, form))


def pdf(made: Report | Paper) -> bytes:
    """The laid-out pages. Strings go in as data, so no name from the network can be markup."""
    layout = "page.typ" if isinstance(made, Report) else "paper.typ"
    with as_file(files("dashboard.report").joinpath(layout)) as page:
        laid_out: bytes = typst.compile(
            str(page),
            sys_inputs={"data": json.dumps(asdict(made), ensure_ascii=False)},
            ignore_system_fonts=True,
            pdf_standards=[*_STANDARDS],
            timestamp=0,
        )
    return laid_out


def _figures(report: Report, facts: Facts, content: str, form: str) -> bytes:
    told = {
        "month": str(facts.month),
        "complete": facts.complete,
        "content": content,
        "form": form,
        "journal_root": facts.root,
        "figures": {figure.key: figure.now for figure in figures(facts)},
        "watched": asdict(facts.watched),
        "one_way": asdict(facts.one_way),
        "destinations": [asdict(one) for one in facts.destinations],
        "done_right": dict(facts.done_right),
        "report": asdict(report),
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
