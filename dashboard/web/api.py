"""The JSON API, /api/v1: alerts as `--json` prints them, and how the watching goes. Read only.

A list is {"alerts": […], "next": cursor or null, "change": n}; an error has the one shape of `dashboard.web.errors`.
Parameters: `lang` (fr, en), `category`, `severity` (the lowest wanted), `limit` (1 to 200), `after` (a `next`).
"""

from typing import Any

from flask import Blueprint, jsonify, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from dashboard.sources import MOST, AlertQuery
from dashboard.web.context import dashboard, lang, now
from dashboard.web.errors import Missing
from sensor.detect.alert import Alert, Category, Severity, rfc3339
from sensor.detect.alert_json import to_json

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.get("/alerts")
def many() -> Response:
    """Alerts, newest first."""
    page = dashboard().source.alerts(_query())
    return jsonify(
        alerts=[_told(alert) for alert in page.alerts], next=page.next, change=dashboard().source.change().alerts
    )


@api.get("/alerts/<alert_id>")
def one(alert_id: str) -> Response:
    """One alert."""
    alert = dashboard().source.alert(alert_id)
    if alert is None:
        raise Missing("no_alert")
    return jsonify(_told(alert))


@api.post("/mail-test")
def mail_test() -> Response:
    """Asks `watch` for a test alert. Its id, by which the stores tell how far it has come."""
    ask = dashboard().settings.ask_test
    if ask is None:
        raise Missing("not_found")
    return jsonify(id=ask(now()))


@api.get("/coverage")
def coverage() -> Response:
    """Whether the box sees."""
    found = dashboard().source.coverage(now())
    return jsonify(
        sight=found.sight.value,
        packets=found.packets,
        packets_per_second=found.packets_per_second,
        kernel_drops=found.drops,
        last_packet=None if found.last_packet is None else rfc3339(found.last_packet),
        started=None if found.started is None else rfc3339(found.started),
        interface=found.interface or None,
        version=found.version or None,
    )


def _told(alert: Alert) -> dict[str, Any]:
    privacy = dashboard().settings.privacy
    return to_json(privacy.shown(alert, lang()), lang=lang(), device_name=privacy.device(alert.device, lang()))


def _query() -> AlertQuery:
    words = request.args
    try:
        limit = int(words.get("limit", "50"))
        category = Category(words["category"]) if words.get("category") else None
        least = Severity(words.get("severity", Severity.INFORMATIONAL))
    except ValueError as error:
        raise BadRequest from error
    if not 1 <= limit <= MOST:
        raise BadRequest
    return AlertQuery(category=category, least=least, after=words.get("after") or None, limit=limit)
