"""The pages: the inbox, one alert, a day's traffic. Server-rendered; the routes are listed in `dashboard.web`."""

from datetime import date, timedelta

from flask import Blueprint, render_template, request

from dashboard import formats
from dashboard.sources import Share
from dashboard.web.context import dashboard, lang, texts, today
from dashboard.web.errors import Missing
from dashboard.web.hosts import list_age
from dashboard.web.live import day_parts, inbox_parts, parts_of_today, query, strip_now, versions, viewer
from sensor.detect.destinations import INSIDE, UNNAMED, is_hidden

pages = Blueprint("pages", __name__)
_FIRST_DAY = date(2020, 1, 1)


@pages.get("/")
def inbox() -> str:
    source = dashboard().source
    change = source.change()  # before the rest: what changes meanwhile is asked for again, never missed
    asked = query()
    parts = inbox_parts(asked, source.alerts(asked))
    parts |= parts_of_today()
    return render_template("inbox.html", strip=strip_now(), versions=versions(change), **parts)


@pages.get("/alerts/<alert_id>")
def alert(alert_id: str) -> str:
    source = dashboard().source
    change = source.change()
    found = source.alert(alert_id)
    if found is None:
        raise Missing("no_alert")
    return render_template("alert.html", strip=strip_now(), versions=versions(change), alert=viewer().alert(found))


@pages.get("/traffic")
def traffic() -> str:
    source = dashboard().source
    change = source.change()
    day = _day(request.args.get("day"))
    found = source.traffic(day)
    privacy = dashboard().settings.privacy
    return render_template(
        "traffic.html",
        strip=strip_now(),
        versions=versions(change),
        **day_parts(found),
        title=texts()("traffic.of_day", day=formats.full_day(day, lang())),
        live=day == today(),
        instead=found.instead,
        devices=_rows(found.devices, [privacy.name(one.name, one.mac, lang()) for one in found.devices]),
        services=_rows(found.services, _called(found.services, "service")),
        destinations=_rows(found.destinations, _called(found.destinations, "destination")),
        age=list_age(),
        unnamed=_unnamed(found.destinations),
        previous=(day - timedelta(days=1)).isoformat(),
        next=(day + timedelta(days=1)).isoformat() if day < today() else None,
    )


def _unnamed(destinations: tuple[Share, ...]) -> str:
    """Which share of what was exchanged with the outside has no destination that could be named, and why."""
    moved = {one.name: one.bytes_out + one.bytes_in for one in destinations if one.name not in INSIDE}
    why = {name: count for name, count in moved.items() if name in UNNAMED or is_hidden(name)}
    outside, lost = sum(moved.values()), sum(why.values())
    if not lost:
        return ""
    percents = (
        f"{texts().get(f'destination.{name}', name)} ({formats.number(100 * count / outside, lang(), 1)} %)"
        for name, count in why.items()
    )
    return texts()("traffic.unnamed", share=formats.number(100 * lost / outside, lang(), 1), why=", ".join(percents))


def _called(shares: tuple[Share, ...], kind: str) -> list[str]:
    return [texts().get(f"{kind}.{one.name or 'other'}", one.name) for one in shares]


def _rows(shares: tuple[Share, ...], names: list[str]) -> list[tuple[str, str, str, int]]:
    """(name, sent, received, share of the largest in percent)."""
    most = max((share.bytes_out + share.bytes_in for share in shares), default=0) or 1
    return [
        (
            formats.bounded(name, 60),
            formats.size(share.bytes_out, lang()),
            formats.size(share.bytes_in, lang()),
            round(100 * (share.bytes_out + share.bytes_in) / most),
        )
        for share, name in zip(shares, names, strict=True)
    ]


def _day(text: str | None) -> date:
    if text is None:
        return today()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Missing("not_found") from error
    if not _FIRST_DAY <= day <= today():
        raise Missing("not_found")
    return day
