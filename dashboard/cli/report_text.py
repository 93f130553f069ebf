"""The readable report of `vigie inspect`: alerts as a person reads them, gravest first, then how well Vigie could see.

Pure: alerts and figures in, text out. Strangers choose host names, so nothing that a terminal would obey is let through.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from dashboard.cli.words import COLOURS, WORDS, Language
from dashboard.formats import bounded, clock, full_day, number, size
from sensor.detect.alert import Alert, Confidence, Severity, Words
from sensor.stats import Stats

_GRAVITY = tuple(Severity)
_LONGEST = 600  # characters of one sentence
_INDENT = 12


@dataclass(frozen=True, slots=True)
class Style:
    """How it is written: in which language, for which clock, how wide, in colour or not (click strips it elsewhere)."""

    lang: Language
    zone: ZoneInfo
    width: int = 100

    def say(self, key: str, **values: str) -> str:
        return WORDS[self.lang][key].format(**values)


def report(alerts: Iterable[Alert], stats: Stats, files: int, style: Style) -> Iterator[str]:
    """The lines of the report."""
    counted = number(files, style.lang)
    named = style.say("file") if files == 1 else style.say("several_files", count=counted)
    packets = number(stats.packets, style.lang)
    yield style.say("files", files=named, packets=packets, size=size(stats.bytes, style.lang))
    yield ""
    found = sorted(alerts, key=lambda alert: (-_GRAVITY.index(alert.severity), alert.first_seen))
    for alert in found:
        yield from told(alert, style)
        yield ""
    yield from closing(len(found), stats, style)


def told(alert: Alert, style: Style) -> Iterator[str]:
    """One alert."""
    words = alert.fr if style.lang == "fr" else alert.en
    severity = click.style(
        f"{style.say(f'severity.{alert.severity}').upper():<11}", fg=COLOURS[alert.severity], bold=True
    )
    title = _spoken(words, "title", alert)
    probable = f" ({style.say('probable')})" if alert.confidence is Confidence.PROBABLE else ""
    first, *more = textwrap.wrap(title + probable, max(20, style.width - _INDENT)) or [alert.rule]
    yield f"{severity} {click.style(first, bold=True)}"
    yield from (" " * _INDENT + click.style(line, bold=True) for line in more)
    yield " " * _INDENT + _when(alert, style)
    yield from _row("who", _who(alert), style)
    yield from _row("expected", _spoken(words, "expected", alert), style)
    yield from _row("seen", _spoken(words, "seen", alert), style)
    if alert.bytes_out or alert.bytes_in:
        out, back = size(alert.bytes_out, style.lang), size(alert.bytes_in, style.lang)
        yield from _row("volume", style.say("sent", out=out, back=back), style)
    yield from _row("advice", _spoken(words, "advice", alert), style)
    for legal in alert.legal:
        doubt = "" if legal.verified else f" ({style.say('unverified')})"
        yield from _row("legal", f"{legal.ref}{doubt}", style)


def closing(count: int, stats: Stats, style: Style) -> Iterator[str]:
    """What it comes to, and what Vigie could not see: said even when there is nothing else to say."""
    if not stats.packets:
        yield style.say("no_packets")
    elif not count:
        yield click.style(style.say("nothing"), fg="green")
    else:
        yield style.say("one") if count == 1 else style.say("several", count=number(count, style.lang))
    if stats.done_right:
        yield click.style(style.say("done_right", count=number(stats.done_right, style.lang)), fg="green")
    if unreadable := sum(stats.unreadable.values()):
        yield style.say(
            "unreadable", count=number(unreadable, style.lang), reasons=_largest("reason", stats.unreadable, style)
        )
    if stats.tcp_gaps:
        yield style.say("gaps", count=number(stats.tcp_gaps, style.lang))
    if evicted := sum(stats.evictions.values()):
        text = style.say("evicted", count=number(evicted, style.lang), tables=_largest("table", stats.evictions, style))
        yield click.style(text, fg="yellow")


def _row(label: str, text: str, style: Style) -> Iterator[str]:
    if not text:
        return
    first, *more = textwrap.wrap(text, max(20, style.width - _INDENT)) or [""]
    yield f"  {click.style(f'{style.say(label):<{_INDENT - 2}}', dim=True)}{first}"
    yield from (" " * _INDENT + line for line in more)


def _spoken(words: Words, part: str, alert: Alert) -> str:
    text: str = getattr(words, part)
    return bounded(text.replace("{device}", _device(alert)), _LONGEST)


def _device(alert: Alert) -> str:
    return alert.device.name or alert.device.host_name or alert.device.ip


def _who(alert: Alert) -> str:
    device, peer = alert.device, alert.peer
    called = device.name or device.host_name
    name = f"{called} ({device.ip})" if called and called != device.ip else device.ip
    vendor = "".join(f", {word}" for word in (device.vendor, device.vendor_class) if word)
    address = peer.ip or ""
    if address and peer.port:
        address = f"[{address}]:{peer.port}" if ":" in address else f"{address}:{peer.port}"
    other = " ".join(filter(None, (peer.host, f"({address})" if peer.host and address else address)))
    return bounded(f"{name}{vendor} → {other}" if other else f"{name}{vendor}", _LONGEST)


def _when(alert: Alert, style: Style) -> str:
    first, last = (_moment(ns, style) for ns in (alert.first_seen, alert.last_seen))
    text = first if first == last else style.say("span", first=first, last=last)
    return text if alert.count <= 1 else f"{text} · {style.say('times', count=number(alert.count, style.lang))}"


def _moment(ns: int, style: Style) -> str:
    day = datetime.fromtimestamp(ns // 1_000_000_000, style.zone).date()
    return style.say("moment", day=full_day(day, style.lang), clock=clock(ns, style.zone, style.lang))


def _largest(kind: str, counts: Mapping[str, int], style: Style) -> str:
    """What a table of counts names, as words, largest first."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(style.say(f"{kind}.{name}") for name, count in ordered if count)
