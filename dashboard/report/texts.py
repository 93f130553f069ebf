"""The report's words: words/fr.toml and en.toml, the same keys in both; categories, severities and destinations are called as on
the pages, out of their catalogues.
"""

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from dashboard import formats


class Words:
    """One language's words, asked by dotted key."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        here = files("dashboard")  # not dashboard.web, which would load Flask
        pages = _read(here.joinpath("web", "catalogues", f"{lang}.toml"))
        shared = {key: pages[key] for key in ("category", "severity", "destination", "hds")}
        self.words = _flat(_read(here.joinpath("report", "words", f"{lang}.toml"))) | _flat({"shared": shared})

    def __call__(self, key: str, **values: str) -> str:
        return self.words[key].format(**values) if values else self.words[key]

    def counted(self, key: str, count: int, **values: str) -> str:
        """`key`_none, `key`_one or `key`_many."""
        form = "none" if not count else "one" if count == 1 else "many"
        return self(f"{key}_{form}", n=formats.number(count, self.lang), **values)


@cache
def words(lang: str) -> Words:
    """Errors: FileNotFoundError for a language that does not exist."""
    return Words(lang)


def _read(path: Traversable) -> dict[str, object]:
    return tomllib.loads(path.read_text("utf-8"))


def _flat(tree: dict[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = str(value)
    return flat
