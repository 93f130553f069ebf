"""The mail table: protocol × server × client × way × attachment. What each cell is, what it must tell, and the table drawn.

The cells of one server are the scenario `table_SERVER` (made by `table_acts`): acted one after the other in one lab, each
judged by itself. A cell that no program can act says why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.lab.scenario import Scenario, Seen, Told

WAYS = ("clear", "starttls", "tls")
SENT, FETCHED = ("smtp", "submission"), ("pop3", "imap fetch")
SUBMITTING, KEEPING = ("postfix", "exim4", "opensmtpd"), ("dovecot", "courier", "cyrus")
SERVERS = (*SUBMITTING, *KEEPING)
PROTOCOLS = {**dict.fromkeys(SENT, SUBMITTING), **dict.fromkeys((*FETCHED, "imap append"), KEEPING)}
SENDERS, READERS = ("swaks", "msmtp", "s-nail", "neomutt"), ("curl", "fetchmail", "neomutt", "mbsync")
POSTS = {  # who runs what
    "swaks": "scanner", "msmtp": "nas", "s-nail": "medecin", "neomutt": "accueil", "curl": "phone", "fetchmail": "medecin", "mbsync": "accueil",
}  # fmt: skip
PORTS = {
    "smtp": (25, 465),
    "submission": (587, 465),
    "pop3": (110, 995),
    "imap fetch": (143, 993),
    "imap append": (143, 993),
}
NAMES = {"smtp": "smtp.lab.example", "submission": "smtp.lab.example", "pop3": "pop.lab.example"}
IMPOSSIBLE = {  # (protocol, server, client, way); None: any
    ("submission", "opensmtpd", None, "clear"): "OpenSMTPD takes a log-in over TLS only",
    ("pop3", None, "mbsync", None): "isync speaks IMAP only",
    ("imap append", None, "fetchmail", None): "fetchmail fetches only",
}
SIZE = 2_000  # octets of an attachment: a recording of many mails stays small
DOCUMENT = 2_057  # octets of the document so made
QUOTED = DOCUMENT + 4  # s-nail sends it quoted-printable, in which its four line ends are CRLF (RFC 2045, 6.7)
LEAST = 150  # octets of any mail


@dataclass(frozen=True, slots=True)
class Cell:
    protocol: str
    server: str
    client: str
    way: str
    attached: bool

    @property
    def name(self) -> str:
        return "/".join((self.protocol, self.server, self.client, self.way, "with" if self.attached else "without"))

    @property
    def app(self) -> str:
        return "smtp" if self.protocol in SENT else self.protocol.split()[0]

    @property
    def post(self) -> str:
        return POSTS[self.client]

    @property
    def port(self) -> int:
        return PORTS[self.protocol][self.way == "tls"]

    @property
    def login(self) -> bool:
        return self.protocol != "smtp"

    @property
    def impossible(self) -> str | None:
        mine = (self.protocol, self.server, self.client, self.way)
        return next(
            (why for key, why in IMPOSSIBLE.items() if all(k in (None, m) for k, m in zip(key, mine, strict=True))),
            None,
        )

    @property
    def scenario(self) -> Scenario:
        return Scenario(
            name=self.name,
            text=self.name,
            act=lambda _lab: None,
            told=self._told(),
            seen=(self._seen(),),
            needs=(),
            config=None,
        )

    def _told(self) -> tuple[Told, ...]:
        """In clear: the mail, and the password if there was one. Otherwise nothing."""
        if self.way != "clear":
            return ()
        ends = {"app": self.app, "device": self.post, "peer": "mail", "port": self.port}
        out = 0 if self.protocol in FETCHED else SIZE
        octets = QUOTED if self.client == "s-nail" else DOCUMENT
        what = (
            ("attachments", 1),
            ("extensions", "pdf"),
            ("mime_types", "application/pdf"),
            ("attachment_bytes", octets),
        )
        mail = Told("mail", nature="transfer", severity=("high",), out=out, evidence=what, **ends)
        plain = Told("exposure", nature="event", severity=("low",), **ends)
        password = Told("exposure", nature="event", severity=("medium",), **ends)
        return (mail if self.attached else plain, *([password] if self.login else []))

    def _seen(self) -> Seen:
        least = SIZE if self.attached else LEAST
        out, into = (0, least) if self.protocol in FETCHED else (least, 0)
        return Seen("tcp", self.port, self.post, "mail", out=out, into=into)

    @property
    def kept(self) -> bool:
        """Whether its recording adds something: of encrypted mails, each program's STARTTLS and one program's TLS."""
        return self.way == "clear" or (self.attached and (self.way == "starttls" or self.client in {"swaks", "curl"}))


def cells(server: str) -> tuple[Cell, ...]:
    return tuple(
        Cell(protocol, server, client, way, attached)
        for protocol, servers in PROTOCOLS.items()
        if server in servers
        for client in (SENDERS if protocol in SENT else READERS)
        for way in WAYS
        for attached in (True, False)
    )


def drawn(wrong: Mapping[str, list[str]]) -> str:
    """The table. `wrong`: by the name of each cell that was acted, what was wrong with it."""
    letters: dict[str, str] = {}
    lines = [_line("protocol", "server", "client", [way for way in WAYS for _ in range(2)])]
    lines.append(_line("", "", "", ["with", "without"] * len(WAYS)))
    for protocol, servers in PROTOCOLS.items():
        for server in servers:
            for client in SENDERS if protocol in SENT else READERS:
                row = [Cell(protocol, server, client, way, attached) for way in WAYS for attached in (True, False)]
                lines.append(_line(protocol, server, client, [_sign(cell, wrong, letters) for cell in row]))
    lines += ["+ right  ! wrong  . not acted", *(f"{letter} impossible: {why}" for why, letter in letters.items())]
    every = [cell for server in SERVERS for cell in cells(server)]
    impossible = sum(cell.impossible is not None for cell in every)
    right = sum(not sentences for sentences in wrong.values())
    lines.append(
        f"table: cells {len(every)}, right {right}, impossible {impossible}, wrong {len(every) - right - impossible}"
    )
    return "\n".join(lines)


def _sign(cell: Cell, wrong: Mapping[str, list[str]], letters: dict[str, str]) -> str:
    if cell.impossible:
        return letters.setdefault(cell.impossible, "abcdefgh"[len(letters)])
    return "." if cell.name not in wrong else "!" if wrong[cell.name] else "+"


def _line(protocol: str, server: str, client: str, signs: Iterable[str]) -> str:
    return f"{protocol:12} {server:10} {client:10} " + " ".join(f"{sign:^8}" for sign in signs).rstrip()
