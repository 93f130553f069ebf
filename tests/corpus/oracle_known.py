"""Where Vigie reads less than Wireshark in the corpus: who is right, and why. What stands here is settled; all else is a mistake."""

from collections.abc import Callable

from dashboard.compare import Kind
from dashboard.compare.judge import Difference, Why

REFUSED = "both: the server refused it, and Vigie keeps the envelopes of mails that went"
DECRYPTED = "both: the capture was decrypted, so what follows STARTTLS stands in clear, and Vigie tells that"

KNOWN: dict[tuple[str, Kind, str], str] = {
    ("arkime/smtp-decrypted.pcap", Kind.SMTP_COMMAND, "starttls"): DECRYPTED,
    ("suricata-verify/smtp-data-rejected__10.7.29.101_49898-178.63.41.150_25.pcap", Kind.SMTP_COMMAND, "mail from gezydb01.apis.dhl.com"): REFUSED,
    ("ndpi/quic-mvfst-22_decryption_error.pcap", Kind.PROTOCOL, "quic"): "nobody: its Initial cannot be decrypted by either",
    ("tcpdump/dns_fwdptr.pcap", Kind.PROTOCOL, "dns"): "Vigie: names longer than RFC 1035 allows, from port 53 by chance",
}  # fmt: skip
"""(capture, kind, value): who is right, and why."""

RULES: tuple[tuple[Callable[[str, Difference], bool], str], ...] = (
    (lambda _, each: each.why is Why.GAP, "nobody: bytes of the flow are missing, and Vigie does not guess"),
)
"""The same for many captures at a time."""


def known(capture: str, each: Difference) -> str | None:
    """Who is right about a difference, and why; None if nobody has looked yet."""
    said = KNOWN.get((capture, each.kind, each.value))
    return said or next((why for fits, why in RULES if fits(capture, each)), None)
