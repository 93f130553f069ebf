"""Asks for a test alert, as the page's button does: through `vigie serve` if it runs, which alone writes its store; else there directly."""

import json
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from sensor.store.errors import Reason, StoreError
from sensor.store.requests import ask_test
from sensor.store.serve import ServeStore

_SECONDS = 10


class RequestError(Exception):
    """It could not be asked for; the message says why."""


def request_test(state: Path, page: str) -> str:
    """The id of the alert to come. Errors: RequestError."""
    try:
        with ServeStore(state) as store:
            return ask_test(store, time.time_ns())
    except StoreError as error:
        if error.reason is not Reason.BUSY:
            raise RequestError(str(error)) from None
    return _through(page, state / "serve" / "api.key")


def _through(page: str, key: Path) -> str:
    if urlsplit(page).scheme not in ("http", "https"):
        raise RequestError(f"{page}: not an address")
    try:
        headers = {"Authorization": f"Bearer {key.read_bytes().hex()}"}
        asked = Request(f"{page.rstrip('/')}/api/v1/mail-test", b"", headers)  # noqa: S310 - http or https, looked at above
        with urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310 - the same
            return str(json.load(answer)["id"])
    except HTTPError as error:
        raise RequestError(
            f"`vigie serve` at {page} answers {error.code}: was it started with this vigie.yml?"
        ) from None
    except (URLError, OSError, ValueError, KeyError) as error:
        raise RequestError(f"`vigie serve` runs, and not at {page} (--page says where): {error}") from None
