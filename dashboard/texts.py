"""Words for people: the pages' (web/catalogues/fr.toml, en.toml) and the mails' (mail/words), the same keys in both. Read once, at start."""

import tomllib
from importlib.resources import files
from string import Formatter
from typing import Literal

Lang = Literal["fr", "en"]
LANGUAGES: tuple[Lang, ...] = ("fr", "en")


class Texts:
    """One language's words, asked by dotted key: `texts("inbox.title")`."""

    def __init__(self, lang: Lang, *where: str) -> None:
        """`where`: the folder below dashboard/; the pages' own if it is not given."""
        self.lang = lang
        folder = where or ("web", "catalogues")
        self.words = _flat(tomllib.loads(files("dashboard").joinpath(*folder, f"{lang}.toml").read_text("utf-8")))

    def __call__(self, key: str, **values: str) -> str:
        """The sentence, its {places} filled. KeyError for a key that is not in the catalogue: a test's business."""
        return Formatter().vformat(self.words[key], (), values) if values else self.words[key]

    def get(self, key: str, default: str) -> str:
        """For words that come from elsewhere, such as the name of a fact."""
        return self.words.get(key, default)

    def counted(self, key: str, count: int, **values: str) -> str:
        """`key`_one or `key`_many: French says zero in the singular, English does not."""
        one = count == 1 or (count == 0 and self.lang == "fr")
        return self(f"{key}_{'one' if one else 'many'}", **values)


def language(word: str | None) -> Lang | None:
    """The word as one of the two languages."""
    return next((known for known in LANGUAGES if known == word), None)


def _flat(tree: dict[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = str(value)
    return flat
