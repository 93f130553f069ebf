"""What readers read: frozen records with Zeek's names. Metadata only; what privacy forbids has no field here.

Each record's `service` is Zeek's log name and the `service` of a Sigma `logsource`. Field names are Zeek's where Zeek
has the field. Never here: payload, subjects, attachment names, local parts of addresses, cookies, user names, passwords,
the query of a URI.
"""

from typing import ClassVar, Literal

from sensor.frozen import frozen
from sensor.wire.records_calls import Rtp
from sensor.wire.records_devices import Dhcp, Netbios, Ssdp
from sensor.wire.records_dialogues import Ldap, Mysql, Postgresql, SmtpDialogue


@frozen
class DnsAnswer:
    """One resource record of an answer. `data` is an address (A, AAAA) or a name (CNAME, PTR…), else empty. `ttl` in seconds."""

    name: str
    type_name: str
    data: str
    ttl: int
    ech: tuple[str, ...] = ()  # of HTTPS and SVCB: the outer names under which its key is used


@frozen
class Dns:
    """A DNS message (RFC 1035). Names are lower case, without the final dot, A-labels; bounded to 255 octets."""

    service: ClassVar[str] = "dns"
    trans_id: int
    is_response: bool
    query: str
    qtype_name: str
    rcode_name: str | None = None  # of a response
    answers: tuple[DnsAnswer, ...] = ()
    additionals: tuple[DnsAnswer, ...] = ()  # addresses only: of mDNS and NetBIOS, the sender's own


@frozen
class Ssl:
    """A TLS handshake as far as it was seen (RFC 8446, RFC 5246). Emitted once, when both hellos were read or no more come."""

    service: ClassVar[str] = "ssl"
    client_version: str | None = None  # highest offered: "TLSv13", "TLSv12"…, Zeek's words
    version: str | None = None  # chosen by the server
    cipher: str | None = None  # chosen, as four hex digits ("1301")
    server_name: str | None = None
    client_alpn: tuple[str, ...] = ()
    next_protocol: str | None = None  # ALPN chosen, where it is in clear
    established: bool = False  # both hellos were seen and no fatal alert followed them
    ech: bool = False  # the ClientHello carries Encrypted Client Hello: server_name is the outer name
    ja4: str | None = None
    subject: str | None = None  # common name or first DNS name of the server's certificate, up to TLS 1.2
    issuer: str | None = None  # organisation or common name of its issuer
    client_subject: str | None = None  # of the client's own certificate, where it shows one


@frozen
class Quic:
    """A QUIC connection's opening (RFC 9000, RFC 9001, RFC 9369). Names are None when its ClientHello could not be read."""

    service: ClassVar[str] = "quic"
    version: str  # "1", "2", "draft-29", or eight hex digits
    server_name: str | None = None
    client_alpn: tuple[str, ...] = ()
    ech: bool = False  # as in Ssl
    ja4: str | None = None
    readable: bool = True  # the ClientHello was read


@frozen
class Socks:
    """What a SOCKS proxy was asked for (RFC 1928). User and password are skipped, never kept."""

    service: ClassVar[str] = "socks"
    version: int  # 4 or 5
    request_host: str | None = None  # name or address
    request_p: int | None = None
    granted: bool | None = None  # None when the answer was not seen


@frozen
class Fingerprint:
    """A program that showed its own first bytes (`sensor.wire.fingerprint`)."""

    service: ClassVar[str] = "fingerprint"
    app: str  # a word of the alerts' `app`
    established: bool = False  # of remote control: it went past its opening
    control: bool = (
        True  # of remote control: this flow would be the session's own, not a look-up or an agent's sign of life
    )


@frozen
class Attachment:
    """What may be told of an attachment. `size`: decoded bytes as far as seen; `complete` when its end was seen. Never its name."""

    mime_type: str
    extension: str | None
    size: int
    complete: bool = True
    protection: str | None = (
        None  # "smime", "pgp", "apicrypt", "zip", "7z", "pdf", "fse": content that was encrypted before it left
    )
    guessed: bool = False  # its fields were not seen: what passed looked like a file


@frozen
class Http:
    """One HTTP/1 request with its response's head (RFC 9112). `uri` without its query; lengths in bytes of the bodies announced.

    A large upload is told twice where it held a file: at once without, `again` with its `attachments`, once it has passed.
    With `attachments`, `uri` is only the folder: its last step may be the file's own name.
    """

    service: ClassVar[str] = "http"
    method: str | None = None
    host: str | None = None
    uri: str | None = None
    version: str | None = None
    user_agent: str | None = None
    status_code: int | None = None
    request_mime_type: str | None = None
    resp_mime_type: str | None = None
    request_body_len: int | None = None
    response_body_len: int | None = None
    upgrade: str | None = None  # protocol switched to (101), lower case
    attachments: tuple[Attachment, ...] = ()  # files sent up by a form, or come to be saved
    upload: bool = False  # the client sent them
    again: bool = False  # this request was told before, without them


Tls = Literal["none", "offered", "refused", "stripped", "established"]


