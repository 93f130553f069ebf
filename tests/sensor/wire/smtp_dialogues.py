"""SMTP dialogues from greeting to farewell, for test_smtp: what one says, what the other, and what is told then."""

from functools import partial

from sensor.wire import Rest
from sensor.wire.records import Attachment, Smtp
from tests.sensor.wire.dialogue import Handover, Orig, Resp

PDF = Attachment("application/pdf", "pdf", 5)
MAIL = (
    b"From: canaryfrom@cabinet.fr\r\nSubject: canarysubject\r\nContent-Type: multipart/mixed; boundary=BB\r\n\r\n"
    b"--BB\r\nContent-Type: text/plain\r\n\r\ncanarybody\r\n"
    b'--BB\r\nContent-Type: application/pdf; name="canaryname.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    b"SGVsbG8=\r\n--BB--\r\n"
)
TEXT = b"Subject: canarysubject\r\n\r\ncanarybody\r\n"

BANNER = Resp(b"220 mx.labo.fr ESMTP ready\r\n")
EHLO = Orig(b"EHLO scanner\r\n")
OFFER = Resp(b"250-mx.labo.fr\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 8BITMIME\r\n")
PLAIN = Resp(b"250-mx.labo.fr\r\n250 PIPELINING\r\n")
FROM = Orig(b"MAIL FROM:<canaryfrom@cabinet.fr> SIZE=900\r\n")
RCPT = Orig(b"RCPT TO:<canaryto@Labo.FR>\r\n")
DATA = Orig(b"DATA\r\n")
OK = Resp(b"250 2.0.0 Ok\r\n")
GO = Resp(b"354 End data with <CR><LF>.<CR><LF>\r\n")
DOT = Orig(b".\r\n")
QUIT = [Orig(b"QUIT\r\n"), Resp(b"221 Bye\r\n"), Rest.DONE]
HELLO = [BANNER, EHLO, PLAIN]
ENVELOPE = [FROM, OK, RCPT, OK, DATA, GO]

SESSION = partial(Smtp, helo=True, last_reply_code=250, server_name="mx.labo.fr")
SENT = partial(
    SESSION,
    mailfrom_domain="cabinet.fr",
    rcptto_domains=("labo.fr",),
    rcptto_count=1,
    transferred=True,
    accepted=True,
    attachments=(PDF,),
    size=len(MAIL),
)
TEXT_SENT = partial(SENT, attachments=(), size=len(TEXT))

