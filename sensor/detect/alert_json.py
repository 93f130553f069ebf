"""An alert as JSON: of `--json`, of the API and of the mail's attachment. Made here only; `alert.schema.json` is its schema.

Keys stand in the order of the design page. `{device}` in sentences becomes the name that the reader may see.
"""

from typing import Any, Literal

from sensor.detect.alert import Alert, AlertDevice, Legal, Words, rfc3339


def to_json(alert: Alert, *, lang: Literal["fr", "en"] = "fr", device_name: str | None = None) -> dict[str, Any]:
    """The alert in one language. `device_name`: how to call the post; None: its name, else its address."""
    device = device_name or _called(alert.device)
    words = told(alert, lang, device)
    peer = alert.peer
    return {
        "id": alert.id,
        "rule": alert.rule,
        "category": alert.category.value,
        "app": alert.app,
        "nature": alert.nature.value,
        "severity": alert.severity.value,
        "confidence": alert.confidence.value,
        "first_seen": rfc3339(alert.first_seen),
        "last_seen": rfc3339(alert.last_seen),
        "count": alert.count,
        "device": {
            "ip": alert.device.ip,
            "mac": alert.device.mac,
            "name": alert.device.name,
            "vendor": alert.device.vendor,
            "hostname": alert.device.host_name,
            "vendor_class": alert.device.vendor_class,
            "mac_random": alert.device.mac_random,
        },
        "peer": {
            "ip": peer.ip,
            "port": peer.port,
            "host": peer.host,
            "host_source": peer.host_source,
            "hds": peer.hds.value if peer.hds else None,
            "country": peer.country,
        },
        "bytes_out": alert.bytes_out,
        "bytes_in": alert.bytes_in,
        "packets": alert.packets,
        "community_id": alert.community_id,
        "evidence": {"expected": words.expected, "seen": words.seen, "facts": dict(alert.evidence)},
        "legal": [_legal(reference, lang) for reference in alert.legal],
        "title": words.title,
        "advice": words.advice,
    }


def told(alert: Alert, lang: Literal["fr", "en"], device: str) -> Words:
    """The alert's sentences with the post's name in them."""
    words = alert.fr if lang == "fr" else alert.en
    return Words(*(getattr(words, name).replace("{device}", device) for name in Words.__slots__))


def _called(device: AlertDevice) -> str:
    return device.name or device.ip


def _legal(reference: Legal, lang: Literal["fr", "en"]) -> dict[str, Any]:
    return {
        "ref": reference.ref,
        "topic": reference.topic if lang == "fr" else reference.topic_en or reference.topic,
        "verified": reference.verified,
        "source": reference.source,
        "date": reference.date,
    }
