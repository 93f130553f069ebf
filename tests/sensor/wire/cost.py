"""What a reader costs, without a clock: calls made and bytes held, for n and for a multiple of n of something hostile.

`check_cost(make, pieces)`: `pieces(n)` gives bytes that grow with n. Calls are those of Python and of its built-ins: a busy machine does
not change them.
"""

import sys
import tracemalloc

SMALL, TIMES = 1_000, 8
MUCH = 40_000


def calls(make, pieces, *, from_orig=True):
    """Calls made while a reader is fed."""
    reader, count = make(), 0
    fed = list(pieces)

    def heard(_frame, event, _arg):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(heard)
    try:
        for piece in fed:
            reader.data(piece, from_orig=from_orig)
    finally:
        sys.setprofile(None)
    return count


def held(make, pieces, *, from_orig=True):
    """Most bytes that a reader held at once while it was fed, beside what it was fed."""
    reader = make()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for piece in pieces:
            reader.data(piece, from_orig=from_orig)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def check_cost(make, pieces, *, from_orig=True, most=200_000):
    """Calls grow no faster than the bytes; no more than `most` bytes are ever held."""
    few = calls(make, pieces(SMALL), from_orig=from_orig)
    many = calls(make, pieces(SMALL * TIMES), from_orig=from_orig)
    assert many <= TIMES * few * 1.5 + 500, f"{few} calls, then {many} for {TIMES} times as much"
    assert held(make, pieces(MUCH), from_orig=from_orig) <= most