DIALOGUES = {
    "a mail with an attachment": [*HELLO, *ENVELOPE, Orig(MAIL), DOT, OK, SENT(), *QUIT],
    "the old greeting": [BANNER, Orig(b"helo x\r\n"), OK, *ENVELOPE, Orig(MAIL), DOT, OK, SENT(), *QUIT],
    "two mails in one connection": [
        *HELLO,
        *ENVELOPE,
        Orig(TEXT),
        DOT,
        OK,
        TEXT_SENT(),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "pipelined commands": [
        *HELLO,
        Orig(FROM + RCPT + DATA),
        Resp(OK + OK + GO),
        Orig(MAIL + DOT + b"QUIT\r\n"),
        Resp(OK + b"221 bye\r\n"),
        SENT(),
        Rest.DONE,
    ],
    "a body sent before the answer to DATA": [
        *HELLO,
        Orig(FROM + RCPT + DATA + MAIL + DOT),
        Resp(OK + OK + GO + OK),
        SENT(),
        *QUIT,
    ],
    "RSET forgets the envelope": [
        *HELLO,
        FROM,
        OK,
        Orig(b"RCPT TO:<a@other.fr>\r\nRSET\r\n"),
        Resp(OK + OK),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "a second EHLO forgets the envelope": [
        *HELLO,
        FROM,
        OK,
        EHLO,
        PLAIN,
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "dot-stuffed": [*HELLO, *ENVELOPE, Orig(b"\r\n..\r\n...x\r\n" + DOT), OK, TEXT_SENT(size=10), *QUIT],
    "BDAT in chunks": [
        *HELLO,
        FROM,
        OK,
        RCPT,
        OK,
        Orig(b"BDAT 100\r\n" + MAIL[:100]),
        OK,
        Orig(b"BDAT %d LAST\r\n" % (len(MAIL) - 100) + MAIL[100:]),
        OK,
        SENT(),
        *QUIT,
    ],
    "BDAT 0 LAST": [
        *HELLO,
        Orig(FROM + RCPT + b"BDAT %d\r\n" % len(MAIL) + MAIL + b"BDAT 0 LAST\r\n"),
        Resp(OK + OK + OK + OK),
        SENT(),
        *QUIT,
    ],
    "a chunk whose size is no number": [
        *HELLO,
        FROM,
        OK,
        RCPT,
        OK,
        Orig(b"BDAT 5 X\r\n"),
        Resp(b"501 no\r\n"),
        DATA,
        GO,
        Orig(MAIL),
        DOT,
        OK,
        SENT(),
        *QUIT,
    ],
    "refused after it was sent": [
        *HELLO,
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        Resp(b"554 5.7.1 no\r\n"),
        SENT(accepted=False, last_reply_code=554),
        *QUIT,
    ],
    "DATA refused": [
        *HELLO,
        FROM,
        OK,
        RCPT,
        OK,
        DATA,
        Resp(b"521 no\r\n"),
        Orig(b"QUIT\r\n"),
        Resp(b"221 bye\r\n"),
        SESSION(last_reply_code=221),
        Rest.DONE,
    ],
    "bare LF throughout": [
        Resp(BANNER.replace(b"\r", b"")),
        Orig(EHLO.replace(b"\r", b"")),
        Resp(PLAIN.replace(b"\r", b"")),
        Orig((FROM + RCPT + DATA).replace(b"\r", b"")),
        Resp((OK + OK + GO).replace(b"\r", b"")),
        Orig(MAIL.replace(b"\r", b"") + b".\n"),
        OK,
        SENT(size=len(MAIL) - MAIL.count(b"\r")),
        *QUIT,
    ],
    "a lone dot line in LF within a CRLF mail is text": [
        *HELLO,
        *ENVELOPE,
        Orig(TEXT + b"\n.\nMAILING more\r\n" + DOT),
        OK,
        TEXT_SENT(size=len(TEXT) + 17),
        *QUIT,
    ],
    "or its end, when a command follows": [
        *HELLO,
        *ENVELOPE,
        Orig(TEXT + b"\n.\nRSET\r\n"),
        OK,
        TEXT_SENT(size=len(TEXT) + 1),
        OK,
        *QUIT,
    ],
    "LMTP answers for each recipient": [
        Resp(b"220 mx.labo.fr LMTP\r\n"),
        Orig(b"LHLO x\r\n"),
        PLAIN,
        Orig(FROM + RCPT + RCPT + DATA),
        Resp(OK + OK + OK + GO),
        Orig(MAIL + DOT),
        Resp(b"550 full\r\n" + OK),
        SENT(rcptto_count=2),
        *QUIT,
    ],
    "STARTTLS completed": [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"STARTTLS\r\n"),
        Resp(b"220 go\r\n"),
        Orig(b"\x16\x03\x01\x00"),
        SESSION(tls="established", last_reply_code=220),
        Handover(b"\x16\x03\x01\x00"),
    ],
    "STARTTLS agreed, yet it goes on in clear": [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"STARTTLS\r\n"),
        Resp(b"220 go\r\n"),
        EHLO,
        PLAIN,
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(tls="offered"),
        *QUIT,
    ],
    "offered and unused": [BANNER, EHLO, OFFER, *ENVELOPE, Orig(MAIL), DOT, OK, SENT(tls="offered"), *QUIT],
    "refused": [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"STARTTLS\r\n"),
        Resp(b"502 no\r\n"),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(tls="refused"),
        *QUIT,
    ],
    "stripped: a 454 on the way": [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"STARTTLS\r\n"),
        Resp(b"454 TLS not available\r\n"),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(tls="stripped"),
        *QUIT,
    ],
    "stripped: the offer overwritten": [
        BANNER,
        EHLO,
        Resp(OFFER.replace(b"STARTTLS", b"XXXXXXXX")),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(tls="stripped"),
        *QUIT,
    ],
    "stripped: the command overwritten": [
        BANNER,
        EHLO,
        OFFER,
        Orig(b"XXXXXXXX\r\n"),
        Resp(b"500 what\r\n"),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(tls="stripped"),
        *QUIT,
    ],
    "TLS spoken to a server that never offered it": [
        BANNER,
        Orig(b"\x16\x03\x01"),
        Smtp(last_reply_code=220, server_name="mx.labo.fr"),
        Handover(b"\x16\x03\x01"),
    ],
    "AUTH PLAIN": [
        *HELLO,
        Orig(b"AUTH PLAIN AGNhbmFyeXVzZXIAY2FuYXJ5cGFzcw==\r\n"),
        Resp(b"235 2.7.0 ok\r\n"),
        *ENVELOPE,
        Orig(MAIL),
        DOT,
        OK,
        SENT(auth_mechanism="PLAIN", auth_success=True),
        *QUIT,
    ],
    "AUTH LOGIN, with a password that looks like a command": [
        *HELLO,
        Orig(b"AUTH LOGIN\r\n"),
        Resp(b"334 VXNlcm5hbWU6\r\n"),
        Orig(b"Y2FuYXJ5dXNlcg==\r\n"),
        Resp(b"334 UGFzc3dvcmQ6\r\n"),
        Orig(b"QUIT\r\n"),
        Resp(b"535 5.7.8 no\r\n"),
        Orig(b"QUIT\r\n"),
        Resp(b"221 bye\r\n"),
        SESSION(auth_mechanism="LOGIN", auth_success=False, last_reply_code=221),
        Rest.DONE,
    ],
}
