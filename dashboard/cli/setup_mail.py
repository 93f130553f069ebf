"""`vigie setup mail`: asks for the mail server in a few questions, tries it, and writes it into vigie.yml. May be run again at any time.

With `--test` it asks nothing: it has a real test alert raised (`serve` journals the request, `watch` raises the alert, `relay` sends it),
waits for the mail server's answer and shows it. Exit 0 when the server has taken it, 1 when it has not.
"""

import sys
import time
from pathlib import Path

import click

from dashboard.cli.mail_questions import Answers, ask, written
from dashboard.cli.mail_request import RequestError, request_test
from dashboard.cli.settings import load_settings
from dashboard.influx.tokens import find
from dashboard.mail.submission import Account, SubmissionError, submission
from dashboard.mail.trying import Progress, progress

UNMET, UNABLE = 1, 2
STATE = "/var/lib/vigie"


@click.command()
@click.option(
    "--config",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The practice's policy, vigie.yml, which gets a section `mail`.",
)
@click.option("--test", is_flag=True, help="Instead, have a test alert raised and sent, and show the server's answer.")
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), default=STATE, show_default=True, help="Where the stores are, for --test.")  # fmt: skip
@click.option(
    "--page", default="http://127.0.0.1:8080", show_default=True, help="Where `vigie serve` answers, for --test."
)
@click.option("--patience", default=60.0, show_default=True, help="How many seconds --test waits.")
def mail(config: Path, state: Path, page: str, patience: float, *, test: bool) -> None:
    """Set up the server that mails leave through; --test sends a real test alert through the whole path."""
    policy = load_settings(config, None).policy
    if test:
        if policy.mail is None:
            click.echo(f"vigie setup mail: {config} has no section 'mail' yet: run it without --test first", err=True)
            sys.exit(UNABLE)
        sys.exit(_test(state, page, patience))
    if policy.mail is not None:
        click.echo(f"{config} has a section 'mail' already: take it out to be asked again, or try it with --test.")
        sys.exit(UNABLE)
    answers = ask(policy.dpo_mail)
    click.echo(f"Trying {answers.server.host}:{answers.server.port} …")
    refusal = _tried(answers, config)
    click.echo(refusal or "The server accepts the connection and the password.")
    if refusal and not click.confirm("Keep these settings all the same?", default=False):
        sys.exit(UNMET)
    for path in written(answers, config, dpo_known=policy.dpo_mail is not None):
        click.echo(f"Written: {path}")
    click.echo("Now start `vigie relay` again, and try the whole path: vigie setup mail --test")


def _tried(answers: Answers, config: Path) -> str:
    """Why the server would not take mails; "" if it would."""
    ca = find(answers.server.ca_file, config) if answers.server.ca_file else None
    account = Account(answers.server, answers.sender.rpartition("@")[2], answers.password, ca)
    try:
        with submission(account):
            return ""
    except SubmissionError as error:
        return f"It does not: {error}"


def _test(state: Path, page: str, patience: float) -> int:
    """Shows each step as it is reached."""
    try:
        alert = request_test(state, page)
    except RequestError as error:
        click.echo(f"vigie setup mail: {error}", err=True)
        return UNABLE
    begun = time.monotonic()
    click.echo("The test was asked for, and journalled.")
    shown: set[str] = set()
    while True:
        found = progress(state, alert)
        for line in _lines(found):
            if line not in shown:
                shown.add(line)
                click.echo(f"{time.monotonic() - begun:5.1f} s  {line}")
        if found.over or time.monotonic() - begun > patience:
            break
        time.sleep(0.2)
    if not found.sent:
        click.echo(_missing(found))
    return 0 if found.sent else UNMET


def _lines(found: Progress) -> list[str]:
    lines = ["vigie watch has raised the test alert."] if found.raised is not None else []
    lines += [f"A mail to …@{one.domain} is in the outbox." for one in found.mails]
    lines += [f"The mail server answered: {one.answer}" for one in found.mails if one.answer]
    return lines


def _missing(found: Progress) -> str:
    if found.raised is None:
        return "No alert was raised: is `vigie watch` running?"
    if not found.mails:
        return f"No mail was written: {found.trouble or 'is `vigie relay` running?'}"
    return f"The mail has not been taken: {found.trouble or 'see vigie relay --outbox'}"
