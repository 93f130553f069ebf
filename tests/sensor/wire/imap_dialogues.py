"""IMAP dialogues for test_imap: what one says, what the other, and what is told then."""

from functools import partial

from sensor.wire import Rest
from sensor.wire.records import Attachment, Imap
from tests.sensor.wire.dialogue import Handover, Orig, OrigEnd, Resp, RespEnd

PDF = Attachment("application/pdf", "pdf", 5)
MAIL = (
    b"From: <canaryfrom@labo.fr>\r\nTo: canaryto@cabinet.fr\r\nSubject: canary\r\nContent-Type: multipart/mixed; boundary=BB\r\n\r\n"
    b"--BB\r\n\r\ncanary\r\n--BB\r\nContent-Type: application/pdf; name=canary.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"SGVsbG8=\r\n--BB--\r\n"
)
SIZE = len(MAIL)
STRUCTURE = (
    b'(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 8 1 NIL NIL NIL NIL)'
    b'("application" "pdf" ("name" "canary.pdf") NIL NIL "base64" 10 NIL ("attachment" ("filename" "canary.pdf")) NIL NIL)'
    b' "mixed" ("boundary" "BB") NIL NIL NIL)'
)
HELLO = Resp(b"* OK [CAPABILITY IMAP4rev1] imap.labo.fr ready\r\n")
LOGIN = [HELLO, Orig(b"a1 LOGIN canary canary\r\n"), Resp(b"a1 OK done\r\n")]
FETCH = Orig(b"a2 UID FETCH 7 (UID BODY.PEEK[])\r\n")
LOGOUT = [Orig(b"a9 LOGOUT\r\n"), Resp(b"* BYE\r\na9 OK\r\n"), Rest.DONE]


def got(content: bytes = MAIL, item: bytes = b"BODY[]", more: bytes = b"") -> Resp:
    return Resp(
        b"* 1 FETCH (UID 7 " + item + b" {%d}\r\n" % len(content) + content + more + b" FLAGS (\\Seen))\r\na2 OK\r\n"
    )


NAMED = partial(Imap, server_name="imap.labo.fr")
SESSION = partial(NAMED, auth_mechanism="LOGIN", auth_success=True)
FETCHED = partial(
    SESSION,
    transferred=True,
    command="FETCH",
    mailfrom_domain="labo.fr",
    rcptto_domains=("cabinet.fr",),
    attachments=(PDF,),
    size=SIZE,
)
PART = partial(SESSION, transferred=True, command="FETCH", size=10)
APPENDED = partial(FETCHED, upload=True, command="APPEND")
UNKNOWN = {"auth_mechanism": None, "auth_success": None}

