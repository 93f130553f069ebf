"""Where Vigie reads otherwise than Wireshark in the corpus: who is right, and why. What stands here is settled; all else is a mistake.

Each row is one value, looked at by itself in its capture. What one of the two says it cannot read (`judge`) needs none.
"""

from dashboard.compare import Kind
from dashboard.compare.judge import Difference

FUZZED = "ndpi/fuzz-2006-06-26-2594.pcap"  # whose bytes were changed at random, on purpose
LABEL = (
    "Vigie: a label's length has bits that mean no length since RFC 6891, and Wireshark writes that it does not know it"
)
LOOP = "Vigie: a name points at itself, so it never ends (RFC 1035 4.1.4: at a prior place); Wireshark cuts it off"

TOO_LONG = (
    "Vigie: the second question's name is longer than RFC 1035's 255 octets, and nothing in such a message is believed"
)


def _class(number: str) -> str:
    return f"Vigie: the question's class is {number}, which nobody assigned; Wireshark shows the name all the same"


KNOWN: dict[tuple[str, str, Kind, str], str] = {
    (
        "ndpi-history/shellfire_vpn.pcapng",
        "udp 192.168.88.208:56468 > 162.252.172.147:1194",
        Kind.PROTOCOL,
        "ssl",
    ): "Wireshark: TLS inside OpenVPN's control channel; Vigie tells OpenVPN, the blind spot that it is",
    (FUZZED, "udp 115.0.1.2:2798 > 192.168.1.1:53", Kind.PROTOCOL, "dns"): LABEL,
    (FUZZED, "udp 192.168.1.2:14798 > 192.168.1.1:53", Kind.PROTOCOL, "dns"): _class("0x11"),
    (FUZZED, "udp 192.168.1.2:2724 > 192.168.1.1:53", Kind.PROTOCOL, "dns"): LABEL,
    (FUZZED, "udp 192.168.1.2:2772 > 192.168.1.1:53", Kind.PROTOCOL, "dns"): _class("0x6470"),
    (FUZZED, "udp 192.168.1.2:2791 > 192.168.67.1:53", Kind.PROTOCOL, "dns"): LABEL,
    (
        FUZZED,
        "udp 192.168.119.2:2799 > 192.168.1.1:53",
        Kind.PROTOCOL,
        "dns",
    ): "Vigie: the answer's class is 0x50, which nobody assigned",
    (
        FUZZED,
        "udp 192.168.1.2:2813 > 192.168.1.1:53",
        Kind.PROTOCOL,
        "dns",
    ): "Vigie: the checksum is wrong, and so is IP's length; Wireshark checks neither unless told to",
    (FUZZED, "udp 192.170.1.2:2810 > 192.168.1.1:53", Kind.PROTOCOL, "dns"): LABEL,
    (FUZZED, "udp 200.168.1.2:2785 > 192.168.1.1:53", Kind.PROTOCOL, "dns"): _class("0x49"),
    (FUZZED, "udp 192.168.1.2:2715 > 192.168.1.1:53", Kind.DNS_NAME, "<unknown extended label>"): LABEL,
    (FUZZED, "udp 192.168.1.2:2774 > 192.168.1.1:53", Kind.DNS_NAME, "<unknown extended label>"): LABEL,
    (FUZZED, "udp 192.168.1.2:2776 > 192.168.1.1:53", Kind.DNS_NAME, "<unknown extended label>"): LABEL,
    (FUZZED, "udp 192.168.1.2:2814 > 192.168.1.1:53", Kind.DNS_NAME, "<unknown extended label>"): LABEL,
    (
        FUZZED,
        "udp 192.168.1.2:2740 > 192.168.1.1:53",
        Kind.DNS_NAME,
        "_sip._udp.sip.cyberci%s",
    ): "Vigie: a NUL was put into the name, which so ends early; what follows is class 0 and bytes that belong to nothing",
    (
        FUZZED,
        "udp 192.168.1.2:2750 > 192.168.1.1:53",
        Kind.DNS_NAME,
        "_sip._udp.vo%s",
    ): "Vigie: a NUL was put into the name; what follows is no class, and the question has an answer's code",
    (
        FUZZED,
        "udp 192.168.1.2:2756 > 192.168.1.1:53",
        Kind.DNS_NAME,
        r"_\xf3ip._udp.sip.cybercit\x92.dk",
    ): "Vigie: flags 0x0157, a question with an answer's code and with the bit that is always zero",
    (FUZZED, "udp 192.168.1.2:2785 > 192.168.1.1:53", Kind.DNS_NAME, "_sip._udp.sip.cybevcity.dk"): _class("0x1401"),
    (FUZZED, "udp 192.168.1.2:2810 > 192.168.1.1:53", Kind.DNS_NAME, "_sip._udp.sip.cybercity.dk"): _class("0x7901"),
    (
        FUZZED,
        "udp 192.168.1.2:2794 > 192.168.1.1:53",
        Kind.DNS_ANSWER,
        "212.242.33.35",
    ): "Vigie: the class of the question that is answered is 0x201; an address that a spoiled message gives is not believed",
    ("ndpi/malformed_dns.pcap", "udp 127.0.0.1:50435 > 127.0.0.1:53", Kind.DNS_ANSWER, "66.66.66.66"): TOO_LONG,
    ("ndpi/malformed_dns.pcap", "udp 127.0.0.1:50435 > 127.0.0.1:53", Kind.DNS_ANSWER, "<name too long>"): TOO_LONG,
    ("zeek/dns__dns-invalid-names.pcap", "udp 192.0.2.21:53001 > 8.8.8.8:53", Kind.PROTOCOL, "dns"): LOOP,
    (
        "zeek/quic__vector-max-size-crash.pcap",
        "udp 1.2.3.4:45492 > 7.7.7.7:443",
        Kind.PROTOCOL,
        "dns",
    ): "Vigie: random bytes; Wireshark guesses DNS, of which the name's label, the type and the class are unknown to it",
    (
        "zeek/quic__383379789-decrypt-crash.pcap",
        "udp 1.127.0.0:47338 > 6.3.0.0:443",
        Kind.PROTOCOL,
        "quic",
    ): "Vigie: an Initial whose seal is broken, as Wireshark says too; random bytes behind a version's number",
    (
        "ndpi/quic-mvfst-22_decryption_error.pcap",
        "udp 10.230.40.168:62196 > 94.97.225.146:443",
        Kind.PROTOCOL,
        "quic",
    ): "both: neither can open its Initial; Wireshark names it by the number of a version of Facebook's own, which Vigie takes for no proof",
    (
        "zeek/tunnels__geneve-vxlan-dns-truncated.pcap",
        "udp 172.16.11.201:36872 > 1.1.1.1:53",
        Kind.PROTOCOL,
        "dns",
    ): "Wireshark: it names what begins like DNS; the capture cut six bytes off, and Vigie takes whole messages only",
    (
        "suricata-verify/detect-bytetest-03__input.pcap",
        "udp 5.6.7.8:53 > 1.2.3.4:53",
        Kind.PROTOCOL,
        "dns",
    ): "Vigie: a byte stands behind the message, and what does not fill its datagram may be anything",
    (
        "suricata-verify/dns__dns-invalid-opcode__input.pcap",
        "udp 1.1.1.1:5333 > 2.2.2.2:53",
        Kind.PROTOCOL,
        "dns",
    ): "Vigie: nobody has assigned opcode 9",
    (
        "suricata-verify/byte-extract-01__input.pcap",
        "tcp 10.0.0.76:5362 > 10.0.0.199:80",
        Kind.PROTOCOL,
        "http",
    ): "Vigie: twenty bytes that are no request; only the server's 400 speaks HTTP",
    (
        "zeek/http__http-bad-request-with-version.pcap",
        "tcp 192.168.122.130:49157 > 202.7.177.41:80",
        Kind.PROTOCOL,
        "http",
    ): "Wireshark: by the answer; the request begins with four bytes and a space that belong to no method",
    (
        "zeek/http__get-to-ssh-server.pcap",
        "tcp 136.216.42.40:44338 > 130.74.164.231:22",
        Kind.PROTOCOL,
        "ssh",
    ): "both: a server of SSH was asked for a page of HTTP; Vigie names a session by what its client speaks",
    (
        "suricata-verify/bug-8224-01__example-s0.pcap",
        "tcp 172.31.10.37:50764 > 18.180.192.156:80",
        Kind.HTTP_HOST,
        "case176654803200046-clb-693020167.ap-northeast-1.elb.amazonaws.com",
    ): "Wireshark: a line of the request is longer than the 16 kB that Vigie holds of one",
    (
        "suricata-verify/smtp-long-command__input.pcap",
        "tcp 192.168.164.35:59096 > 83.215.238.27:25",
        Kind.SMTP_COMMAND,
        "quit",
    ): "Vigie: QUIT answers the question for a user's name, and the server goes on to ask for the password",
}
"""(capture, ends, kind, value): who is right, and why."""


def known(capture: str, each: Difference) -> str | None:
    """Who is right about a difference, and why; None if nobody has looked yet."""
    return KNOWN.get((capture, each.ends, each.kind, each.value))
