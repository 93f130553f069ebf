"""Who may come in. Called before each request; nothing is shown without a session.

A one-time link, printed by `serve` and `demo`, opens a session: a signed cookie, HttpOnly, SameSite=Strict, twelve hours.
The link's secret is kept as a hash, in memory only, and used once. A program may give `Authorization: Bearer …` to the API.

Against DNS rebinding the Host header must be an IP address, `localhost` or a name that was given: a foreign page can make
its own name point here, but cannot make the browser send an address as Host.
"""

import hmac
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address
from secrets import token_urlsafe
from threading import Lock
from urllib.parse import urlsplit

from flask import Flask, redirect, request, session, url_for
from werkzeug.wrappers import Response

from dashboard.web.errors import Refused
from dashboard.web.settings import WebSettings

SESSION_LASTS = timedelta(hours=12)
_MOST_LINKS = 16
_SIGNED_IN = "in"


class Links:
    """The links that were given and not used yet: the newest few."""

    def __init__(self) -> None:
        self._open: list[bytes] = []
        self._turn = Lock()

    def new(self) -> str:
        token = token_urlsafe(32)
        with self._turn:
            self._open = [*self._open, _digest(token)][-_MOST_LINKS:]
        return token

    def use(self, token: str) -> bool:
        """True once for each token that `new` gave."""
        digest = _digest(token)
        with self._turn:
            for place, known in enumerate(self._open):
                if hmac.compare_digest(known, digest):
                    del self._open[place]
                    return True
        return False


def install(app: Flask, settings: WebSettings) -> None:
    links = Links()
    app.extensions["vigie.links"] = links
    app.secret_key = settings.secret
    # Cookies know no ports: the name tells a demo's session from that of the box on the same machine.
    app.config["SESSION_COOKIE_NAME"] = f"vigie_{sha256(settings.secret).hexdigest()[:8]}"
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Strict"
    app.config["PERMANENT_SESSION_LIFETIME"] = SESSION_LASTS

    @app.before_request
    def check() -> None:
        if not host_allowed(request.host, settings.hosts):
            raise Refused("bad_host")
        if request.method not in ("GET", "HEAD", "OPTIONS") and not same_origin():
            raise Refused("cross_site")
        if request.endpoint != "enter" and not signed_in(settings):
            raise Refused("no_session")

    @app.get("/enter/<token>")
    def enter(token: str) -> Response:
        if not links.use(token):
            if signed_in(settings):
                return redirect(url_for("pages.inbox"), 303)
            settings.came("link", request.remote_addr or "", "refused")
            raise Refused("used_link")
        settings.came("link", request.remote_addr or "", "opened")
        session.clear()
        session[_SIGNED_IN] = True
        session.permanent = True
        return redirect(url_for("pages.inbox"), 303)


def new_link(app: Flask, base: str) -> str:
    """A link that opens one session. `base`: "http://127.0.0.1:8080"."""
    links: Links = app.extensions["vigie.links"]
    return f"{base}/enter/{links.new()}"


def signed_in(settings: WebSettings) -> bool:
    if session.get(_SIGNED_IN) is True:
        return True
    given = request.authorization
    if settings.bearer is None or given is None or given.type != "bearer" or not request.path.startswith("/api/"):
        return False
    return hmac.compare_digest(_digest(given.token or ""), _digest(settings.bearer))


def host_allowed(host: str, names: frozenset[str]) -> bool:
    """`host` as in the Host header, with or without a port."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    if name is None:
        return False
    if name == "localhost" or name in names:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def same_origin() -> bool:
    """Whether a request that changes something comes from our own page (Fetch Metadata, W3C; else Origin, RFC 6454).

    A program that sends neither header is no browser: no foreign page made it speak.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "replace")).digest()
