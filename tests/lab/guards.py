"""One guard of each reader, and the recording that lives by it: what `broken` breaks on purpose.

`tests/test_lab_guards.py` sees that each reader has one and that each still stands in its source.
"""

from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Guard:
    """`old` in the source of `module` becomes `new`; `scenario` must no longer be right, or Wireshark must disagree."""

    module: str
    old: str
    new: str
    scenario: str


WITHOUT = {  # readers that no recording of the lab lives by
    "sensor.wire.netbios": "nmbd names itself on port 137, which is the DNS reader's; its datagrams of port 138 come minutes later",
    "sensor.wire.rtp": "calls are told, and left alone, by more than their media: no alert of the lab hangs on it alone",
    **dict.fromkeys(
        ("sensor.wire.ldap", "sensor.wire.mysql"),
        "the lab has no such server; read for the TLS behind its first words, as their own tests say",
    ),
}
GUARDS = (
    Guard("sensor.wire.mime_kind", "return Kind.ATTACHMENT", "return Kind.TEXT", "mail_clear_pdf"),
    Guard("sensor.wire.smtp_mail", "transferred=mail is not None", "transferred=mail is None", "mail_clear_pdf"),
    Guard(
        "sensor.wire.tls_hello",
        "if SERVER_NAME in data else None",
        "if SERVER_NAME not in data else None",
        "upload_transfer",
    ),
    Guard("sensor.wire.http_head", 'fields.get(b"host")', 'fields.get(b"hose")', "browsing"),
    Guard(
        "sensor.wire.dns",
        "DnsAnswer(name, type_name(kind), text,",
        'DnsAnswer(name, type_name(kind), "",',
        "browsing",
    ),
    Guard("sensor.wire.ssh", "return Likeness.YES", "return Likeness.NO", "ssh_shell"),
    Guard("sensor.wire.rdp", "if packet[5] == CONFIRM:", "if packet[5] != CONFIRM:", "rdp_session"),
    Guard("sensor.wire.rfb", "if len(head) == VERSION_SIZE else", "if len(head) != VERSION_SIZE else", "vnc_session"),
    Guard("sensor.wire.pop3_words", "return Likeness.YES", "return Likeness.NO", "pop3_clear_pdf"),
    Guard("sensor.wire.imap_words", "return Likeness.YES", "return Likeness.NO", "imap_clear_pdf"),
    Guard("sensor.wire.telnet", "ENOUGH_LINES = 3", "ENOUGH_LINES = 3_000", "telnet_session"),
    Guard("sensor.wire.ftp", "return Likeness.YES", "return Likeness.NO", "ftp_clear_upload"),
    Guard("sensor.wire.irc", "return Likeness.YES", "return Likeness.NO", "irc_chat"),
    Guard("sensor.wire.xmpp", "return Likeness.YES", "return Likeness.NO", "xmpp_chat"),
    Guard("sensor.wire.quic", "return Likeness.YES if first and", "return Likeness.NO if first and", "quic_upload"),
    Guard("sensor.wire.fingerprint_remote", "len(data) < X11_ANSWER", "len(data) >= X11_ANSWER", "remote_x11"),
    Guard("sensor.wire.fingerprint_health", 'ACCEPT, REJECT = b"', 'REJECT, ACCEPT = b"x', "dicom_clear"),
    Guard("sensor.wire.fingerprint_health", "not chr(separator)", "chr(separator)", "hl7_clear"),
    Guard("sensor.wire.telnet", "return Likeness.YES if resp else", "return Likeness.NO if resp else", "remote_rlogin"),
    Guard("sensor.wire.stun", "realm = host_name(", "realm = str(", "messenger_call_udp"),
    Guard("sensor.wire.stun_stream", "+ 8] != COOKIE or", "+ 8] == COOKIE or", "messenger_call_tcp"),
    Guard("sensor.wire.dtls", "if kind != CLIENT_HELLO or", "if kind == CLIENT_HELLO or", "messenger_dtls"),
    Guard("sensor.wire.socks", "granted = cursor.u8() == 0", "granted = cursor.u8() != 0", "ssh_in_socks"),
    Guard("sensor.wire.postgresql", 'if word == "S" else', 'if word != "S" else', "database_tls"),
    Guard("sensor.wire.rdp_udp", "data[:4] == self._number", "data[:4] != self._number", "rdp_over_udp"),
    Guard(
        "sensor.wire.websocket", "if self._buffer[1] & MASKED:", "if not self._buffer[1] & MASKED:", "vnc_in_websocket"
    ),
    Guard("sensor.wire.dns", "return likeness(_prefixed, orig, resp)", "return Likeness.NO", "dns_other_resolver"),
    Guard("sensor.wire.dhcp", "return Likeness.YES if good", "return Likeness.NO if good", "device_dhcp"),
    Guard("sensor.wire.dhcpv6", "return Likeness.YES", "return Likeness.NO", "device_dhcpv6"),
    Guard("sensor.wire.ssdp", "return Likeness.YES", "return Likeness.NO", "device_ssdp"),
    Guard("sensor.wire.lldp", "!= [1, 2, 3]", "== [1, 2, 3]", "device_lldp"),
    Guard("sensor.wire.quic", "return Likeness.YES\n    try", "return Likeness.NO\n    try", "h3_negotiation"),
    Guard("sensor.wire.quic_initial", "if version == V2:", "if version == V1 << 1:", "h3_version_2"),
    Guard("sensor.wire.fingerprint_telegram", 'if first == b"\\xef":', 'if first == b"\\xed":', "telegram_abridged"),
    Guard(
        "sensor.wire.fingerprint_telegram", "return obfuscated(orig, resp)", "return Likeness.NO", "telegram_obfuscated"
    ),
    Guard(
        "sensor.wire.fingerprint_remote",
        "_spice_result(resp) is not None",
        "_spice_result(resp) is None",
        "remote_spice",
    ),
    Guard("sensor.wire.fingerprint_control", 'PPTP = b"\\0', 'PPTP = b"\\1', "vpn_pptp"),
    Guard("sensor.wire.fingerprint_vpn", "or data[0] != ANSWER", "or data[0] == ANSWER", "vpn_openvpn"),
    Guard("sensor.wire.fingerprint_vpn", "data[17] in (", "data[17] not in (", "vpn_ipsec"),
    Guard("sensor.wire.fingerprint_vpn", "message.to_bytes(2", "(message + 90).to_bytes(2", "vpn_l2tp"),
    Guard("sensor.wire.fingerprint_datagram", "enumerate(PAIRS)", "enumerate(())", "vpn_l2tp"),
)
