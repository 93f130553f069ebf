"""The only opener of what people write: vigie.yml, rules, lists, texts → `Settings`, or every mistake at once.

Called by the commands before anything starts. Of a rules directory: `texts.yml` and `lists/{legal,apps}.yml` are catalogues,
the rest of `lists/` is lists of names, every other `*.yml` holds Sigma rules.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from sensor.detect import catalogue, lists, policy_file, rules
from sensor.detect.alert import Hds
from sensor.detect.catalogue import Catalogue
from sensor.detect.lists import Destination, Lists
from sensor.detect.marked import Mistake
from sensor.detect.policy import Policy
from sensor.detect.rules import RuleSet
from sensor.suffixes import registrable

_CATALOGUES = ("lists/apps.yml", "lists/legal.yml", "texts.yml")
_NOT_HERE = ("lists/mail_providers.yml",)  # `vigie setup mail` reads it


class SettingsError(ValueError):
    """What people wrote cannot be used; `mistakes` holds all there is to put right, "file:line: text" each."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a command needs to detect."""

    policy: Policy = field(default_factory=Policy)
    rules: RuleSet = field(default_factory=RuleSet)
    lists: Lists = field(default_factory=Lists)


def load(config: Path | None = None, rules_dir: Path | None = None) -> Settings:
    """Reads vigie.yml (None: every default) and a directory of rules (None: those that come with Vigie).

    A directory without catalogues uses Vigie's. Raises SettingsError with every mistake of every file.
    """
    mistakes: list[Mistake] = []
    practice = Policy()
    if config is not None:
        practice, more = policy_file.parse(_read(config, str(config), mistakes), str(config))
        mistakes += more
    own = files("rules")
    top: Traversable = own if rules_dir is None else rules_dir
    shown = "rules" if rules_dir is None else str(rules_dir)
    texts = {name: (f"{shown}/{name}", _read(file, f"{shown}/{name}", mistakes)) for name, file in _yaml(top, "")}
    if rules_dir is not None and not rules_dir.is_dir():  # an empty one is a choice: no rules
        mistakes.append(Mistake(shown, 0, "no such directory"))
    for name in _CATALOGUES:
        if name not in texts:
            texts[name] = (f"rules/{name}", _read(own / name, f"rules/{name}", mistakes))
    known = Catalogue(
        legal=catalogue.parse_legal(*texts["lists/legal.yml"], mistakes),
        apps=catalogue.parse_apps(*texts["lists/apps.yml"], mistakes),
        phrases=catalogue.parse_texts(*texts["texts.yml"], mistakes),
    )
    rest = sorted(name for name in texts if name not in (*_CATALOGUES, *_NOT_HERE))
    names, more = lists.parse((texts[name] for name in rest if name.startswith("lists/")), registrable)
    mistakes += more
    names = names.extended(_contracted(practice))
    compiled, more = rules.parse(
        (texts[name] for name in rest if not name.startswith("lists/")), known, names, practice.thresholds
    )
    mistakes += more
    if mistakes:
        raise SettingsError(mistakes)
    return Settings(practice, compiled, names)


def _yaml(directory: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    """(name within the directory, file) of every YAML file, in order."""
    try:
        children = sorted(directory.iterdir(), key=lambda child: child.name)
    except OSError:
        return
    for child in children:
        if child.is_dir():
            yield from _yaml(child, f"{prefix}{child.name}/")
        elif child.name.endswith((".yml", ".yaml")):
            yield f"{prefix}{child.name}", child


def _read(file: Traversable, name: str, mistakes: list[Mistake]) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        mistakes.append(Mistake(name, 0, error.strerror or str(error)))
    except UnicodeDecodeError as error:
        mistakes.append(Mistake(name, 1, f"not UTF-8 text: {error.reason} at byte {error.start}"))
    return ""


def _contracted(practice: Policy) -> Iterator[Destination]:
    """The practice's own HDS hosts, each with the contract that makes it one."""
    for host in practice.hds:
        yield Destination(
            list="hds_hosts",
            app=None,
            name=host.host,
            cls="service",
            role="names",
            hds=Hds.SERVICE,
            source="vigie.yml",
            date=host.until.isoformat() if host.until else "",
            confidence="high",
            suffix=host.host,
            contract=host.contract,
        )
