"""Two views of one capture → how often they agree, where they differ, and who is more likely right where a rule can say.

Counted: every value that Wireshark reads in a flow that both read as the value's protocol; for the protocol itself, every
flow that Wireshark names. Listed and not counted is what one of the two says it cannot read:

* a flow of which both say that the capture lacks bytes, and in which Vigie recognises nothing;
* a flow of a capture of another kind of network, which Vigie says it does not read, and of which it has no such flow;
* a packet that Wireshark itself calls malformed, and what stands behind one in a stream, where it has lost its place.

Nor is counted what Vigie alone reads: Wireshark goes by port, and stops at less.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from dashboard.compare import SERVICE, FlowView, Kind, Views

_HOST = re.compile(r"[a-z0-9_*.:\[\]-]{1,253}")
_NAMES = frozenset({Kind.SNI, Kind.QUIC_SNI, Kind.HTTP_HOST})
_LONGEST = 255


class Why(StrEnum):
    """Why one of the two read otherwise: what `--json` says. The report's words for it are in `words`."""

    GAP = "bytes of this flow are missing in the capture, as both say"
    FOREIGN = "a kind of network that Vigie does not read, as it says itself"
    MALFORMED = "Wireshark itself calls the packet malformed, or one before it"
    TOO_LONG = "longer than the protocol allows"
    NO_HOST = "not a host name"
    UNREAD = "it was on the wire, and Vigie did not read it"
    BY_PORT = "Wireshark goes by the port first, Vigie by the bytes"
    WHOLE_MAIL = "Wireshark lists a mail's parts only when it has all of it"
    NO_RULE = "no rule says"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that only one of the two read. `right`: "vigie", "wireshark" or None where no rule says."""

    flow: str
    ends: str
    kind: Kind
    value: str
    only: str
    right: str | None
    why: Why


@dataclass(slots=True)
class Comparison:
    """`counted` and `agreed` by kind, and the differences."""

    counted: Counter[Kind] = field(default_factory=Counter)
    agreed: Counter[Kind] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def share(self, kind: Kind) -> float | None:
        """Agreement of a kind, 0 to 1; None where nothing was compared."""
        return self.agreed[kind] / self.counted[kind] if self.counted[kind] else None


def compare(ours: Views, theirs: Views) -> Comparison:
    found = Comparison()
    for flow in sorted(ours.flows.keys() | theirs.flows.keys()):
        left, right = ours.flows.get(flow, FlowView()), theirs.flows.get(flow, FlowView())
        for kind in Kind:
            if kind is not Kind.PROTOCOL and not _both(SERVICE[kind], left, right):
                continue
            mine, wireshark = left.values.get(kind, set()), right.values.get(kind, set())
            doubtful = right.doubtful.get(kind, set()) - wireshark
            why = _unreadable(left, right, foreign=ours.foreign and flow not in ours.flows)
            found.counted[kind] += 0 if why else len(wireshark)
            found.agreed[kind] += 0 if why else len(mine & wireshark)
            ends = left.ends or right.ends
            for value in sorted((wireshark | doubtful) - mine):
                verdict = (None, why or Why.MALFORMED) if why or value in doubtful else _theirs(kind, value)
                found.differences.append(Difference(flow, ends, kind, value, "wireshark", *verdict))
            for value in sorted(mine - wireshark - doubtful):
                found.differences.append(Difference(flow, ends, kind, value, "vigie", *_ours(kind, value, right)))
    return found


def _both(service: str, left: FlowView, right: FlowView) -> bool:
    return service in left.values.get(Kind.PROTOCOL, ()) and service in right.values.get(Kind.PROTOCOL, ())


def _unreadable(left: FlowView, right: FlowView, *, foreign: bool) -> Why | None:
    """Why not both call this flow readable, if so."""
    if foreign:
        return Why.FOREIGN
    return Why.GAP if left.gap and right.gap and not left.values.get(Kind.PROTOCOL) else None


def _theirs(kind: Kind, value: str) -> tuple[str | None, Why]:
    """Who is right about what only Wireshark read."""
    if len(value) > _LONGEST:
        return "vigie", Why.TOO_LONG
    if kind in _NAMES and not _HOST.fullmatch(value):
        return "vigie", Why.NO_HOST
    return "wireshark", Why.UNREAD


def _ours(kind: Kind, value: str, theirs: FlowView) -> tuple[str | None, Why]:
    """Who is right about what only Vigie read."""
    if kind is Kind.PROTOCOL and not theirs.values:
        return "vigie", Why.BY_PORT
    if kind is Kind.ATTACHMENT:
        return None, Why.WHOLE_MAIL
    if kind in _NAMES and not _HOST.fullmatch(value):
        return "wireshark", Why.NO_HOST
    return None, Why.NO_RULE
