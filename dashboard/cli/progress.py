"""A progress bar with rate and time left on standard error, where that is a terminal and the work lasts longer than a moment."""

import sys
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Protocol, Self

import click

from dashboard.cli.words import WORDS, Language
from dashboard.formats import size

PATIENCE = 1.0  # seconds before it shows: a short file needs none
_STEPS = 1000


class _Bar(Protocol):
    pos: int

    def update(self, n_steps: int, current_item: str) -> None: ...


class Progress:
    """Entered around the work; `tell` is given the share that is done, 0 to 1, and the bytes, as often as one likes."""

    def __init__(self, lang: Language) -> None:
        self._lang = lang
        self._began = time.monotonic()
        self._label = WORDS[lang]["progress"]
        self._due = time.monotonic() + PATIENCE if sys.stderr.isatty() else float("inf")
        self._stack = ExitStack()
        self._bar: _Bar | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def tell(self, share: float, done: int) -> None:
        now = time.monotonic()
        if now < self._due:
            return
        if self._bar is None:
            bar = click.progressbar(
                length=_STEPS, label=self._label, file=sys.stderr, item_show_func=lambda rate: rate or ""
            )
            self._bar = self._stack.enter_context(bar)
        if (steps := int(share * _STEPS) - self._bar.pos) > 0:
            rate = round(done / max(now - self._began, 1e-3))
            self._bar.update(steps, f"{size(rate, self._lang)}/s")
