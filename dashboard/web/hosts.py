"""The hosts that the practice uses: the ground of its register of processing, and what it should still ask about. From the local store."""

from datetime import date

from flask import Blueprint, render_template

from dashboard import formats
from dashboard.web.context import dashboard, lang, now, texts, today
from dashboard.web.live import strip_now, versions
from sensor.detect.backups import BackupState
from sensor.store.days import day_of
from sensor.store.hosts import Used

hosts = Blueprint("hosts", __name__)
_MINUTE = 60_000_000_000
_POSTS = 6
"""Posts that are named; of more the number is told."""


@hosts.get("/hosts")
def used() -> str:
    source = dashboard().source
    change = source.change()
    found = source.hosts()
    return render_template(
        "hosts.html",
        strip=strip_now(),
        versions=versions(change),
        backups=[_saved(one) for one in source.backups()],
        listed=[_row(one) for one in found.listed],
        unknown=[_row(one) for one in found.unknown],
        age=list_age(),
    )


def list_age() -> str:
    """How old what is said of hosts is: in words, for every page that says it."""
    settings = dashboard().settings
    if not settings.lists_date:
        return ""
    return texts()("lists.age", lists=_day(settings.lists_date), hds=_day(settings.hds_date))


def _day(text: str) -> str:
    try:
        return formats.full_day(date.fromisoformat(text), lang()).partition(" ")[2]  # without the day of the week
    except ValueError:
        return text or "?"


def _row(one: Used) -> dict[str, str]:
    zone, t = dashboard().settings.zone, texts()
    first, last = (formats.day(day_of(at * _MINUTE, zone), lang(), today()) for at in (one.first, one.last))
    return {
        "name": formats.bounded(dashboard().settings.titles.get(one.place, one.place), 60) or t("hosts.rest"),
        "kind": _kind(one),
        "first": first,
        "last": last,
        "posts": _posts(one),
        "sent": formats.size(one.bytes_out, lang()),
        "received": formats.size(one.bytes_in, lang()),
    }


def _kind(one: Used) -> str:
    """For what it is used, and what is known of it as a host."""
    t, use = texts(), dashboard().settings.uses.get(one.place)
    host = t.get(f"destination.{one.cls}", one.cls) if one.cls else ""
    if use is None:
        return host
    named = t(f"use.{use}")
    return named if one.cls == "health" else t("hosts.use", use=named, host=host)


def _posts(one: Used) -> str:
    privacy = dashboard().settings.privacy
    names = sorted({privacy.name(ip, mac, lang()) for ip, mac in one.posts})
    if len(names) > _POSTS:
        return texts()("hosts.posts_many", n=formats.number(len(names), lang()))
    return ", ".join(formats.bounded(name, 40) for name in names)


def _saved(state: BackupState) -> dict[str, str]:
    """A backup in words; `late` where it should have run."""
    settings, t, device = dashboard().settings, texts(), state.device
    rhythm = state.rhythm
    return {
        "name": formats.bounded(settings.privacy.name(device.ip, device.mac, lang(), device.name), 40),
        "to": formats.bounded(state.title or state.place, 60),
        "hds": t.get(f"hds.{state.hds}", ""),
        "ran": formats.day(day_of(state.last, settings.zone), lang(), today()),
        "size": formats.size(state.size, lang()),
        "rhythm": formats.duration(rhythm / 1e9, lang()) if rhythm else t("backups.learning"),
        "late": t("backups.late") if state.late_at(now()) else "",
    }
