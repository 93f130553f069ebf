"""What is answered when something is wrong: a page with one sentence, or, under /api/, one JSON shape.

JSON error: {"error": {"status": 404, "code": "no_alert", "message": "…"}}, whatever went wrong.
"""

import logging

from flask import Flask, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from dashboard.sources import BadCursor
from dashboard.web.context import texts
from sensor.store.errors import StoreError, WillRetry

log = logging.getLogger(__name__)


class Refused(Exception):  # noqa: N818  (what happened to the visitor)
    """No entry; `code` is a key of the catalogues' [error]."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Missing(Exception):  # noqa: N818  (what the thing asked for is)
    """What was asked for is not there; `code` is a key of the catalogues' [error]."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_OF_STATUS = {400: "bad_request", 404: "not_found", 405: "not_allowed"}


def install(app: Flask) -> None:
    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return answer(403, error.code, texts()(f"error.{error.code}"))

    @app.errorhandler(Missing)
    def missing(error: Missing) -> Response:
        return answer(404, error.code, texts()(f"error.{error.code}"))

    @app.errorhandler(BadCursor)
    def bad_cursor(_: BadCursor) -> Response:
        return answer(400, "bad_request", texts()("error.bad_request"))

    @app.errorhandler(StoreError)
    def store(error: StoreError) -> Response:
        log.warning("%s", error)
        found = answer(503, error.reason.value, texts()(f"store.{error.reason.value}"))
        if isinstance(error, WillRetry):
            found.headers["Retry-After"] = "2"
        return found

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        code = _OF_STATUS.get(status, "internal" if status >= 500 else "bad_request")
        found = answer(status, code, texts()(f"error.{code}"))
        for name, value in error.get_headers():
            if name == "Allow":
                found.headers[name] = value
        return found


def answer(status: int, code: str, message: str) -> Response:
    if request.path.startswith("/api/"):
        return make_response(jsonify(error={"status": status, "code": code, "message": message}), status)
    if request.path.startswith("/live/"):
        return make_response(message, status, {"Content-Type": "text/plain; charset=utf-8"})
    title = texts().get(f"error.title_{status}", texts()("error.title_400"))
    return make_response(render_template("message.html", title=title, message=message, code=code), status)