@frozen
class Smtp:
    """One mail transaction in clear, or a session that ended (or went to TLS) without one (RFC 5321).

    `rcptto_domains` and `mailfrom_domain`: the part behind the @, lower case. `transferred`: a body went over the wire.
    """

    service: ClassVar[str] = "smtp"
    helo: bool = False  # the client greeted: this is a dialogue, not a mere banner
    mailfrom_domain: str | None = None
    rcptto_domains: tuple[str, ...] = ()
    rcptto_count: int = 0
    transferred: bool = False
    accepted: bool | None = None  # the server's answer to the body; None when it was not seen
    last_reply_code: int | None = None
    tls: Tls = "none"
    auth_mechanism: str | None = None  # "PLAIN", "LOGIN"…; never the secret
    auth_success: bool | None = None
    attachments: tuple[Attachment, ...] = ()
    inline_images: int = 0  # decorative ones, not attachments
    protection: str | None = None  # as in Attachment, of the whole mail
    size: int = 0  # bytes of the mail as they went over the wire
    complete: bool = True  # no gap, start and end seen
    server_name: str | None = None  # the server's own name in its banner


@frozen
class Pop3:
    """One mail fetched in clear over POP3, or a session that ended (or went to TLS) without one (RFC 1939).

    Fields are those of `Smtp`; the correspondents' domains come from the mail's own From, To and Cc.
    """

    service: ClassVar[str] = "pop3"
    transferred: bool = False
    command: str | None = None  # "RETR", "TOP" (the header and some lines); None where it was not seen
    mailfrom_domain: str | None = None
    rcptto_domains: tuple[str, ...] = ()
    tls: Tls = "none"
    auth_mechanism: str | None = None  # "USER", "APOP", "PLAIN"…; never the secret
    auth_success: bool | None = None
    attachments: tuple[Attachment, ...] = ()
    inline_images: int = 0
    protection: str | None = None
    size: int = 0
    complete: bool = True
    server_name: str | None = None


@frozen
class Imap:
    """One mail, or a part of one, fetched or put away in clear over IMAP, or a session without any (RFC 3501, RFC 9051).

    Fields are those of `Pop3`. `upload`: the client sent it (APPEND).
    """

    service: ClassVar[str] = "imap"
    transferred: bool = False
    upload: bool = False
    command: str | None = None  # "FETCH", "APPEND"
    mailfrom_domain: str | None = None
    rcptto_domains: tuple[str, ...] = ()
    tls: Tls = "none"
    auth_mechanism: str | None = None  # "LOGIN", "PLAIN", "PREAUTH"…; never the secret
    auth_success: bool | None = None
    attachments: tuple[Attachment, ...] = ()
    inline_images: int = 0
    protection: str | None = None
    size: int = 0
    complete: bool = True
    server_name: str | None = None
    compressed: bool = False  # COMPRESS=DEFLATE, read all the same
    unread: bool = False  # but for what follows this: a piece was lost, or it is a bomb


@frozen
class Ssh:
    """An SSH session's opening (RFC 4253). Banners as sent, without comments that name people; bounded to 255 octets."""

    service: ClassVar[str] = "ssh"
    version: int | None = None  # 1 or 2
    client: str | None = None
    server: str | None = None
    kex_seen: bool = False  # both sides sent KEXINIT
    newkeys: bool = False  # encryption began


@frozen
class Rdp:
    """An RDP connection's opening: TPKT, X.224 (MS-RDPBCGR 2.2.1). The routing cookie is skipped, never kept."""

    service: ClassVar[str] = "rdp"
    requested: tuple[str, ...] = ()  # "rdp", "ssl", "hybrid", "rdstls", "hybrid_ex", "rdsaad"
    selected: str | None = None  # None when the server answered without a negotiation response: standard RDP security
    result: Literal["confirmed", "failed", "unanswered"] = "unanswered"
    failure_code: int | None = None


@frozen
class Rfb:
    """A VNC connection's opening (RFC 6143)."""

    service: ClassVar[str] = "rfb"
    client_version: str | None = None  # "003.008"
    server_version: str | None = None
    security_type: int | None = None  # chosen
    authenticated: bool | None = None  # SecurityResult; None when not seen
    share_flag_seen: bool = False  # ClientInit was sent: the session began


@frozen
class Irc:
    """A chat over IRC (RFC 1459), counted: no nick, channel, partner or text."""

    service: ClassVar[str] = "irc"
    registered: bool = False  # the server let the client in
    messages: int = 0  # to channels or people, from either side
    dcc: int = 0  # direct connections offered: files, or chats past the server
    tls: Tls = "none"


@frozen
class Xmpp:
    """An XMPP stream's opening (RFC 6120). `server_name`: the service asked for."""

    service: ClassVar[str] = "xmpp"
    server_name: str | None = None
    tls: Tls = "none"
    auth_mechanism: str | None = None  # "PLAIN", "SCRAM-SHA-1"…; never the secret
    auth_success: bool | None = None


@frozen
class Stun:
    """What STUN and TURN messages of one flow say of themselves (RFC 8489, RFC 8656). Users are skipped, never kept."""

    service: ClassVar[str] = "stun"
    method: str  # "binding", "allocate"…, or four hex digits
    software: str | None = None
    realm: str | None = None
    app: str | None = None  # the program whose own attributes or message types these are


@frozen
class Ftp:
    """An FTP control session in clear (RFC 959, RFC 4217), counted: no user, password, path or file name."""

    service: ClassVar[str] = "ftp"
    password: bool = False  # a password went over the wire, other than an anonymous visitor's
    auth_success: bool | None = None
    tls: Tls = "none"
    stored: int = 0  # files sent to the server (STOR, STOU, APPE)
    retrieved: int = 0
    server_name: str | None = None  # in its banner


Record = (
    Dns | Ssl | Quic | Socks | Fingerprint | Http | Smtp | Pop3 | Imap | Ssh | Rdp | Rfb | Irc | Xmpp | Stun | Rtp | Ftp
    | Dhcp | Ssdp | Netbios | SmtpDialogue | Ldap | Postgresql | Mysql
)  # fmt: skip
