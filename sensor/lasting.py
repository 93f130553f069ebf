"""What a command makes before it starts to work — its modules, rules, lists — lasts until it ends.

Python's collector of cycles looked through all of it again and again: a quarter of the processor time of starting, and a tenth
of a busy run. What is made under `lasting` is put aside from it for good (`gc.freeze`).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 10_000
"""New objects between two looks; Python's 700 is for small programs, a busy second here makes more."""


@contextmanager
def lasting() -> Iterator[None]:
    """No collection inside; after it, what there is by then is never looked at again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
        gc.enable()