DIALOGUES = {
    "a mail is fetched": [*LOGIN, FETCH, got(), FETCHED(), *LOGOUT],
    "the old word for it": [*LOGIN, FETCH, got(item=b"RFC822"), FETCHED(), *LOGOUT],
    "two in one answer": [*LOGIN, FETCH, Resp(got() + got()), FETCHED(), FETCHED(), *LOGOUT],
    "its header alone moves nothing": [
        *LOGIN,
        FETCH,
        got(b"Subject: canary\r\n\r\n", b"BODY[HEADER.FIELDS (SUBJECT)]"),
        Orig(b"a9 LOGOUT\r\n"),
        Resp(b"a9 OK\r\n"),
        SESSION(),
        Rest.DONE,
    ],
    "its text, whose boundaries are learnt": [
        *LOGIN,
        FETCH,
        got(MAIL[MAIL.index(b"--BB") :], b"BODY[TEXT]"),
        FETCHED(mailfrom_domain=None, rcptto_domains=(), size=SIZE - MAIL.index(b"--BB"), complete=False),
        *LOGOUT,
    ],
    "a structure alone moves nothing": [
        *LOGIN,
        Orig(b"a2 FETCH 1 BODYSTRUCTURE\r\n"),
        Resp(b"* 1 FETCH (BODYSTRUCTURE " + STRUCTURE + b")\r\na2 OK\r\n"),
        Orig(b"a9 LOGOUT\r\n"),
        Resp(b"a9 OK\r\n"),
        SESSION(),
        Rest.DONE,
    ],
    "the part it told of": [
        *LOGIN,
        Orig(b"a2 FETCH 1 BODYSTRUCTURE\r\n"),
        Resp(b"* 1 FETCH (BODYSTRUCTURE " + STRUCTURE + b")\r\na2 OK\r\n"),
        FETCH,
        got(b"SGVsbG8=\r\n", b"BODY[2]"),
        PART(attachments=(PDF,)),
        FETCH,
        got(b"canary\r\n..", b"BODY[1]"),
        PART(),
        *LOGOUT,
    ],
    "the part, decoded": [
        *LOGIN,
        Resp(b"* 1 FETCH (BODYSTRUCTURE " + STRUCTURE + b")\r\n"),
        FETCH,
        got(b"Hello\r\n\r\n.", b"BINARY[2]"),
        PART(attachments=(Attachment("application/pdf", "pdf", 10),)),
        *LOGOUT,
    ],
    "a part and its own header": [
        *LOGIN,
        FETCH,
        got(
            b"Content-Type: application/pdf;\r\n name=canary.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            b"BODY[2.MIME]",
            b" BODY[2] {10}\r\nSGVsbG8=\r\n",
        ),
        PART(attachments=(PDF,)),
        *LOGOUT,
    ],
    "a part that nothing told of, but begins like a file": [
        *LOGIN,
        FETCH,
        got(b"JVBERi0x\r\n", b"BODY[2]"),
        PART(attachments=(Attachment("application/octet-stream", None, 6),)),
        FETCH,
        got(b"canary\r\n..", b"BODY[3]"),
        PART(),
        *LOGOUT,
    ],
    "in pieces": [
        *LOGIN,
        Orig(b"a2 FETCH 1 BODY.PEEK[]<0.200>\r\n"),
        got(MAIL[:200], b"BODY[]<0>"),
        Orig(b"a2 FETCH 1 BODY.PEEK[]<200.200>\r\n"),
        got(MAIL[200:], b"BODY[]<200>"),
        FETCHED(),
        *LOGOUT,
    ],
    "a first piece that ends before the attachment says nothing of it": [
        *LOGIN,
        Orig(b"a2 FETCH 1 BODY.PEEK[]<0.150>\r\n"),
        got(MAIL[:150], b"BODY[]<0>"),
        Orig(b"a9 LOGOUT\r\n"),
        Resp(b"a9 OK\r\n"),
        FETCHED(transferred=False, attachments=(), size=150, complete=False),
        Rest.DONE,
    ],
    "put away": [
        *LOGIN,
        Orig(b'a2 APPEND "Sent" (\\Seen) {%d}\r\n' % SIZE),
        Resp(b"+ go\r\n"),
        Orig(MAIL),
        APPENDED(),
        Orig(b"\r\n"),
        Resp(b"a2 OK\r\n"),
        *LOGOUT,
    ],
    "put away without waiting, two at once": [
        *LOGIN,
        Orig(b"a2 APPEND Sent {%d+}\r\n" % SIZE + MAIL + b" (\\Seen) {%d+}\r\n" % SIZE + MAIL + b"\r\n"),
        APPENDED(),
        APPENDED(),
        Resp(b"a2 OK\r\n"),
        *LOGOUT,
    ],
    "not let put away": [
        *LOGIN,
        Orig(b"a2 APPEND Sent {99999}\r\n"),
        Resp(b"a2 NO quota\r\n"),
        FETCH,
        got(),
        FETCHED(),
        *LOGOUT,
    ],
    "log-in by literals": [
        HELLO,
        Orig(b"a1 LOGIN {6}\r\n"),
        Resp(b"+ \r\n"),
        Orig(b"canary {6}\r\n"),
        Resp(b"+ \r\n"),
        Orig(b"canary\r\n"),
        Resp(b"a1 NO\r\n"),
        Orig(b"a9 LOGOUT\r\n"),
        Resp(b"a9 OK\r\n"),
        SESSION(auth_success=False),
        Rest.DONE,
    ],
    "AUTHENTICATE, with a password that looks like a command": [
        HELLO,
        Orig(b"a1 authenticate login\r\n"),
        Resp(b"+ VXNlcm5hbWU6\r\n"),
        Orig(b"Y2FuYXJ5\r\n"),
        Resp(b"+ UGFzc3dvcmQ6\r\n"),
        Orig(b"a9 LOGOUT\r\n"),
        Resp(b"a1 OK\r\n"),
        FETCH,
        got(),
        FETCHED(),
        *LOGOUT,
    ],
    "PREAUTH": [Resp(b"* PREAUTH imap.labo.fr\r\n"), FETCH, got(), FETCHED(auth_mechanism="PREAUTH"), *LOGOUT],
    "IDLE": [
        *LOGIN,
        Orig(b"a3 IDLE\r\n"),
        Resp(b"+ idling\r\n* 2 EXISTS\r\n"),
        Orig(b"DONE\r\n"),
        Resp(b"a3 OK\r\n"),
        FETCH,
        got(),
        FETCHED(),
        *LOGOUT,
    ],
    "STARTTLS completed": [
        Resp(b"* OK [CAPABILITY IMAP4rev1 STARTTLS] imap.labo.fr\r\n"),
        Orig(b"a1 STARTTLS\r\n"),
        Resp(b"a1 OK\r\n"),
        Orig(b"\x16\x03\x01"),
        NAMED(tls="established"),
        Handover(b"\x16\x03\x01"),
    ],
    "STARTTLS offered and unused": [
        Resp(HELLO.replace(b"]", b" STARTTLS]")),
        *LOGIN[1:],
        FETCH,
        got(),
        FETCHED(tls="offered"),
        *LOGOUT,
    ],
    "STARTTLS refused": [
        HELLO,
        Orig(b"a0 STARTTLS\r\n"),
        Resp(b"a0 NO\r\n"),
        *LOGIN[1:],
        FETCH,
        got(),
        FETCHED(tls="refused"),
        *LOGOUT,
    ],
    "STARTTLS overwritten": [
        Resp(HELLO.replace(b"]", b" XXXXXXXX]")),
        *LOGIN[1:],
        FETCH,
        got(),
        FETCHED(tls="stripped"),
        *LOGOUT,
    ],
    "the server only": [HELLO, Resp(b"c1 OK LOGIN completed\r\n"), got(), FETCHED(), RespEnd(), Rest.DONE],
    "the client only": [
        LOGIN[1],
        Orig(b"a2 APPEND Sent {%d}\r\n" % SIZE + MAIL + b"\r\n"),
        APPENDED(server_name=None, auth_success=None),
        OrigEnd(),
        Rest.DONE,
    ],
    "from the middle": [got(), FETCHED(server_name=None, **UNKNOWN), RespEnd(), Rest.DONE],
    "cut off": [
        *LOGIN,
        FETCH,
        Resp(b"* 1 FETCH (BODY[] {%d}\r\n" % SIZE + MAIL[:-19]),
        RespEnd(),
        FETCHED(size=SIZE - 19, complete=False, attachments=(Attachment("application/pdf", "pdf", 0, complete=False),)),
        OrigEnd(),
        Rest.DONE,
    ],
}
