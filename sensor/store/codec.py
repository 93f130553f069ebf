"""An alert as one line of JSON and back: the column `body` of the table `alert`.

Wire format: an object whose keys are the field names of `sensor.detect.alert.Alert`, nested the same way. A field that an
older version did not know takes its default; one that a later version added is left out.
"""

import json
from dataclasses import MISSING, asdict, fields
from typing import Any

from sensor.detect.alert import (
    Alert,
    AlertDevice,
    AlertPeer,
    Category,
    Confidence,
    Hds,
    Legal,
    Nature,
    Severity,
    Words,
)


def encode(alert: Alert) -> str:
    """The alert as text that SQLite can hold: half a surrogate pair, which a hostile name may carry, becomes "?"."""
    return clean(json.dumps(asdict(alert), ensure_ascii=False, separators=(",", ":")))


def clean(text: str) -> str:
    """The text, encodable as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def decode(body: str) -> Alert:
    """Errors: ValueError, with what is missing or wrong, if the text is not an alert."""
    try:
        plain = json.loads(body)
        known = _known(Alert, plain)
        known["category"] = Category(plain["category"])
        known["nature"] = Nature(plain["nature"])
        known["severity"] = Severity(plain["severity"])
        known["confidence"] = Confidence(plain["confidence"])
        known["device"] = AlertDevice(**_known(AlertDevice, plain["device"]))
        known["peer"] = _peer(plain["peer"])
        known["evidence"] = tuple((name, value) for name, value in plain["evidence"])
        known["legal"] = tuple(Legal(**_known(Legal, one)) for one in plain["legal"])
        known["fr"] = Words(**_known(Words, plain["fr"]))
        known["en"] = Words(**_known(Words, plain["en"]))
        return Alert(**known)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an alert: {error}") from error


def _peer(plain: dict[str, Any]) -> AlertPeer:
    known = _known(AlertPeer, plain)
    known["hds"] = None if plain.get("hds") is None else Hds(plain["hds"])
    return AlertPeer(**known)


def _known(kind: type[Any], plain: dict[str, Any]) -> dict[str, Any]:
    """The fields of `kind` that `plain` has; KeyError if one without a default is missing."""
    for field in fields(kind):
        if field.name not in plain and field.default is MISSING:
            raise KeyError(field.name)
    return {field.name: plain[field.name] for field in fields(kind) if field.name in plain}
