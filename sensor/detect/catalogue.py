"""What rules refer to by a word: the law, the names of programs, the turns of phrase. Read once, at start.

`rules/lists/legal.yml`, `rules/lists/apps.yml` and `rules/texts.yml`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sensor.detect.alert import Legal
from sensor.detect.marked import Mistake, documents
from sensor.detect.section import Section

LANGUAGES = ("fr", "en")
_PHRASES = (
    "attachments",
    "sealed",
    "unknown_type",
    "times",
    "duration",
    "size",
    "contract",
    "listed",
    "somewhere",
    "default",
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`legal` by id; `apps`: word → language → name; `phrases`: language → phrase → its forms."""

    legal: Mapping[str, Legal] = field(default_factory=dict)
    apps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    phrases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def app(self, word: str, language: str) -> str:
        """What a record's program is called on screen."""
        names = self.apps.get(word)
        return names[language] if names else word


def parse_legal(file: str, text: str, mistakes: list[Mistake]) -> dict[str, Legal]:
    found: dict[str, Legal] = {}
    for entry in _entries(file, text, mistakes):
        found[entry.required("id")] = Legal(
            ref=entry.required("ref"),
            topic=entry.required("topic"),
            verified=entry.yes_no("verified", default=False),
            source=entry.required("source"),
            date=entry.required("date"),
            topic_en=entry.required("topic_en"),
        )
    return found


def parse_apps(file: str, text: str, mistakes: list[Mistake]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for entry in _entries(file, text, mistakes):
        found[entry.required("app")] = {language: entry.required(language) for language in LANGUAGES}
        entry.required("source")
        entry.required("date")
    return found


def parse_texts(file: str, text: str, mistakes: list[Mistake]) -> dict[str, dict[str, Any]]:
    """Phrases by language. Each phrase must exist in both, with the same forms."""
    found: dict[str, dict[str, Any]] = {language: {} for language in LANGUAGES}
    for document in documents(text, file, mistakes):
        for key in _PHRASES:
            both = document.data.get(key) if isinstance(document.data, dict) else None
            if not isinstance(both, dict) or set(both) != set(LANGUAGES):
                mistakes.append(document.mistake((key,), f"'{key}' needs fr and en"))
                continue
            if _forms(both["fr"]) != _forms(both["en"]):
                mistakes.append(document.mistake((key,), f"'{key}' has not the same forms in fr and en"))
            for language in LANGUAGES:
                found[language][key] = both[language]
    return found


def _forms(phrase: Any) -> set[str]:
    return set(phrase) if isinstance(phrase, dict) else set()


def _entries(file: str, text: str, mistakes: list[Mistake]) -> Iterator[Section]:
    for document in documents(text, file, mistakes):
        top = Section(document, (), mistakes)
        for key in ("list", "title", "date"):
            top.required(key)
        yield from top.sections("entries")
        top.done()
