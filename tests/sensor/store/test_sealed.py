import io

import pytest

from sensor.store import sealed
from sensor.store.sealed import PIECE, Sealer, Unsealed, unseal

WORDS = "cheval agrafe pile"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(sealed, "_COST", (4, 8, 1))


def made(data, words=WORDS):
    out = io.BytesIO()
    sealer = Sealer(out, words)
    for at in range(0, len(data), 70_000):
        sealer.write(data[at : at + 70_000])
    sealer.end()
    return out.getvalue()


def opened(data, words=WORDS):
    return b"".join(unseal(io.BytesIO(data), words))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5])
def test_what_goes_in_comes_out(size):
    data = bytes(range(251)) * (size // 251 + 1)
    assert opened(made(data[:size])) == data[:size]


def test_the_wrong_passphrase_and_what_is_no_backup():
    with pytest.raises(Unsealed, match="passphrase"):
        opened(made(b"secret"), "cheval agrafe pile.")
    for data in (b"", b"PK\3\4 and so on, long enough for a head"):
        with pytest.raises(Unsealed, match="not a backup"):
            opened(data)


@pytest.mark.parametrize("place", [8, 9, 10, 11, 27, 30, PIECE, PIECE + 50, -1])
def test_any_changed_byte_is_noticed(place):
    data = bytearray(made(b"x" * (PIECE + 1000)))
    data[place] ^= 1
    with pytest.raises(Unsealed):
        opened(bytes(data))


def test_pieces_cut_off_swapped_doubled_or_added_are_noticed():
    data = made(b"x" * (3 * PIECE))
    head, size = data[:27], PIECE + 16
    pieces = [data[27 + n * size : 27 + (n + 1) * size] for n in range(3)]
    for wrong in ([0, 1], [0], [], [1, 0, 2], [0, 0, 1, 2], [0, 1, 2, 2]):
        with pytest.raises(Unsealed):
            opened(head + b"".join(pieces[n] for n in wrong))


def test_nothing_of_the_content_can_be_seen():
    assert b"courrier" not in made(b"un courrier en clair" * 1000)


def test_a_head_that_asks_for_all_the_memory_is_refused():
    data = bytearray(made(b"x"))
    data[8] = 63
    with pytest.raises(Unsealed):
        opened(bytes(data))
