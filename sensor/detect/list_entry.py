"""What an entry of a list must say, and how: each mistake is told with the key where it stands. Called while lists are read."""

import re
from typing import Any, Literal

Trust = Literal["high", "medium", "low", "knowledge"]

_TRUST = ("high", "medium", "low", "knowledge")
TRIED = ("capture", "lab", "specification", "name")
"""A real capture of other people's, the lab's real programs, the published form of its bytes, or nothing but the name."""
USES = (
    "patient",
    "booking",
    "telehealth",
    "expertise",
    "imaging",
    "laboratory",
    "prescription",
    "exchange",
    "monitoring",
    "hosting",
)
"""What a practice uses a health service for: the words of its register."""
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:[a-z0-9_*-]{{1,63}}|{_LABEL})(?:\.{_LABEL})*\.[a-z][a-z0-9-]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def problem(entry: Any, classes: list[str], roles: list[str]) -> tuple[str, str] | None:
    """What is wrong with an entry: (its key, what to say), or None."""
    if not isinstance(entry, dict):
        return "", "an entry is a mapping: name, class, source, date, confidence and its names by role"
    for key in ("name", "class", "source", "date", "confidence"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            return key, f"'{key}' is missing or not a text"
    if not _DATE.fullmatch(entry["date"]):
        return "date", f"'{entry['date']}' is no date like 2026-11-21"
    for key, known in (("confidence", _TRUST), ("class", classes), ("hds", ("service", "capable")), ("use", USES)):
        if key in entry and entry[key] not in known:
            return key, f"'{key}' must be one of {', '.join(known)}, not '{entry[key]}'"
    if not set(entry.get("tried") or ()) <= set(TRIED):
        return "tried", f"'tried' must be a list of {', '.join(TRIED)}"
    if "bytes" in entry and (entry["bytes"] not in roles or not entry.get("app")):
        return "bytes", f"'bytes' must be one of {', '.join(roles)}, of an entry with an 'app'"
    return _names_problem(entry, roles)


def _names_problem(entry: dict[str, Any], roles: list[str]) -> tuple[str, str] | None:
    named = False
    for key, value in entry.items():
        if key in roles:
            named = True
            if not isinstance(value, list):
                return key, f"'{key}' must be a list of names"
            for suffix in value:
                if not isinstance(suffix, str) or not _NAME.fullmatch(suffix):
                    return key, f"'{suffix}' is no name like example.com, in lower case"
        elif key not in (
            "app",
            "name",
            "class",
            "source",
            "date",
            "confidence",
            "hds",
            "note",
            "bytes",
            "tried",
            "use",
        ):
            return key, f"unknown key '{key}'; names stand under {', '.join(roles)}"
    return None if named or "bytes" in entry else ("name", f"no names: give some under {', '.join(roles)}")
