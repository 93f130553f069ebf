"""A remote-control session: one object from the negotiation's first word to the flow's end.

Called with each record of a remote protocol and then as the flow grows. Negotiation alone is an attempt; a session is
`established` once the protocol went past it and past the log-in, and `two_way` once both sides kept talking (MS-RDPBCGR 1.3.1.1, RFC 4253 §7.3,
RFC 6143 §7.3).
"""

from dataclasses import dataclass

from sensor.track.observation import Conn, Direction, Session
from sensor.track.programs import program
from sensor.wire.records import Fingerprint, Http, Rdp, Record, Rfb, Ssh

TWO_WAY_BYTES = 3_000
"""Payload in each direction, past negotiation, that says both sides keep talking."""

PAST_LOGIN = {"ssh": (700, 700), "rdp": (1_000, 6_000)}
"""Payload behind the negotiation (the quieter side, the louder side) past which a refused log-in no longer explains it.

SSH (RFC 4252): three refused passwords are some 500 bytes from the client and 300 from the server; a shell's opening alone is
more. RDP: a refused log-in is a TLS handshake and CredSSP, under 3 kB a side; the first screen is many times that.
"""

COPY_BYTES = 50_000
COPY_RATIO = (20, 60)
"""A copy over SSH by its shape: so many bytes one way, and so many times what came back, sent by who opened or by who answered.

OpenSSH, measured: scp and sftp of 400 kB are 140:1, of files both ways 24:1; a screen through a tunnel 14:1, from who answered."""
SETTLES = 5_000_000_000
"""How long after the log-in SSH may show whether it copies (in nanoseconds): a session is told no sooner, unless it is over."""

_APPS = {"ssh": "ssh", "rdp": "rdp", "rfb": "vnc"}
DIRECT = frozenset(
    [
        "radmin",
        "nomachine",
        "xdmcp",
        "telnet",
        "rlogin",
        "rsh",
        "x11",
        "spice",
        "citrix",
        "dameware",
        "pcanywhere",
        "intel-amt",
        "winbox",
        "rustdesk",
        "winrm",
        "rdp",
    ]
)
"""Programs whose connection goes to the post itself (RustDesk's also by a relay), so that their own bytes from both sides open a
session."""
APPS = DIRECT | frozenset(_APPS.values())
"""Every `app` that a session may have."""


@dataclass(frozen=True, slots=True)
class Running:
    """A session that an earlier run left open. `started`: nanoseconds since the epoch; `start_seen`: whether it was seen to begin."""

    app: str
    started: int
    start_seen: bool
    direction: Direction


class SessionTrack:
    """What is known of one session so far; `snapshot` gives the record at any moment."""

    __slots__ = ("_answered", "_app", "_before", "_detail", "_entered", "_established", "_negotiation", "_typed")

    def __init__(self, app: str, before: Running | None = None) -> None:
        self._app = app
        self._before = before
        self._answered = before is not None
        self._established = before is not None
        self._detail: str | None = None
        self._negotiation = (0, 0)
        self._entered: int | None = None  # when the log-in lay behind it
        self._typed = before is not None  # SSH that has shown itself to be more than a copy

    @classmethod
    def resumed(cls, before: Running) -> "SessionTrack":
        """The rest of a session whose beginning an earlier run saw: nothing of its bytes need tell that any more."""
        return cls(before.app, before)

    @classmethod
    def of(cls, record: Record) -> "SessionTrack | None":
        """A session if this record opens one."""
        app = _APPS.get(record.service)
        if isinstance(record, Http) or (isinstance(record, Fingerprint) and record.control):
            app = program(record)
            app = app if app in DIRECT else None
        return cls(app) if app else None

    def learn(self, record: Record, said: tuple[int, int] = (0, 0)) -> None:
        """Takes what one record says; `said`: payload bytes (from orig, from resp) up to there, of TCP."""
        asked = isinstance(record, Http) and not self._established
        if _APPS.get(record.service) == self._app or isinstance(record, Fingerprint) or asked:
            self._negotiation = said
        match record:
            case Ssh(client=client, server=server, kex_seen=kex, newkeys=newkeys):
                self._answered |= bool(client and server) or kex
                self._established |= newkeys
                self._detail = server or client
            case Rdp(result=result, selected=selected):
                self._answered |= result != "unanswered"
                self._established |= result == "confirmed"
                self._detail = selected
            case Rfb(client_version=client, server_version=server, share_flag_seen=begun, authenticated=authenticated):
                self._answered |= bool(client and server)
                self._established |= begun or authenticated is True
                self._detail = server or client
            case Http(status_code=int(status)):
                self._answered = True
                self._established |= 100 < status < 300  # 401 asks for the password, or refuses it
            case Fingerprint(established=established):  # both sides showed theirs
                self._answered = True
                self._established |= established
            case _:
                pass

    def snapshot(self, conn: Conn) -> Session:
        """The session as its flow stands."""
        orig, resp = conn.orig_bytes - self._negotiation[0], conn.resp_bytes - self._negotiation[1]
        quiet, loud = sorted((orig, resp))
        least_quiet, least_loud = (0, 0) if self._before else PAST_LOGIN.get(self._app, (0, 0))
        started = self._before.started if self._before else conn.first_ts
        established = self._established and quiet >= least_quiet and loud >= least_loud
        copies = False
        if self._app == "ssh" and established and not self._typed:
            copies = loud >= COPY_BYTES and loud >= COPY_RATIO[resp > orig] * quiet
            self._entered = self._entered or conn.last_ts
            established = conn.ended or conn.last_ts - self._entered >= SETTLES
            self._typed = established and not copies
        return Session(
            app=self._app,
            answered=self._answered,
            established=established,
            started=started,
            duration=(conn.last_ts - started) / 1e9,
            two_way=quiet >= TWO_WAY_BYTES and (self._typed or self._app != "ssh"),
            ended=conn.ended,
            detail=self._detail,
            copies=copies,
        )
