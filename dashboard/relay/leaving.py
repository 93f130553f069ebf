"""What may leave the box, by privacy level: how a device is called, and an alert without what must stay. Pure.

`full` sends what there is. `pseudonym` sends keyed pseudonyms, and in alerts the names that the practice gave its posts;
`fleet` not even these. The pages turn a pseudonym back into the name of a post with the box's key (`dashboard.privacy`).
"""

from dataclasses import dataclass, replace

from dashboard.privacy import Privacy
from dashboard.relay.points import tag
from sensor.detect.alert import Alert, AlertDevice
from sensor.detect.policy import Policy
from sensor.track.traffic import GUESTS


@dataclass(frozen=True, slots=True)
class Leaving:
    """The level, applied. `level` is the policy's word."""

    privacy: Privacy
    level: str

    @classmethod
    def of(cls, policy: Policy, key: bytes) -> "Leaving":
        privacy = Privacy.of(policy, key)
        if policy.privacy == "fleet":
            privacy = replace(privacy, names={})
        return cls(privacy, policy.privacy)

    def device(self, ip: str, mac: str) -> tuple[str, str]:
        """The tags that name a device, before and after the word of its destination: each may be empty."""
        if self.level == "full":
            return tag("device", ip), tag("mac", mac)
        if ip == GUESTS:  # of nobody
            return tag("device", ip), ""
        return (tag("device", self.privacy.token(mac or ip)) if mac or ip else ""), ""

    def alert(self, one: Alert) -> Alert:
        if self.level == "full":
            return one
        if self.level == "fleet":
            one = replace(one, device=replace(one.device, name=None))
        fr, en = self.privacy.shown(one, "fr"), self.privacy.shown(one, "en")
        device, known = one.device, None
        if self.level == "pseudonym":
            known = device.name or self._named(device)
        where = device.mac or device.ip
        called = AlertDevice(self.privacy.token(where) if where else "", None, known, device.vendor)
        return replace(fr, device=called, en=en.en)

    def _named(self, device: AlertDevice) -> str | None:
        names = self.privacy.names
        return (names.get(device.mac) if device.mac else None) or names.get(device.ip)
