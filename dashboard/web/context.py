"""What every request knows: its language, the settings, the source, the moment. Called by the pages, the API and the errors.

The language is the one asked for (`?lang=`), else the one chosen before (a cookie), else the practice's. The browser's own
(`Accept-Language`) is not asked: a box in a French practice speaks French, also to a computer that was set up in English.
"""

from dataclasses import dataclass
from datetime import date

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from dashboard.sources import Source
from dashboard.texts import LANGUAGES, Lang, Texts, language
from dashboard.web.settings import WebSettings
from sensor.store.days import day_of

COOKIE = "vigie_lang"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What one application is made of."""

    source: Source
    settings: WebSettings
    catalogues: dict[Lang, Texts]


def install(app: Flask, source: Source, settings: WebSettings) -> None:
    app.extensions["vigie"] = Dashboard(source, settings, {lang: Texts(lang) for lang in LANGUAGES})

    @app.after_request
    def remember(response: Response) -> Response:
        asked = language(request.args.get("lang"))
        if asked is not None and not request.path.startswith("/api/"):
            response.set_cookie(COOKIE, asked, max_age=_YEAR, httponly=True, samesite="Strict")
        return response


def dashboard() -> Dashboard:
    found: Dashboard = current_app.extensions["vigie"]
    return found


def lang() -> Lang:
    if "lang" not in g:
        asked = language(request.args.get("lang")) or language(request.cookies.get(COOKIE))
        g.lang = asked or dashboard().settings.lang
    found: Lang = g.lang
    return found


def texts() -> Texts:
    return dashboard().catalogues[lang()]


def now() -> int:
    """Nanoseconds since the epoch: one moment for the whole request."""
    if "now" not in g:
        g.now = dashboard().settings.now()
    found: int = g.now
    return found


def today() -> date:
    return day_of(now(), dashboard().settings.zone)
