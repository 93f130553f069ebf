"""What `vigie relay --outbox` prints: a line a mail, those that wait first. Local parts of addresses are not shown."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from dashboard import formats
from dashboard.mail.listing import Outbox, state_of
from sensor.store.mailing import Listed


def show(outbox: Outbox, zone: ZoneInfo) -> None:
    if outbox.trouble:
        click.echo(f"A person must look ({outbox.trouble}): {outbox.answer}")
    elif outbox.answer:
        click.echo(f"All wait: {outbox.answer}")
    if not outbox.mails:
        click.echo("The outbox is empty.")
        return
    rows: list[tuple[str, ...]] = [
        ("made", "kind", "to", "state", "tries", "next or last try", "the server's last answer")
    ]
    rows += [_row(mail, zone) for mail in outbox.mails]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for row in rows:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[6]]).rstrip())


def _row(mail: Listed, zone: ZoneInfo) -> tuple[str, ...]:
    tried = mail.due if mail.ended is None and mail.due else mail.tried
    return (
        _moment(mail.made, zone),
        mail.kind,
        f"…@{mail.domain}",
        state_of(mail).value,
        str(mail.tries),
        _moment(tried, zone) if tried else "",
        formats.bounded(mail.answer, 200),
    )


def _moment(ns: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(ns // 1_000_000_000, zone).strftime("%Y-%m-%d %H:%M:%S")
