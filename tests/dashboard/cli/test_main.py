"""The command `vigie` itself."""

import re

import pytest
from click.testing import CliRunner

from dashboard.cli import COMMANDS, main


def run(*arguments):
    return CliRunner().invoke(main, arguments)


def test_help_lists_the_commands_in_the_order_a_newcomer_needs():
    told = run("--help")
    assert told.exit_code == 0
    assert re.findall(r"^  ([a-z]+)  +[A-Z]", told.stdout, re.MULTILINE) == list(COMMANDS)


def test_the_version_is_told():
    assert re.fullmatch(r"\w+, version \d+\.\d+\.\d+\n", run("--version").stdout)


def test_an_unknown_command_is_a_mistake():
    told = run("wach")
    assert told.exit_code == 2
    assert "wach" in told.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_help(command):
    assert run(command, "-h").exit_code == 0
