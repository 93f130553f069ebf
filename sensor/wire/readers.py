"""The table of protocols: which probe recognises one, which reader reads it. Ports are not asked.

Order matters only where two probes may say YES to the same bytes: none do so on purpose, and the surer ones come first.
"""

from sensor.wire import (
    DatagramEntry,
    StreamEntry,
    dhcp,
    dhcpv6,
    dns,
    dtls,
    fingerprint,
    fingerprint_datagram,
    ftp,
    http,
    http_head,
    imap,
    irc,
    netbios,
    pop3,
    quic,
    rdp,
    rdp_udp,
    rfb,
    smtp,
    socks,
    ssdp,
    ssh,
    stun,
    telnet,
    tls,
    xmpp,
)

STREAMS: tuple[StreamEntry, ...] = (
    StreamEntry("ssl", tls.probe, tls.TlsReader),
    StreamEntry("http", http.probe, http.HttpReader, first_bytes=http_head.LONGEST_LINE),
    StreamEntry("ssh", ssh.probe, ssh.SshReader, first_bytes=ssh.FIRST_BYTES),
    StreamEntry("rdp", rdp.probe, rdp.RdpReader),
    StreamEntry("rfb", rfb.probe, rfb.RfbReader),
    StreamEntry("smtp", smtp.probe, smtp.SmtpReader, first_bytes=smtp.FIRST_BYTES),
    StreamEntry("imap", imap.probe, imap.ImapReader, first_bytes=imap.FIRST_BYTES),
    StreamEntry("pop3", pop3.probe, pop3.Pop3Reader, first_bytes=pop3.FIRST_BYTES),
    StreamEntry("socks", socks.probe, socks.SocksReader, first_bytes=socks.LARGEST),
    StreamEntry("ftp", ftp.probe, ftp.FtpReader, first_bytes=ftp.FIRST_BYTES),
    StreamEntry("irc", irc.probe, irc.IrcReader, first_bytes=irc.FIRST_BYTES),
    StreamEntry("xmpp", xmpp.probe, xmpp.XmppReader, first_bytes=xmpp.FIRST_BYTES),
    StreamEntry("telnet", telnet.probe, telnet.TelnetReader, first_bytes=telnet.FIRST_BYTES),
    StreamEntry("rlogin", telnet.probe_rlogin, telnet.RloginReader, first_bytes=telnet.FIRST_BYTES),
    StreamEntry("fingerprint", fingerprint.probe, fingerprint.FingerprintReader, first_bytes=fingerprint.FIRST_BYTES),
    StreamEntry("dns", dns.probe_stream, dns.DnsReader, first_bytes=dns.PREFIX),
)

DATAGRAMS: tuple[DatagramEntry, ...] = (
    DatagramEntry("dns", dns.probe_datagram, dns.read_datagram),
    DatagramEntry("dhcp", dhcp.probe, dhcp.read_datagram),
    DatagramEntry("ssdp", ssdp.probe, ssdp.read_datagram),
    DatagramEntry("netbios", netbios.probe, netbios.read_datagram),
    DatagramEntry("quic", quic.probe, quic.read_datagram, quic.QuicSession),
    DatagramEntry("ssl", dtls.probe, dtls.read_datagram, dtls.DtlsSession),
    DatagramEntry("stun", stun.probe, stun.read_datagram, stun.StunSession),
    DatagramEntry("rdp", rdp_udp.probe, rdp_udp.read_datagram, rdp_udp.RdpUdpSession),
    DatagramEntry("dhcp", dhcpv6.probe, dhcpv6.read_datagram),
    DatagramEntry("fingerprint", fingerprint_datagram.probe, fingerprint_datagram.read_datagram),
)
