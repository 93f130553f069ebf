"""The parts of a page that renew themselves. The page asks for /live/strip each second; that strip carries the versions of
the other parts, and the page asks for those only when they have changed. Each answer has an ETag: unchanged costs a 304.

static/live.js is the other half. Without it the page works too: one reloads it.
"""

from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from dashboard.sources import AlertPage, AlertQuery, Change, DayTraffic
from dashboard.view import Viewer
from dashboard.web.chart import chart
from dashboard.web.context import dashboard, lang, now, texts, today
from dashboard.web.errors import Missing
from dashboard.web.good import good
from dashboard.web.strip import Strip, strip
from sensor.detect.alert import Category

live = Blueprint("live", __name__, url_prefix="/live")
PAGE = 30


@dataclass(frozen=True, slots=True)
class Versions:
    """What the page compares: a part whose version differs is asked for again. The day counts, since it names the groups."""

    alerts: str
    traffic: str


def versions(change: Change) -> Versions:
    return Versions(f"{change.alerts}-{today()}", f"{change.traffic}-{today()}")


def viewer() -> Viewer:
    settings = dashboard().settings
    return Viewer(texts(), settings.zone, settings.privacy, today(), now())


def strip_now() -> Strip:
    return strip(
        dashboard().source.coverage(now()), now(), dashboard().settings.zone, texts(), demo=dashboard().settings.demo
    )


def day_parts(traffic: DayTraffic) -> dict[str, object]:
    """What _day.html wants."""
    return {"chart": chart(traffic, dashboard().settings.zone, lang()), "good": good(traffic, texts())}


def parts_of_today() -> dict[str, object]:
    return day_parts(dashboard().source.traffic(today()))


def query() -> AlertQuery:
    """Which alerts the inbox is asked for. Errors: Missing for a category that does not exist."""
    word = request.args.get("category")
    try:
        category = Category(word) if word else None
    except ValueError as error:
        raise Missing("not_found") from error
    return AlertQuery(category=category, after=request.args.get("after") or None, limit=PAGE)


def inbox_parts(asked: AlertQuery, page: AlertPage) -> dict[str, object]:
    """What _alerts.html wants."""
    return {
        "groups": viewer().by_day(page.alerts),
        "counts": page.counts,
        "total": sum(count for _, count in page.counts),
        "query": asked,
        "older": url_for("pages.inbox", category=asked.category, after=page.next) if page.next else None,
    }


@live.get("/strip")
def strip_part() -> Response:
    """The strip, with the versions of everything else."""
    html = render_template("_strip.html", strip=strip_now(), versions=versions(dashboard().source.change()))
    return _tagged(html, sha256(html.encode()).hexdigest()[:16])


@live.get("/alerts")
def alerts_part() -> Response:
    """The inbox's list, for the same query as the page."""
    version = f"{versions(dashboard().source.change()).alerts}-{lang()}"
    if _known(version):
        return _tagged("", version)
    asked = query()
    return _tagged(render_template("_alerts.html", **inbox_parts(asked, dashboard().source.alerts(asked))), version)


@live.get("/alerts/<alert_id>")
def alert_part(alert_id: str) -> Response:
    """One alert, as it has grown."""
    version = f"{versions(dashboard().source.change()).alerts}-{lang()}"
    if _known(version):
        return _tagged("", version)
    alert = dashboard().source.alert(alert_id)
    if alert is None:
        raise Missing("no_alert")
    return _tagged(render_template("_alert.html", alert=viewer().alert(alert)), version)


@live.get("/traffic")
def traffic_part() -> Response:
    """Today's traffic."""
    version = f"{versions(dashboard().source.change()).traffic}-{lang()}"
    if _known(version):
        return _tagged("", version)
    return _tagged(render_template("_day.html", **parts_of_today()), version)


def _known(version: str) -> bool:
    return request.if_none_match.contains_weak(version)


def _tagged(html: str, version: str) -> Response:
    response = make_response(html)
    response.set_etag(version, weak=True)
    response.headers["Vary"] = "Cookie"
    return response.make_conditional(request)
