"""An alert as one line of JSON and back: the column `body` of the table `alert`, packed (`sensor.store.packed`).

Wire format: an object whose keys are the field names of `sensor.detect.alert.Alert`, nested the same way, sorted as in the
journal. A field that an older version did not know takes its default; one that a later version added is left out. Files of the
third schema and before hold the text itself: both are read.
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
from sensor.store.packed import pack, unpack


def encode(alert: Alert) -> bytes:
    """The alert as the table holds it."""
    return pack(plain(alert))


def plain(alert: Alert) -> str:
    """The alert as text: half a surrogate pair, which a hostile name may carry, becomes "?"."""
    return clean(json.dumps(asdict(alert), ensure_ascii=False, separators=(",", ":"), sort_keys=True))


def clean(text: str) -> str:
    """The text, encodable as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def decode(body: str | bytes) -> Alert:
    """Errors: ValueError, with what is missing or wrong, if it is not an alert."""
    try:
        read = json.loads(unpack(body) if isinstance(body, bytes) else body)
        known = _known(Alert, read)
        known["category"] = Category(read["category"])
        known["nature"] = Nature(read["nature"])
        known["severity"] = Severity(read["severity"])
        known["confidence"] = Confidence(read["confidence"])
        known["device"] = AlertDevice(**_known(AlertDevice, read["device"]))
        known["peer"] = _peer(read["peer"])
        known["evidence"] = tuple((name, value) for name, value in read["evidence"])
        known["legal"] = tuple(Legal(**_known(Legal, one)) for one in read["legal"])
        known["fr"] = Words(**_known(Words, read["fr"]))
        known["en"] = Words(**_known(Words, read["en"]))
        return Alert(**known)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an alert: {error}") from error


def _peer(read: dict[str, Any]) -> AlertPeer:
    known = _known(AlertPeer, read)
    known["hds"] = None if read.get("hds") is None else Hds(read["hds"])
    return AlertPeer(**known)


def _known(kind: type[Any], read: dict[str, Any]) -> dict[str, Any]:
    """The fields of `kind` that `read` has; KeyError if one without a default is missing."""
    for field in fields(kind):
        if field.name not in read and field.default is MISSING:
            raise KeyError(field.name)
    return {field.name: read[field.name] for field in fields(kind) if field.name in read}
