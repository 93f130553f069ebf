"""An alert: what Vigie tells a person. The JSON of `--json`, of the API and of the mail's attachment is made here only."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sensor.frozen import frozen


class Category(StrEnum):
    MAIL = "mail"
    MESSAGING = "messaging"
    REMOTE = "remote"
    UPLOAD = "upload"
    EXPOSURE = "exposure"
    BLINDSPOT = "blindspot"
    HEALTH = "health"


class Nature(StrEnum):
    PRESENCE = "presence"
    SESSION = "session"
    TRANSFER = "transfer"
    EVENT = "event"


class Severity(StrEnum):
    """Sigma's levels."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(StrEnum):
    CERTAIN = "certain"
    PROBABLE = "probable"


class Hds(StrEnum):
    """What is known of a destination; None where the question does not arise."""

    SERVICE = "service"
    CAPABLE = "capable"
    OWN = "own"
    NOT_LISTED = "not_listed"
    UNKNOWN = "unknown"


@frozen
class AlertDevice:
    ip: str
    mac: str | None = None
    name: str | None = None
    vendor: str | None = None
    host_name: str | None = None  # what it calls itself: kept and shown only at privacy level `full`
    vendor_class: str | None = None  # the system that it says it is: the same
    mac_random: bool = False  # nobody assigned its MAC


@frozen
class AlertPeer:
    ip: str | None
    port: int | None = None
    host: str | None = None
    host_source: str | None = None
    hds: Hds | None = None
    country: str | None = None


Value = str | int | float | bool
"""What evidence may hold: facts, never words of a language."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is told, in one language. `{device}` stands where the device's name goes: who may read it is decided on display.

    `expected` and `seen` are the evidence as sentences: what should have been, what was.
    """

    title: str
    advice: str
    expected: str
    seen: str


@frozen
class Legal:
    """A reference a reader can look up. `verified`: the article was seen in a source; else it says so on every screen."""

    ref: str
    topic: str
    verified: bool
    source: str
    date: str
    topic_en: str = ""  # the topic in English


@frozen
class Alert:
    """One alert per rule, app, device, peer and practice day, whose count grows; a remote session is one each.

    Times are nanoseconds since the epoch. `id` is made of what identifies it, so the same facts give the same id again.
    """

    id: str
    rule: str
    category: Category
    app: str | None
    nature: Nature
    severity: Severity
    confidence: Confidence
    first_seen: int
    last_seen: int
    count: int
    device: AlertDevice
    peer: AlertPeer
    bytes_out: int
    bytes_in: int
    packets: int
    community_id: str | None
    evidence: tuple[tuple[str, Value], ...]  # the facts by name: ("attachments", 1), ("mime_types", "text/plain")…
    legal: tuple[Legal, ...]
    fr: Words
    en: Words
    ended: bool = False  # of a session or a call: it is over


def rfc3339(ns: int) -> str:
    """Nanoseconds since the epoch → "2026-11-22T08:15:02.123456Z" (RFC 3339, UTC, microseconds)."""
    seconds, rest = divmod(ns, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest // 1000:06d}Z"
