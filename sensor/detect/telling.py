"""What a rule tells when it matches: its `vigie:` block. Called while rules are loaded.

vigie:
  category: remote            mail · messaging · remote · upload · exposure · blindspot · health
  app: {from: record}         a word; or from: list (of the peer's entry), record (what the record names)
  nature: session             presence · session · transfer · event
  confidence: certain         certain · probable; never more than the evidence allows
  per: session                day · session · month (told once in 30 days)
  peer: address               what makes a peer the same: address · place (name on a list, or domain) · any
  hds: true                   the question whether the peer is an HDS host arises
  legal: [rgpd-32]            ids of lists/legal.yml
  threshold: transfer         vigie.yml's threshold of this name replaces the correlation's number
  less: bytes_in              of a value_sum: the sum of this field must be smaller
  same_as: other-rule         told as that rule's alert, with its words: another way to see the same
      unless: [other-rule]        not told of an app and device of which one of those rules has told within 30 days
      done_right: mssante         counts instead of telling
  fr: {title, advice, expected, seen}
  en: {title, advice, expected, seen}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Literal, cast

from sensor.detect.alert import Category, Confidence, Legal, Nature
from sensor.detect.catalogue import LANGUAGES, Catalogue
from sensor.detect.policy import Thresholds
from sensor.detect.section import Section

Per = Literal["day", "session", "month"]
PeerGroup = Literal["address", "place", "any"]

WORDS = ("title", "advice", "expected", "seen")
PLACEHOLDERS = frozenset(
    (
        "device",
        "peer",
        "app",
        "attachments",
        "sealed",
        "types",
        "domains",
        "sent",
        "received",
        "times",
        "start",
        "duration",
        "port",
        "threshold",
        "contract",
        "listed",
        "version",
    )
)


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences with placeholders, in one language."""

    title: str
    advice: str
    expected: str
    seen: str


@dataclass(frozen=True, slots=True)
class Telling:
    """What becomes of a match."""

    category: Category
    nature: Nature
    fr: Texts
    en: Texts
    app: str | None = None
    app_from: Literal["rule", "list", "record"] = "rule"
    confidence: Confidence = Confidence.PROBABLE
    per: Per = "day"
    peer: PeerGroup = "address"
    hds: bool = False
    legal: tuple[Legal, ...] = ()
    threshold: str | None = None
    less: str | None = None
    done_right: str | None = None
    same_as: str | None = None
    unless: tuple[str, ...] = ()


def read(section: Section, catalogue: Catalogue) -> Telling:
    """A `vigie:` block. Its mistakes are noted by the section."""
    app, app_from = _app(section)
    done_right = section.text("done_right") or None
    same_as = section.text("same_as") or None
    silent = done_right is not None or same_as is not None
    telling = Telling(
        category=Category(section.choice("category", "exposure", tuple(Category))),
        nature=Nature(section.choice("nature", "event", tuple(Nature))),
        app=app,
        app_from=app_from,
        confidence=Confidence(section.choice("confidence", "probable", tuple(Confidence))),
        per=cast("Per", section.choice("per", "day", ("day", "session", "month"))),
        peer=cast("PeerGroup", section.choice("peer", "address", ("address", "place", "any"))),
        hds=section.yes_no("hds", default=False),
        legal=_legal(section, catalogue),
        threshold=section.choice("threshold", "", tuple(Thresholds.__slots__)) or None,
        less=section.text("less") or None,
        done_right=done_right,
        same_as=same_as,
        unless=section.texts("unless", "a rule's name, or a list of them"),
        fr=_texts(section, "fr", needed=not silent),
        en=_texts(section, "en", needed=not silent),
    )
    if not silent and not section.has("category"):
        section.wrong(None, "'category' is missing")
    return telling


def default(title: str, catalogue: Catalogue) -> Telling:
    """For a rule without a `vigie:` block, as people have them for Zeek: an exposure, probable, once a day and address."""
    title = title.replace("{", "{{").replace("}", "}}")
    texts = {language: Texts(title=title, **catalogue.phrases[language]["default"]) for language in LANGUAGES}
    return Telling(category=Category.EXPOSURE, nature=Nature.EVENT, fr=texts["fr"], en=texts["en"])


def _app(section: Section) -> tuple[str | None, Literal["rule", "list", "record"]]:
    if not isinstance(section.peek("app"), dict):
        return section.text("app") or None, "rule"
    with section.section("app") as inner:
        source = inner.choice("from", "record", ("list", "record")) if inner else "record"
    return None, cast("Literal['list', 'record']", source)


def _legal(section: Section, catalogue: Catalogue) -> tuple[Legal, ...]:
    ids = section.texts("legal", "a list of ids of legal.yml")
    for number, one in enumerate(ids):
        if one not in catalogue.legal:
            section.wrong("legal", f"no legal reference is called '{one}'", number)
    return tuple(catalogue.legal[one] for one in ids if one in catalogue.legal)


def _texts(section: Section, language: str, *, needed: bool) -> Texts:
    texts: Mapping[str, str] = dict.fromkeys(WORDS, "")
    with section.section(language) as inner:
        if inner is not None:
            texts = {word: _checked(inner, word) for word in WORDS}
        elif needed:
            section.wrong(None, f"'{language}' is missing: the rule must be told in French and in English")
    return Texts(**texts)


def _checked(section: Section, word: str) -> str:
    text = section.required(word)
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        section.wrong(word, f"braces: {error}")
        return ""
    for name in sorted(names - PLACEHOLDERS):
        section.wrong(word, f"unknown placeholder {{{name}}}; known here: {', '.join(sorted(PLACEHOLDERS))}")
    return text if names <= PLACEHOLDERS else ""
