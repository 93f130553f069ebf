"""What a newcomer's browser would do, for tests/fresh: open the demo's one-time link and wait for what it should show.

usage: fresh_page.py LINK "a page" | "alerts of all four categories"
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, build_opener

PATIENCE = 180
CATEGORIES = {"mail", "messaging", "remote", "upload"}


def main() -> None:
    link, wanted = sys.argv[1:]
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with browser.open(link, timeout=10) as page:
        assert b"<html" in page.read()
    if wanted == "a page":
        return
    shown: set[str] = set()
    begun = (datetime.now(UTC) - timedelta(hours=1)).isoformat()  # the month before has alerts too
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with browser.open(urljoin(link, "/api/v1/alerts"), timeout=10) as answer:
            shown = {alert["category"] for alert in json.load(answer)["alerts"] if alert["last_seen"] > begun}
        if shown >= CATEGORIES:
            return
        time.sleep(0.5)
    sys.exit(f"after {PATIENCE} s only {sorted(shown)}")


if __name__ == "__main__":
    main()
