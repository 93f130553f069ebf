"""So many alerts within an hour, each of a cause of its own; one critical among them; then the days after."""

from sensor.detect.alert import Severity
from tests.made import alert
from tests.mailserver.fixtures import DAY, MINUTE, NOW, Box

_PAGES = 25


def storm(box: Box, count: int) -> None:
    box.work()
    page = count // _PAGES
    for first in range(0, count, page):
        box.found(
            *(
                alert(id=f"{n:020x}", rule=f"rule-{n}", first_seen=NOW + n, last_seen=NOW + n)
                for n in range(first, first + page)
            )
        )
        box.work(1, step=2 * MINUTE)
    box.found(alert(id="worst", rule="worst", severity=Severity.CRITICAL, first_seen=NOW, last_seen=NOW))
    box.work()
    for _ in range(2):
        box.clock[0] += DAY
        box.work(5)
