"""The page of the box itself: what it keeps and since when that was last checked, what was set aside, and the way to InfluxDB."""

from datetime import datetime

from flask import Blueprint, render_template

from dashboard import formats
from dashboard.box import Box, Kept, box
from dashboard.web.context import dashboard, lang, now, texts
from dashboard.web.live import strip_now, versions

machine = Blueprint("box", __name__)
_SECOND = 1_000_000_000


@machine.get("/box")
def state() -> str:
    folder = dashboard().settings.state
    found = box(folder) if folder else Box((), 0, None)
    change = dashboard().source.change()
    return render_template(
        "box.html",
        strip=strip_now(),
        versions=versions(change),
        stores=[_store(one) for one in found.stores],
        aside=[_aside(one.path.name, one.size, one.made) for kept in found.stores for one in kept.aside],
        full=texts()("box.full", percent=str(found.full)),
        shipping=_shipping(found),
    )


def _store(one: Kept) -> tuple[str, str]:
    """(whose, how that is)."""
    t, size = texts(), formats.size(one.size, lang())
    if one.wrong is not None:
        return t(f"box.{one.name}"), t("box.unreadable", size=size)
    entries = t.counted("box.entries", one.entries, n=formats.number(one.entries, lang()))
    told = t("box.kept", size=size, entries=entries, verified=_since(one.verified), erased=_since(one.erased))
    return t(f"box.{one.name}"), told


def _since(moment: int) -> str:
    """How long ago, for seconds since the epoch."""
    if not moment:
        return texts()("box.not_yet")
    return texts()("box.ago", since=formats.duration(max(0.0, now() / _SECOND - moment), lang()))


def _aside(name: str, size: int, made: int) -> tuple[str, str, str]:
    day = datetime.fromtimestamp(made, dashboard().settings.zone).date()
    return name, formats.size(size, lang()), formats.full_day(day, lang())


def _shipping(found: Box) -> tuple[str, str]:
    """(mood of the strip's shapes, sentence); nothing where nothing is shipped."""
    t = texts()
    if found.shipped is None:
        return "", ""
    if found.shipped.need:
        return "bad", t(f"box.need_{found.shipped.need.removeprefix('influx-')}")
    return "good", t("box.shipped", when=_since(found.shipped.moved // _SECOND))
