"""Where Vigie reads less than Wireshark in the corpus: who is right, and why. What stands here is settled; all else is a mistake."""

from collections.abc import Callable

from dashboard.compare import Kind
from dashboard.compare.judge import Difference, Why

UNWRITABLE = "\N{REPLACEMENT CHARACTER}"
TUNNEL = "Wireshark: the TLS inside OpenVPN's control channel, which is a blind spot as it is"
DECRYPTED = "both: what follows STARTTLS stands in clear here, and Vigie tells that"
TLS_WITHIN = "Wireshark: TLS begun within another protocol (LDAP, PostgreSQL), which Vigie does not read"
SPOILED = "nobody: the capture was spoiled on purpose, and what is left of a message is chance"
MALFORMED = "Vigie: none of its messages is whole, and Wireshark calls them malformed too"
NO_ANSWER = "Vigie: the other side speaks another protocol, or none; Wireshark goes by the port"

KNOWN: dict[tuple[str, Kind], str] = {
    ("arkime/smtp-decrypted.pcap", Kind.SMTP_COMMAND): DECRYPTED,
    ("arkime/ldap-ssl.pcap", Kind.PROTOCOL): TLS_WITHIN,
    ("ndpi/pgsql2.pcapng", Kind.PROTOCOL): TLS_WITHIN,
    ("suricata-verify/pgsql__pgsql-upgrade-tls__input.pcap", Kind.PROTOCOL): TLS_WITHIN,
    ("ndpi-history/shellfire_vpn.pcapng", Kind.PROTOCOL): TUNNEL,
    ("ndpi/quic-mvfst-22_decryption_error.pcap", Kind.PROTOCOL): "nobody: its Initial cannot be decrypted by either",
    ("tcpdump/dns_fwdptr.pcap", Kind.PROTOCOL): "Vigie: names longer than RFC 1035 allows, from port 53 by chance",
    ("maltrail/dns_malformed.pcap", Kind.PROTOCOL): MALFORMED,
    **{("ndpi/fuzz-2006-06-26-2594.pcap", kind): SPOILED for kind in (Kind.PROTOCOL, Kind.DNS_NAME, Kind.DNS_ANSWER)},
    ("ndpi/malformed_dns.pcap", Kind.DNS_ANSWER): SPOILED,
    ("zeek/dns__dns-invalid-names.pcap", Kind.PROTOCOL): SPOILED,
    ("zeek/quic__383379789-decrypt-crash.pcap", Kind.PROTOCOL): SPOILED,
    ("zeek/quic__vector-max-size-crash.pcap", Kind.PROTOCOL): SPOILED,
    ("zeek/http__get-to-ssh-server.pcap", Kind.PROTOCOL): NO_ANSWER,
    (
        "zeek/rfb__vnc-scanner.pcap",
        Kind.RFB,
    ): "Vigie: the list came a byte at a time, and Wireshark takes the refusal's bytes for types",
    (
        "zeek/http__http-bad-request-with-version.pcap",
        Kind.PROTOCOL,
    ): "Wireshark: the request line begins with bytes that are no method",
    ("zeek/tunnels__geneve-vxlan-dns-truncated.pcap", Kind.PROTOCOL): "nobody: the capture cuts the message short",
    (
        "suricata-verify/byte-extract-01__input.pcap",
        Kind.PROTOCOL,
    ): "Vigie: no request, only the server's refusal of it",
    (
        "suricata-verify/bug-8224-01__example-s0.pcap",
        Kind.HTTP_HOST,
    ): "Wireshark: a header line of 20 kB, more than Vigie reads",
    (
        "suricata-verify/detect-bytetest-03__input.pcap",
        Kind.PROTOCOL,
    ): "Vigie: there is more than the message in the datagram",
    ("suricata-verify/dns__dns-invalid-opcode__input.pcap", Kind.PROTOCOL): "Vigie: nobody has assigned opcode 9",
    (
        "suricata-verify/smtp-rset-starttls__input.pcap",
        Kind.SMTP_COMMAND,
    ): "Wireshark: STARTTLS without a greeting, after RSET",
    (
        "ndpi/netbios_wildcard_dns_query.pcap",
        Kind.DNS_NAME,
    ): "both: a question of NetBIOS's at DNS's port, whose name Vigie decodes",
}
"""(capture, kind): who is right, and why."""

RULES: tuple[tuple[Callable[[str, Difference], bool], str], ...] = (
    (lambda _, each: each.why is Why.GAP, "nobody: bytes of the flow are missing, and Vigie does not guess"),
    (lambda _, each: each.why is Why.ENVELOPE, "both: no mail went, and Vigie keeps the envelopes of mails that went"),
    (
        lambda _, each: UNWRITABLE in each.value,
        "both: bytes of a name that are no letters, which Vigie escapes and Wireshark cannot write",
    ),
)
"""The same for many captures at a time."""


def known(capture: str, each: Difference) -> str | None:
    """Who is right about a difference, and why; None if nobody has looked yet."""
    said = KNOWN.get((capture, each.kind))
    return said or next((why for fits, why in RULES if fits(capture, each)), None)
