"""How Vigie's compiled functions are made and cached: `@compiled` is Numba's `njit` with a cache that cannot go stale.

Numba keys a cached function by the source file it stands in. A function here calls functions of other files and bakes in
constants of `layout.py`: after a change in one of those, the old machine code would be used again. So the stamp of every
compiled function is one digest over all files that hold compiled code or its constants.
Used at import by `sensor.wire.kernel` and `sensor.capture`; set-up compiles with `sensor.wire.kernel.warm`.
"""

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import caching

_HERE = Path(__file__).parent
_SOURCES = ("compiled.py", "wire/kernel/*.py", "capture/*.py")


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


class GivenLocator(_Stamped, caching.UserProvidedCacheLocator):  # type: ignore[misc] # numba ships no types
    """Under NUMBA_CACHE_DIR."""


class TreeLocator(_Stamped, caching.InTreeCacheLocator):  # type: ignore[misc] # numba ships no types
    """In __pycache__ beside the source, where that may be written."""


class UserLocator(_Stamped, caching.UserWideCacheLocator):  # type: ignore[misc] # numba ships no types
    """In the user's cache directory."""


_LOCATORS = ",".join(f"{__name__}.{locator.__name__}" for locator in (GivenLocator, TreeLocator, UserLocator))


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile at the first call, without the interpreter's lock; the machine code is kept on disk where that is possible."""
    others = numba.config.CACHE_LOCATOR_CLASSES
    numba.config.CACHE_LOCATOR_CLASSES = _LOCATORS
    try:
        dispatcher: Callable[..., Any] = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # nowhere to write: slower to start, not a reason to fail
        dispatcher = numba.njit(nogil=True)(function)
    finally:
        numba.config.CACHE_LOCATOR_CLASSES = others
    return dispatcher
