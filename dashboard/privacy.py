"""Who may be recognised on a screen: the policy's privacy level, applied here and nowhere else.

`full` shows names and addresses. `pseudonym` (the default) and `fleet` show the names that the practice gave its posts, and
for the other devices a pseudonym keyed with a secret of this box ("poste 3f2a"): the same device keeps it, and without the
key nobody can compute it from an address. The practice's own addresses are taken out of everything else that is shown,
and so is the community id, which is a plain hash of addresses.
"""

import hmac
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_network
from pathlib import Path

from sensor.detect.alert import Alert, AlertDevice, AlertPeer, Words
from sensor.detect.policy import PRIVATE, Network, Policy
from sensor.track.traffic import GUESTS

KEY_BYTES = 32
TOKEN = "pseudo:"  # noqa: S105 - a mark
"""How a device is called where addresses may not go (`dashboard.relay`): its pseudonym, in no language."""
_SHOWN = 4  # characters of it on a screen
_POST = {"fr": "poste", "en": "device"}
_NOT_TOLD = {"fr": "autres appareils", "en": "other devices"}
_GUESTS = {"fr": "invités", "en": "guests"}
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![\w:])",
    re.IGNORECASE,
)
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.IGNORECASE)
_MULTICAST = (ip_network("224.0.0.0/4"), ip_network("ff00::/8"))


@dataclass(frozen=True, slots=True)
class Privacy:
    """How devices are named. `names` are the practice's, by MAC or address."""

    key: bytes
    full: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    local: tuple[Network, ...] = PRIVATE

    @classmethod
    def of(cls, policy: Policy, key: bytes) -> "Privacy":
        names = {where: device.name for device in policy.devices for where in (device.mac, device.ip) if where}
        names |= {_token(key, where): name for where, name in names.items()}
        local = (*PRIVATE, *policy.networks.local)
        return cls(key, full=policy.privacy == "full", names=names, local=local)

    def name(self, ip: str, mac: str | None, lang: str, given: str | None = None) -> str:
        """What a device is called on a screen."""
        known = given or (self.names.get(mac) if mac else None) or self.names.get(ip)
        if known:
            return known
        if not ip and not mac:
            return _NOT_TOLD[lang]
        if ip.startswith(TOKEN):
            return f"{_POST[lang]} {ip.removeprefix(TOKEN)[:_SHOWN]}"
        if ip == GUESTS:
            return _GUESTS[lang]
        return ip if self.full else self.pseudonym(mac or ip, lang)

    def pseudonym(self, address: str, lang: str) -> str:
        return f"{_POST[lang]} {self.token(address).removeprefix(TOKEN)[:_SHOWN]}"

    def token(self, address: str) -> str:
        """The pseudonym at length: two devices of many practices do not share it."""
        return _token(self.key, address)

    def device(self, device: AlertDevice, lang: str) -> str:
        called = self.name(device.ip, device.mac, lang, device.name)
        return device.host_name if self.full and device.host_name and called == device.ip else called

    def shown(self, alert: Alert, lang: str) -> Alert:
        """The alert as this level lets it be seen. Its words still carry `{device}`."""
        if self.full:
            return alert
        label = self.device(alert.device, lang)
        own = {alert.device.ip: label} | ({alert.device.mac: label} if alert.device.mac else {})

        def told(text: str) -> str:
            return _ADDRESS.sub(lambda found: own.get(found.group()) or self._found(found.group(), lang), text)

        return replace(
            alert,
            device=AlertDevice(label, None, label, alert.device.vendor, mac_random=alert.device.mac_random),
            peer=self._peer(alert.peer, lang),
            community_id=None,
            evidence=tuple((name, told(value) if isinstance(value, str) else value) for name, value in alert.evidence),
            fr=_words(alert.fr, told),
            en=_words(alert.en, told),
        )

    def text(self, text: str, lang: str) -> str:
        """Any other text with the practice's addresses called by their names."""
        return text if self.full else _ADDRESS.sub(lambda found: self._found(found.group(), lang), text)

    def _peer(self, peer: AlertPeer, lang: str) -> AlertPeer:
        if peer.ip is None or not self._is_local(peer.ip):
            return peer
        return replace(peer, ip=self.name(peer.ip, None, lang), host=None, host_source=None)

    def _found(self, found: str, lang: str) -> str:
        if _MAC.fullmatch(found):
            return self.name("", found.lower(), lang)
        return self.name(found, None, lang) if self._is_local(found) else found

    def _is_local(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        if any(address in network for network in _MULTICAST if network.version == address.version):
            return False
        return any(address in network for network in self.local if network.version == address.version)


def _token(key: bytes, address: str) -> str:
    return TOKEN + hmac.digest(key, address.lower().encode("utf-8", "replace"), "sha256")[:8].hex()


def _words(words: Words, told: Callable[[str], str]) -> Words:
    return Words(told(words.title), told(words.advice), told(words.expected), told(words.seen))


def pseudonym_key(state: Path) -> bytes:
    """The one key of this box's pseudonyms: a device has the same on the page, in a mail and in InfluxDB.

    `watch` makes it at its first start; the other processes' group may read it, and they only need it once `watch` has written.
    Errors: as of `secret`.
    """
    return secret(state / "watch" / "pseudonym.key", mode=0o640)


def secret(path: Path, size: int = KEY_BYTES, *, mode: int = 0o600) -> bytes:
    """The secret kept in this file, made at first start. Errors: OSError; ValueError if it was cut short."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    except FileExistsError:
        found = path.read_bytes()
        if len(found) != size:
            raise ValueError(
                f"{path}: {len(found)} bytes where {size} should be; delete it to have a new one made"
            ) from None
        return found
    made = os.urandom(size)
    with os.fdopen(handle, "wb") as out:
        out.write(made)
        out.flush()
        os.fsync(out.fileno())
    return made
