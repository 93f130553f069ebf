"""Names of addresses, as the practice's own devices asked for them: DNS answers remembered per device, bounded.

An address explained this way is `probable` evidence only: clouds share addresses between many names. The name kept is the
one that was asked for, not the last alias of its CNAME chain. HTTPS and SVCB answers bring addresses too (RFC 9460, 7.3), and the
keys of Encrypted Client Hello: whoever was given one hides behind its outer name.
"""

import re
from collections import OrderedDict

from sensor.wire.records import Dns

CAP = 32_768
"""Pairs of device and address remembered; the least recently used goes first, and is counted."""

_ADDRESS_TYPES = frozenset({"A", "AAAA"})
_SERVICE_TYPES = frozenset({"HTTPS", "SVCB"})
_ADDRESS = re.compile(r"\d+(?:\.\d+){3}|[0-9a-f]*:[0-9a-f:.]*")
_ANSWERS_READ = 32
_OUTER = "ech "


class Names:
    """(device, address) → the name that device asked for."""

    __slots__ = ("_cap", "_names", "evicted")

    def __init__(self, cap: int = CAP) -> None:
        self._names: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._cap = cap
        self.evicted = 0

    def learn(self, device: str, dns: Dns) -> None:
        """Takes the addresses of a response that `device` received."""
        if not dns.is_response or not dns.query:
            return
        for answer in dns.answers[:_ANSWERS_READ]:
            if answer.type_name in _ADDRESS_TYPES and answer.data:
                self._put((device, answer.data), dns.query)
            elif answer.type_name in _SERVICE_TYPES and not dns.query.startswith("_"):  # that is a service, no host
                if _ADDRESS.fullmatch(answer.data):
                    self._put((device, answer.data), dns.query)
                for outer in answer.ech:
                    self._put((device, _OUTER + outer), dns.query)

    def hides_behind(self, device: str, outer: str) -> bool:
        """Whether `device` was given a key to hide a name behind this one."""
        return self.of(device, _OUTER + outer) is not None

    def of(self, device: str, address: str) -> str | None:
        """The name under which `device` knows `address`, if it asked."""
        name = self._names.get((device, address))
        if name is not None:
            self._names.move_to_end((device, address))
        return name

    def _put(self, key: tuple[str, str], name: str) -> None:
        self._names[key] = name
        self._names.move_to_end(key)
        if len(self._names) > self._cap:
            self._names.popitem(last=False)
            self.evicted += 1

    def __len__(self) -> int:
        return len(self._names)
