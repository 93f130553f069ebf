"""The second opinion: what Wireshark reads in a capture beside what Vigie reads, flow by flow. Used by `vigie compare`.

    ours.read      the chain's own observations → Views
    theirs.read    tshark, through pyshark      → Views
    judge.compare  two Views → how often they agree, where they differ, and who is more likely right

A view is, for each flow (Community ID), the values of each kind that were read in it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

from sensor.wire.smtp_words import VERBS

FLOWS_CAP = 200_000
VALUES_CAP = 5_000  # of one kind in one flow


class Kind(StrEnum):
    """What is compared. Each belongs to a protocol: only flows that both read as that protocol are compared."""

    PROTOCOL = "protocol"
    SNI = "sni"
    QUIC_SNI = "quic_sni"
    DNS_NAME = "dns_name"
    DNS_ANSWER = "dns_answer"
    HTTP_HOST = "http_host"
    SMTP_COMMAND = "smtp_command"  # verbs, sender's and recipients' domains of all envelopes, the log-in's kind, body
    ATTACHMENT = "attachment"  # MIME type
    SSH = "ssh"  # both banners
    RDP = "rdp"  # what was asked, what was chosen
    RFB = "rfb"  # versions, security type


SERVICE = {
    Kind.SNI: "ssl",
    Kind.QUIC_SNI: "quic",
    Kind.DNS_NAME: "dns",
    Kind.DNS_ANSWER: "dns",
    Kind.HTTP_HOST: "http",
    Kind.SMTP_COMMAND: "smtp",
    Kind.ATTACHMENT: "smtp",
    Kind.SSH: "ssh",
    Kind.RDP: "rdp",
    Kind.RFB: "rfb",
}


@dataclass(slots=True)
class FlowView:
    """What one reader saw of a flow."""

    ends: str = ""  # "tcp 192.0.2.1:4000 > 198.51.100.2:25"
    values: dict[Kind, set[str]] = field(default_factory=lambda: defaultdict(set))
    gap: bool = False  # bytes are missing in the capture, or its start was not seen
    doubtful: dict[Kind, set[str]] = field(default_factory=lambda: defaultdict(set))  # of packets told to be malformed
    strayed: bool = False  # such a packet was in this stream: what is read behind it is doubtful too

    def add(self, kind: Kind, value: str | None) -> None:
        if value and len(self.values[kind]) < VALUES_CAP:
            self.values[kind].add(value)

    def doubt(self, other: "FlowView") -> None:
        """What `other` has was read in a packet that is malformed."""
        for kind, values in other.values.items():
            if len(self.doubtful[kind]) < VALUES_CAP:
                self.doubtful[kind] |= values


class Views:
    """Flows by Community ID, bounded: what is beyond is counted in `shed`."""

    def __init__(self) -> None:
        self.flows: dict[str, FlowView] = {}
        self.shed = 0
        self.foreign = False  # there are packets of a kind of network that is not read, which its reader said

    def flow(self, community_id: str) -> FlowView:
        view = self.flows.get(community_id)
        if view is not None:
            return view
        view = FlowView()
        if len(self.flows) < FLOWS_CAP:
            self.flows[community_id] = view
        else:
            self.shed += 1
        return view


def name(text: str) -> str:
    """A host name as both sides are compared: lower case, no final dot."""
    return text.strip().rstrip(".").lower()


def verb(word: str) -> str:
    """A command of SMTP; "other" for what is none, which may be a piece of a secret."""
    return word.lower() if word.upper().encode() in VERBS else "other"


def domain(address: str) -> str:
    """The part of a mail address behind the @; the one before never goes further than here."""
    return name(address.strip().strip("<>").rpartition("@")[2].strip("<> ")) if "@" in address else ""
