"""The mail table: it is whole, its recordings are taken apart and judged again, and a cell that is wrong is noticed."""

from pathlib import Path

import pytest

from tests.lab import canaries, roots, table, table_cut
from tests.lab import scenario as scenarios
from tests.lab.frames import read
from tests.lab.table import Cell

RECORDINGS = Path(__file__).parent / "recordings"
TABLES = [name for name in scenarios.names() if scenarios.load(name).cells]


def test_the_table_is_what_was_promised():
    assert {name.removeprefix("table_") for name in TABLES} == set(table.SERVERS)
    servers = {protocol: len(of) for protocol, of in table.PROTOCOLS.items()}
    assert servers == {"smtp": 3, "submission": 3, "pop3": 3, "imap fetch": 3, "imap append": 3}
    every = [cell for server in table.SERVERS for cell in table.cells(server)]
    assert len({cell.name for cell in every}) == len(every) == 5 * 3 * 4 * 3 * 2
    assert {cell.impossible for cell in every if cell.impossible} == set(table.IMPOSSIBLE.values())


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_is_right(name):
    cells, data = scenarios.load(name).cells, read(next(RECORDINGS.glob(f"{name}.pcap*")))
    found = table_cut.judged([cell for cell in cells if cell.kept], data)
    assert found.keys() == {cell.name for cell in cells if cell.kept and not cell.impossible}
    assert [f"{cell}: {sentence}" for cell, sentences in found.items() for sentence in sentences] == []


@pytest.fixture(scope="module")
def parts():
    return table_cut.split(read(RECORDINGS / "table_dovecot.pcap.xz"))


CLEAR, SECRET = (
    Cell("pop3", "dovecot", "curl", "clear", attached=True),
    Cell("pop3", "dovecot", "curl", "starttls", attached=True),
)


@pytest.mark.parametrize(
    ("cell", "recorded"),
    [
        (CLEAR, Cell("pop3", "dovecot", "curl", "clear", attached=False)),  # the attachment never came
        (Cell("pop3", "dovecot", "curl", "clear", attached=False), CLEAR),
        (Cell("imap fetch", "dovecot", "curl", "clear", attached=True), CLEAR),
        (SECRET, CLEAR),  # STARTTLS that was none
        (CLEAR, SECRET),
    ],
)
def test_a_wrong_cell_is_noticed(parts, tmp_path, cell, recorded):
    assert table_cut.judge(cell, parts[cell.name], tmp_path / "x") == []
    assert table_cut.judge(cell, parts[recorded.name], tmp_path / "x")


def test_a_cell_that_was_not_acted_is_wrong(parts):
    data = parts[CLEAR.name]
    assert table_cut.judged([CLEAR, SECRET], data) == {CLEAR.name: [], SECRET.name: ["it was not acted to its end"]}


def test_a_cell_that_is_announced_again_begins_anew(parts):
    data = parts[CLEAR.name]
    announcement = data[24 : 40 + int.from_bytes(data[32:36], "little")]
    assert table_cut.judged([CLEAR], data)[CLEAR.name] == []
    assert table_cut.judged([CLEAR], data + announcement)[CLEAR.name]


def test_it_is_drawn():
    one, other = table.cells("exim4")[:2]
    lines = table.drawn({one.name: [], other.name: ["not told"]}).splitlines()
    assert lines[6].split() == ["smtp", "exim4", "swaks", "+", "!", ".", ".", ".", "."]
    assert "a impossible: OpenSMTPD takes a log-in over TLS only" in lines
    assert lines[-1] == "table: cells 360, right 1, impossible 44, wrong 315"


def test_canaries_travelled_in_the_clear_cells_only(parts):
    assert canaries.plainly_in(parts[CLEAR.name])
    assert not canaries.plainly_in(parts[SECRET.name])


@pytest.mark.root
def test_a_root_of_an_unknown_server_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(roots.subprocess.CalledProcessError):
        roots.make("sendmail")
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [".lock"]
