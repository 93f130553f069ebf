"""The headers of every answer: what a browser may do with it. Called after each request.

The pages load their own stylesheet and script and nothing else; no inline script, no frame, no plugin, no foreign address
(Content Security Policy, W3C). The page of an error has its style inside, because its visitor may load nothing: the policy
names that style by its hash. So has a mail that is shown as it would be sent.
"""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from flask import Flask, request
from werkzeug.wrappers import Response

from dashboard.mail.html import style as mail_style

MESSAGE_STYLE = files("dashboard.web").joinpath("static", "message.css").read_text("utf-8")


def _sha256(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode()


_HASH = _sha256(MESSAGE_STYLE)
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
        if request.endpoint == "mails.preview_html" and not style:
            style = f" 'sha256-{_sha256(mail_style())}'"
        response.headers["Content-Security-Policy"] = _POLICY.format(style=style)
        response.headers.update(_FIXED)
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "private, no-cache"  # kept, asked again: an update shows at once
        else:
            response.headers["Cache-Control"] = "no-store"  # a practice's alerts are not for a shared computer's disk
        return response
