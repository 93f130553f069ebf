"""README.md is true: its map names the folders that exist, its table the commands and their options."""

import re

import click
import pytest

from dashboard.cli import COMMANDS, main
from dashboard.cli.lists_table import programs, summary
from sensor.settings import load
from sensor.ways import table
from tests.house.tree import ROOT, files, name

README = (ROOT / "README.md").read_text()


def leaves(command: click.Command, words: tuple[str, ...] = ()):
    context = click.Context(command)
    if isinstance(command, click.Group):
        for word in command.list_commands(context):
            yield from leaves(command.get_command(context, word), (*words, word))
    else:
        yield words, command


ROWS = {row[1]: row[0] for row in re.findall(r"^(\| `vigie ([a-z -]+?)(?: [A-Z…]+)*` \|.*\|)$", README, re.MULTILINE)}


def test_the_table_names_the_commands_that_exist():
    assert set(ROWS) == {" ".join(words) for words, _ in leaves(main)}
    assert {words.split()[0] for words in ROWS} == set(COMMANDS)


@pytest.mark.parametrize("words", sorted(ROWS))
def test_the_table_names_every_option(words):
    command = {" ".join(names): leaf for names, leaf in leaves(main)}[words]
    options = {
        long
        for option in command.params
        if isinstance(option, click.Option)
        for long in option.opts
        if long[:2] == "--"
    }
    assert set(re.findall(r"`(--[a-z-]+)`", ROWS[words])) == options


def test_every_option_says_what_it_does():
    for words, command in leaves(main):
        assert command.help, words
        for option in command.params:
            assert not isinstance(option, click.Option) or option.help, (words, option.name)


def test_the_map_is_true():
    told = set(re.findall(r"^\| `([a-z/]+)/` \|", README, re.MULTILINE))
    rooms = {name(path.parent) for path in files() if path.name == "__init__.py" and path.parent != ROOT}
    rooms = {room for room in rooms if not room.startswith("tests")}
    tops = {name(path).split("/")[0] for path in files() if "/" in name(path) and not name(path).startswith(".")}
    assert told == rooms | tops


def test_the_table_of_programs_is_made_of_the_lists():
    assert "\n".join(summary(programs(load(None, None).lists))) in README, "vigie lists check --summary prints it"


def test_the_table_of_ways_in_is_made_of_the_code():
    assert "\n".join(table()) in README, "python -m sensor.ways prints it"


def test_the_picture_is_there():
    for picture in re.findall(r"!\[.*\]\((.*)\)", README):
        assert (ROOT / picture).read_bytes()[:4] == b"\x89PNG"


def test_it_is_one_page():
    assert len(README.splitlines()) <= 130  # with its tables
