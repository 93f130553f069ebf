"""The command `vigie`: one module a command, imported only when that command is called.

So `vigie watch` never loads the web's packages, and `vigie inspect` starts at once. The table below is all that `--help`
reads; the module of a command holds the click command of the same name.
"""

import importlib
import os
import sys

import click

from sensor.lasting import lasting

COMMANDS = {
    "demo": "Replay a practice's morning through the real chain, and open the dashboard on it.",
    "watch": "Watch an interface, and keep what is found.",
    "inspect": "Judge capture files.",
    "serve": "Serve the dashboard of what was watched.",
    "relay": "Ship series and alerts to InfluxDB, and send the DPO's mails.",
    "rules": "Check or list the rules.",
    "lists": "Show, check or renew the lists of names.",
    "compare": "Compare with Wireshark what is read in a capture.",
    "report": "Make the monthly report.",
    "verify": "Check that what was journalled was not altered.",
    "setup": "Make ready what the box works with.",
    "doctor": "Say whether what the box works with is as it should be.",
    "backup": "Keep a sealed copy of all that Vigie knows.",
    "restore": "Bring back what a backup kept.",
}


class Commands(click.Group):
    """The commands by name; a module is imported when its command is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        with lasting():
            command = getattr(importlib.import_module(f"dashboard.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command. A reader that went away (`vigie inspect … | head`) is no failure."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python's last flush would complain
            return ctx.exit(0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="vigie")
def main() -> None:
    """Vigie, the look-out for medical practices: watches traffic metadata, and says what puts patients' data at risk."""
