"""A mail's sheet as HTML, light and dark. One file, no picture, no script, nothing fetched: mail programs block or track those.

Jinja escapes all that stands in it. The only links are the sheet's own.
"""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from dashboard.mail.sheet import Sheet, firm


def html(sheet: Sheet, lang: str, subject: str) -> str:
    return _template().render(sheet=sheet, lang=lang, subject=subject)


def _firm(value: object) -> object:
    return firm(value) if isinstance(value, str) else value


@cache
def style() -> str:
    """What stands between the style tags, for whoever shows a mail in a page."""
    return _source().partition("<style>")[2].partition("</style>")[0]


def _source() -> str:
    return files("dashboard.mail").joinpath("templates", "sheet.html").read_text("utf-8")


@cache
def _template() -> Template:
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_firm)
    return made.from_string(_source())
