"""Nine kinds of months as facts: what the pictures of the pages are made of. Alerts say what rules said once (told.json), so that a
rule that says it better does not change a page.

quiet, terrible, partial, blind for ten days, the first, February, the year's turn, and the months whose days have 23 and 25 hours.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from dashboard.privacy import Privacy
from dashboard.report.compose import compose
from dashboard.report.facts import Facts, Known, Moved, OneWay, Seen, Watched
from dashboard.report.month import Month
from dashboard.report.texts import words
from dashboard.report.voice import Voice
from sensor.detect.alert import Alert, AlertDevice, AlertPeer, Category, Confidence, Hds, Nature, Severity, Words
from sensor.detect.lists import ListInfo
from sensor.store.days import minutes_of
from tests.dashboard.conftest import PARIS, SECOND

ROOT = "v1.relay=56:0123456789abcdef,serve=78:fedcba9876543210,watch=1234:00112233445566ff." + "0f1e2d3c4b5a6978" * 4
_TOLD = json.loads(Path(__file__).with_name("told.json").read_text("utf-8"))
RULES = _TOLD["alerts"]
LISTS = tuple(
    ListInfo(name, title, f"2025-{n % 9 + 1:02}-15", 3 + 11 * n, 9) for n, (name, title) in enumerate(_TOLD["lists"])
)
OCTOBER = Month(2026, 10)
NAMES = ("Accueil", "Cabinet 1", "Scanner de l’accueil", "Secrétariat", "Serveur d’images de radiologie", None, None)
HOSTS = {
    Category.MAIL: (("smtp.fournisseur.example", Hds.NOT_LISTED), ("mail.laboratoire-du-vallon.example", None)),
    Category.MESSAGING: (("g.whatsapp.net", None), ("chat.signal.org", None)),
    Category.REMOTE: ((None, None), ("relais-11.telemaintenance.example", None)),
    Category.UPLOAD: (("storm-eu-west-1.wetransfer.net", Hds.NOT_LISTED), ("s3.gra.io.cloud.ovh.net", Hds.CAPABLE)),
}
APPS = {Category.REMOTE: ("rdp", "teamviewer"), Category.MESSAGING: ("whatsapp", "signal")}
PRODUCTS = {Category.MESSAGING: ("WhatsApp", "Signal"), Category.UPLOAD: ("WeTransfer", "OVHcloud Object Storage")}


def alert(rule: str, n: int, seen: int, *, count: int = 1, **facts: object) -> Alert:
    """One as the rule makes it, about the n-th device and peer."""
    told = RULES[rule]
    category, nature = Category(told["category"]), Nature(told["nature"])
    host, hds = HOSTS.get(category, (("www.fournisseur.example", None),) * 2)[n % 2]
    peer = AlertPeer(f"203.0.113.{n % 250}", 443, host, "sni" if host else None, hds, None)
    product = PRODUCTS.get(category, ("", ""))[n % 2]
    known = {
        "attachments": 2,
        "attachment_bytes": 900_000 + n,
        "direction": "inbound",
        "duration": 1_300.0 + 97 * n,
        "list_name": product,
        "mails": count,
        "port": 25,
        "tls": False,
    } | facts
    evidence = {key: value for key, value in known.items() if value != ""}
    sent, received = 1_000_000 * (n % 80 + 1), 30_000 * (n % 9 + 1)
    duration = int(float(str(known["duration"]))) if nature is Nature.SESSION else 0
    app = APPS.get(category, ("smtp",) if category is Category.MAIL else (None,))
    return Alert(
        id=f"{rule}-{n}-{seen}"[:40],
        rule=rule,
        category=category,
        app=app[n % len(app)],
        nature=nature,
        severity=Severity(told["severity"]),
        confidence=Confidence.CERTAIN,
        first_seen=seen,
        last_seen=seen + duration * SECOND,
        count=count,
        device=AlertDevice(f"192.168.1.{20 + n % 7}", f"aa:bb:cc:dd:ee:{n % 7:02x}", NAMES[n % 7], "Dell"),
        peer=peer,
        bytes_out=sent,
        bytes_in=received,
        packets=900,
        community_id=None,
        evidence=tuple(sorted(evidence.items())),
        legal=(),
        fr=Words(*told["fr"], "", ""),
        en=Words(*told["en"], "", ""),
    )


def at(day: date, hour: int = 10) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=PARIS).timestamp()) * SECOND


def facts(month: Month, *, watched: Iterable[date] | None = None, silent: Iterable[date] = (), **changes) -> Facts:
    """A month that was watched on these days (all, if it is not said), and else as quiet as can be."""
    heard, deaf, zone = set(month.days() if watched is None else watched), set(silent), PARIS
    after = month.minutes(zone)[1]
    until = changes.get("until", after)

    def day(when: date) -> Watched:
        begin, end = minutes_of(when, zone)
        span = max(0, min(end, until) - begin) * 60.0
        seen = span if when in heard or when in deaf else 0.0
        packets = int(seen * 40) if when in heard else 0
        return Watched(span, seen, seen if when in deaf else 0.0, packets, packets * 700)

    days = tuple((when, day(when)) for when in month.days())
    total = Watched(
        sum(one.span for _, one in days),
        sum(one.watched for _, one in days),
        sum(one.silent for _, one in days),
        sum(one.packets for _, one in days),
        sum(one.bytes for _, one in days),
    )
    base = Facts(
        month=month,
        until=until,
        complete=until == after,
        alerts=(),
        earlier=(),
        watched=total,
        days=days,
        destinations=(
            *(Moved("local", 9_000_000_000, 8_000_000_000), Moved("named", 900_000_000, 12_000_000_000)),
            *(Moved("hds", 640_000_000, 2_000_000), Moved("mssante", 44_000_000, 90_000_000)),
            *(Moved("hidden_vpn", 60_000_000, 50_000_000), Moved("hidden_ech", 30_000_000, 20_000_000)),
            Moved("nameless", 240_000_000, 900_000_000),
        ),
        done_right=(("mssante", 214), ("mail", 96), ("hds", 30)),
        done_right_before=(("mssante", 198), ("mail", 101), ("hds", 31)),
        devices=tuple(device(n, month.before.first) for n in range(14)),
        gone=(),
        watched_before=True,
        entries=412,
        one_way=OneWay(310, 0),
        root=ROOT,
        version="0.1.0",
    )
    return replace(base, **changes)


def device(n: int, first: date) -> Seen:
    return Seen(f"192.168.1.{n}", f"aa:bb:cc:dd:00:{n:02x}", first, 10**9 // (n + 1), 10**10 // (n + 1))


def gone(n: int) -> Seen:
    return replace(device(n, date(2026, 1, 3)), bytes_out=0, bytes_in=0)


def few(month: Month, first: int = 0) -> tuple[Alert, ...]:
    """What an ordinary month brings, from its first days on or later."""
    days = month.days()[first:]
    return (
        alert("mail-attachment-in-clear", 2, at(days[3]), count=3),
        alert(
            "remote-inbound-covered",
            8,
            at(days[6]),
            contract="covered",
            contract_reference="TM-2026-4",
            contract_provider="Médilogis",
        ),
        alert("messaging-consumer", 3, at(days[9])),
    )


def contract(n: int) -> dict[str, str]:
    cover = ("none", "hour", "post", "host", "tool", "expired", "covered")[n % 7]
    return {"contract": cover} if cover == "none" else {"contract": cover, "contract_reference": f"TM-2026-{n % 4}"}


def many(month: Month) -> tuple[Alert, ...]:
    """All that the rules can tell, several times a day, of every device."""
    days = month.days()
    told = [
        alert(
            name,
            n + turn,
            at(days[(5 * n + 3 * turn) % len(days)], 8 + turn % 9),
            count=1 + n % 5,
            **(contract(n + turn) if name.startswith("remote") else {}),
        )
        for turn in range(9)
        for n, name in enumerate(sorted(RULES))
    ]
    return tuple(sorted(told, key=lambda one: (one.first_seen, one.id)))


def months() -> dict[str, Facts]:
    october, march = Month(2026, 10), Month(2026, 3)
    days = october.days()
    ninth = int(datetime(2026, 10, 9, 18, 30, tzinfo=PARIS).timestamp()) // 60
    bad = facts(october, silent=days[4:6], watched=[*days[:4], *days[6:]])
    return {
        "quiet": facts(Month(2026, 6)),
        "terrible": replace(
            bad,
            alerts=many(october),
            earlier=few(october.before),
            watched=replace(bad.watched, drops=81_000_000, gaps=12_345, shed=678, unreadable=90_123),
            devices=tuple(device(n, days[n % 31]) for n in range(60)),
            gone=tuple(gone(n) for n in range(60, 93)),
            one_way=OneWay(402, 37),
            unset=3,
            entries=12_345,
        ),
        "partial": facts(october, watched=days[:9], until=ninth, alerts=few(october)),
        "blind": facts(october, watched=[*days[:12], *days[22:]], alerts=few(october)[:1]),
        "first": facts(
            Month(2026, 9),
            watched=Month(2026, 9).days()[17:],
            watched_before=False,
            began=date(2026, 9, 18),
            done_right_before=(),
            alerts=few(Month(2026, 9), 17),
            devices=tuple(device(n, date(2026, 9, 18)) for n in range(9)),
        ),
        "february": facts(Month(2026, 2), alerts=few(Month(2026, 2)), earlier=few(Month(2026, 1))),
        "turn": facts(Month(2026, 1), alerts=few(Month(2026, 1)), earlier=few(Month(2025, 12))),
        "short-day": facts(march, alerts=few(march)[:2], gone=(gone(20),)),
        "long-day": facts(Month(2026, 10), alerts=few(october), devices=(device(1, days[24]),)),
    }


def report(month: Facts, lang: str):
    """The month as the practice is told of it."""
    voice = Voice(words(lang), PARIS, Privacy(b"k" * 32))
    return compose(month, voice, Known("Cabinet médical des Tilleuls", LISTS, influx="https://influx.example.fr:8086"))
