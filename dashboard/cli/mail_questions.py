"""The questions of `vigie setup mail`, and what it writes of the answers: a section of vigie.yml, and a file with the password.

What the usual French providers want is known (rules/lists/mail_providers.yml) and only confirmed; the rest is asked for.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import click
import yaml

from dashboard.mail.providers import Provider, provider_of
from sensor.detect.policy_mail import PORTS, Security, Server, is_loopback
from sensor.detect.policy_values import mail_address

PASSWORD_FILE = "smtp.password"  # noqa: S105 - a name


@dataclass(frozen=True, slots=True)
class Answers:
    """`to`: whom mails go to, where vigie.yml does not know a DPO's address yet."""

    server: Server
    sender: str
    to: str
    password: str = field(repr=False)


def ask(dpo: str | None) -> Answers:
    sender = click.prompt("The address that Vigie's mails come from", value_proc=_address)
    provider = provider_of(sender)
    server = _known(provider, sender) if provider else None
    server = server or _asked(sender)
    password = click.prompt(f"The password of {server.user}", hide_input=True) if server.user else ""
    to = dpo or click.prompt("The DPO's address", value_proc=_address)
    return Answers(server, sender, to, password)


def written(answers: Answers, config: Path, *, dpo_known: bool) -> list[Path]:
    """The password beside vigie.yml, readable by its owner only, then the section, after what stands there. What was written."""
    server, paths = answers.server, []
    section: dict[str, object] = {"server": server.host, "port": server.port, "security": server.security}
    if server.user:
        path = config.parent / PASSWORD_FILE
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(answers.password + "\n")
        paths.append(path)
        section |= {"user": server.user, "password_file": PASSWORD_FILE}
    if server.ca_file:
        section["ca_file"] = server.ca_file
    section["from"] = answers.sender
    if not dpo_known:
        section["recipients"] = [{"mail": answers.to}]
    before = config.read_text("utf-8")
    text = yaml.safe_dump({"mail": section}, allow_unicode=True, sort_keys=False)
    made = config.with_name(config.name + ".new")
    made.write_text(before + ("" if before.endswith("\n") or not before else "\n") + text, "utf-8")
    made.replace(config)
    return [*paths, config]


def _known(provider: Provider, sender: str) -> Server | None:
    """What the list says of this provider, if the person agrees."""
    sure = f"{provider.source}, {provider.date}" if provider.confidence == "high" else "not verified"
    click.echo(f"{provider.name}: {provider.server}, port {provider.port}, {provider.security} ({sure}).")
    if provider.sign_in == "oauth2":
        click.echo(
            "This provider takes no passwords from programs (OAuth2 only), so Vigie cannot send through it: use another address."
        )
    if provider.sign_in == "app_password":
        click.echo(
            "It wants a password made for programs (“app password”), from the account's settings, not the usual one."
        )
    if not click.confirm("Use these settings?", default=provider.sign_in != "oauth2"):
        return None
    return Server(provider.server, provider.port, provider.security, provider.user_of(sender), PASSWORD_FILE)


def _asked(sender: str) -> Server:
    host = click.prompt("The outgoing mail server (SMTP)", type=str).strip()
    choices = click.Choice(list(PORTS) if is_loopback(host) else ["starttls", "tls"])
    security = cast("Security", click.prompt("Its security", type=choices, default="starttls"))
    port = click.prompt("Its port", type=click.IntRange(1, 65_535), default=PORTS[security])
    user = click.prompt(
        "The user's name there (empty: none)", default=sender if security != "none" else "", show_default=True
    ).strip()
    ca = ""
    if security != "none" and click.confirm(
        "Is the server's certificate the practice's own, not a public one?", default=False
    ):
        ca = click.prompt("The file with its authority's certificate", type=str)
    return Server(host, port, security, user, PASSWORD_FILE if user else "", ca)


def _address(text: str) -> str:
    try:
        return mail_address(text.strip())
    except ValueError:
        raise click.BadParameter(f"{text}: not a mail address") from None
