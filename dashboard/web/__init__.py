"""The web application: `create_app(source, settings)` makes it, `new_link` opens it to one browser.

| route | what |
| --- | --- |
| /enter/<token> | opens a session with a one-time link |
| / | the inbox of alerts; ?category=, ?after= |
| /alerts/<alert_id> | one alert: what to do, what shows it |
| /traffic | a day's traffic; ?day=2026-11-22 |
| /hosts | the hosts that the practice uses |
| /reports/ | the monthly reports that are kept |
| /reports/<stem>.<suffix> | one of them, to take away |
| /mails | the DPO's mails: what waits, was sent or refused; ?test= how far a test has come |
| /mails/test | asks for a test alert (POST) |
| /alerts/<alert_id>/mail | an alert's mail as it would be sent |
| /alerts/<alert_id>/mail.html | its HTML form |
| /alerts/<alert_id>/mail.eml | the whole of it, as a file |
| /box | what the box keeps, when that was checked and erased, what was set aside, the way to InfluxDB |
| /live/strip | whether the box sees, and the versions of the other parts |
| /live/alerts | the inbox's list, as a part |
| /live/alerts/<alert_id> | an alert, as a part |
| /live/traffic | today's chart, as a part |
| /api/v1/alerts | alerts as JSON |
| /api/v1/alerts/<alert_id> | one alert as JSON |
| /api/v1/mail-test | asks for a test alert (POST), as JSON |
| /api/v1/coverage | whether the box sees, as JSON |
| /static/<path:filename> | stylesheet, script, icon |

Every page takes ?lang=fr or en. Without a session every route answers 403.
"""

from flask import Flask, request, url_for

from dashboard.sources import Source
from dashboard.web import access, context, errors, headers
from dashboard.web.access import new_link
from dashboard.web.api import api
from dashboard.web.box import machine
from dashboard.web.hosts import hosts
from dashboard.web.live import live
from dashboard.web.mails import mails
from dashboard.web.pages import pages
from dashboard.web.reports import reports
from dashboard.web.settings import WebSettings, web_settings

__all__ = ["WebSettings", "create_app", "new_link", "web_settings"]


def create_app(source: Source, settings: WebSettings) -> Flask:
    """The application over this source. It holds no state but its unused links."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.json.sort_keys = False  # type: ignore[attr-defined]  # an alert is told in the order of its contract
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    context.install(app, source, settings)
    errors.install(app)
    headers.install(app)
    access.install(app, settings)
    for blueprint in (pages, hosts, reports, mails, machine, live, api):
        app.register_blueprint(blueprint)

    @app.context_processor
    def always() -> dict[str, object]:
        return {
            "t": context.texts(),
            "practice": settings.practice,
            "demo": settings.demo,
            "message_style": headers.MESSAGE_STYLE,
            "other_language": _other_language(),
        }

    return app


def _other_language() -> str:
    """The same page in the other language."""
    other = context.texts()("site.other_code")
    if request.endpoint is None or request.endpoint.startswith(("live.", "static")):
        return url_for("pages.inbox", lang=other)
    return url_for(request.endpoint, **{**request.args, **(request.view_args or {}), "lang": other})
