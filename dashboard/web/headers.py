"""The headers of every answer: what a browser may do with it. Called after each request.

The pages load their own stylesheet and script and nothing else; no inline script, no frame, no plugin, no foreign address
(Content Security Policy, W3C). The page of an error has its style inside, because its visitor may load nothing: the policy
names that style by its hash.
"""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from flask import Flask, request
from werkzeug.wrappers import Response

MESSAGE_STYLE = files("dashboard.web").joinpath("static", "message.css").read_text("utf-8")
_HASH = b64encode(sha256(MESSAGE_STYLE.encode()).digest()).decode()
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def install(app: Flask) -> None:
    @app.after_request
    def guard(response: Response) -> Response:
        style = f" 'sha256-{_HASH}'" if response.status_code >= 400 else ""
        response.headers["Content-Security-Policy"] = _POLICY.format(style=style)
        response.headers.update(_FIXED)
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "private, no-cache"  # kept, asked again: an update shows at once
        else:
            response.headers["Cache-Control"] = "no-store"  # a practice's alerts are not for a shared computer's disk
        return response
