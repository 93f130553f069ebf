"""How Vigie's compiled functions are made and cached: `@compiled` is Numba's `njit` with a cache that cannot go stale and
without reference counts.

Numba keys a cached function by the source file it stands in. A function here calls functions of other files and bakes in
constants of `layout.py`: after a change in one of those, the old machine code would be used again. So the stamp of every
compiled function is one digest over all files that hold compiled code or its constants.

Nothing compiled here allocates or keeps an array: the caller's references live longer than the call. So Numba's runtime
with its reference counts is left out (`_nrt=False`); counting them took three quarters of the time per packet, measured.
Used at import by `sensor.wire.kernel` and `sensor.capture`; set-up compiles with provisioning/warm.py.
"""

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import caching

_HERE = Path(__file__).parent
_SOURCES = ("compiled.py", "prefetch.py", "wire/icmp.py", "wire/kernel/*.py", "wire/bulk/*.py", "capture/*.py")


@functools.cache
def digest() -> bytes:
    """SHA-256 over every file whose text decides what is compiled."""
    state = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(_HERE.glob(pattern)):
            state.update(path.name.encode() + b"\0" + path.read_bytes())
    return state.digest()


class _Stamped:
    def get_source_stamp(self) -> bytes:
        return digest()


class GivenLocator(_Stamped, caching.UserProvidedCacheLocator):
    """Under NUMBA_CACHE_DIR."""


class TreeLocator(_Stamped, caching.InTreeCacheLocator):
    """In __pycache__ beside the source, where that may be written."""


class UserLocator(_Stamped, caching.UserWideCacheLocator):
    """In the user's cache directory."""


_LOCATORS = ",".join(f"{__name__}.{locator.__name__}" for locator in (GivenLocator, TreeLocator, UserLocator))


def part(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that only compiled functions call: it becomes part of their machine code and is not kept by itself.

    Always inlined: left to LLVM, a loop that grows a little calls its parts again, each with the some hundred words that the
    tables are as arguments; measured, that took two thirds of the time per packet. Not with bounds checking, which would
    take twice as long to compile.
    """
    njit: Any = numba.njit  # its options that begin with an underscore are unknown to type checkers
    config: Any = numba.config
    inline = not config.BOUNDSCHECK
    dispatcher: Callable[..., Any] = njit(nogil=True, _nrt=False, forceinline=inline)(function)
    return dispatcher


def rare(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for what few packets need: called where LLVM finds that better, which keeps the loop small to compile."""
    njit: Any = numba.njit
    dispatcher: Callable[..., Any] = njit(nogil=True, _nrt=False)(function)
    return dispatcher


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that Python calls: compiled at the first call, runs without the interpreter's lock; the machine code is kept
    on disk where that is possible.
    """
    config: Any = numba.config  # its attributes come from the environment, unknown to type checkers
    njit: Any = numba.njit
    others = config.CACHE_LOCATOR_CLASSES
    config.CACHE_LOCATOR_CLASSES = _LOCATORS
    dispatcher: Callable[..., Any]
    try:
        dispatcher = njit(cache=True, nogil=True, _nrt=False)(function)
    except RuntimeError:  # nowhere to write: slower to start, not a reason to fail
        dispatcher = njit(nogil=True, _nrt=False)(function)
    finally:
        config.CACHE_LOCATOR_CLASSES = others
    return dispatcher
