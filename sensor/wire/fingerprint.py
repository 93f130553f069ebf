"""Programs known by their own first bytes on a stream, where no protocol is read any further.

The bytes and where they are published stand in `fingerprint_chat`, `fingerprint_frames`, `fingerprint_telegram`,
`fingerprint_remote`, `fingerprint_control`, `fingerprint_vpn` and `fingerprint_health`. A sign is told once; what follows it
is counted only.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar

from sensor.wire import MORE, Events, GiveUp, Likeness, Outcome, Rest
from sensor.wire import fingerprint_chat as chat
from sensor.wire import fingerprint_control as control
from sensor.wire import fingerprint_frames as frames
from sensor.wire import fingerprint_health as health
from sensor.wire import fingerprint_remote as remote
from sensor.wire import fingerprint_telegram as tg
from sensor.wire import fingerprint_vpn as vpn
from sensor.wire.records import Fingerprint
from sensor.wire.sides import TwoSides, best

SIGNS: dict[str, Callable[[bytes, bytes], Likeness]] = {
    "telegram": tg.telegram,
    "whatsapp": chat.whatsapp,
    "msn": chat.msn,
    "yahoo-messenger": chat.yahoo,
    "threema": chat.threema,
    "aim-icq": frames.oscar,
    "kakaotalk": frames.loco,
    "wechat": frames.wechat,
    "line": frames.line,
    "dingtalk": frames.dingtalk,
    "qq": frames.qq,
    "viber": frames.viber,
    "teamviewer": remote.teamviewer,
    "radmin": remote.radmin,
    "nomachine": remote.nomachine,
    "spice": remote.spice,
    "x11": remote.x11,
    "rsh": remote.rsh,
    "citrix": control.citrix,
    "dameware": control.dameware,
    "pcanywhere": control.pcanywhere,
    "intel-amt": control.intel_amt,
    "winbox": control.winbox,
    "rustdesk": control.rustdesk,
    "pptp": control.pptp,
    "openvpn": vpn.openvpn,
    "dicom": health.dicom,
    "hl7": health.hl7,
}
ANY_FIRST_BYTE = (chat.threema, tg.telegram)
"""Signs that stand in sizes, in sums, in what deciphers to something."""
FIRST_BYTES = chat.FIRST_BYTES


class FingerprintReader(TwoSides):
    """Buffer: the first 2 KiB of each direction."""

    service: ClassVar[str] = "fingerprint"

    def __init__(self) -> None:
        super().__init__()
        self._first = [b"", b""]
        self._signs = list(SIGNS.items())  # that nothing speaks against yet

    def data(self, data: bytes, *, from_orig: bool) -> Outcome:
        self._heard[from_orig] = True
        first = self._first[from_orig]
        if not self._lost[from_orig] and len(first) < FIRST_BYTES:
            self._first[from_orig] = (first + data)[:FIRST_BYTES]
        resp, orig = self._first
        still = []
        for app, sign in self._signs:
            said = sign(orig, resp)
            if said is Likeness.YES:
                return Events((Fingerprint(app, *_outcome(app, orig, resp)),), Rest.DONE)
            if said is Likeness.MAYBE:
                still.append((app, sign))
        self._signs = still
        full = all(len(side) >= FIRST_BYTES for side in self._first)
        return MORE if still and not full else GiveUp("no sign")

    def _finish(self) -> Outcome:
        return GiveUp("no sign")


def _outcome(app: str, orig: bytes, resp: bytes) -> tuple[bool, bool]:
    if app == "rustdesk" and control.rustdesk_served(orig, resp) is Likeness.YES:
        return False, False
    return remote.outcome(app, orig, resp)


def probe(orig: bytes, resp: bytes) -> Likeness:
    if not orig and not resp:
        return Likeness.MAYBE
    orig, resp = orig[:FIRST_BYTES], resp[:FIRST_BYTES]
    said = best(sign(orig, resp) for sign in ANY_FIRST_BYTE)
    if said is Likeness.YES:
        return said
    return best((said, *(sign(orig, resp) for sign in _possible(orig[:1], resp[:1]))))


@lru_cache(4_096)
def _possible(orig: bytes, resp: bytes) -> tuple[Callable[[bytes, bytes], Likeness], ...]:
    """The other signs that one byte of each side leaves possible: mostly none."""
    return tuple(s for s in SIGNS.values() if s not in ANY_FIRST_BYTE and s(orig, resp) is not Likeness.NO)
