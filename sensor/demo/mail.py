"""Two mails: what must not happen, and what is right.

The scanner sends its report through the provider's server in clear, on port 25, with a PDF (RFC 5321, RFC 2045): anybody on the
way can read it. The doctor writes to a colleague through MSSanté: STARTTLS before a single address is said (RFC 3207), with a
certificate that the health sector's authority vouches for.
"""

from email.message import EmailMessage
from email.policy import SMTP

from sensor.demo.cast import DOCTOR, INTERNET, SCANNER
from sensor.demo.film import Film
from sensor.demo.names import look_up
from sensor.demo.tcp import Conversation
from sensor.demo.tls import sealed_record, secure_12

REPORT = 180_000  # bytes of the scanned report
LETTER = 6  # records of 16 kB
IGC_SANTE = ("ASIP-SANTE", "AC IGC-SANTE ELEMENTAIRE ORGANISATIONS")


def _dialogue(talk: Conversation, lines: list[tuple[str, str]]) -> None:
    """Command and answer, in turn; an empty command is the banner's."""
    for command, answer in lines:
        if command:
            talk.say(command.encode() + b"\r\n", client=True, think=2_000_000)
        talk.say(answer.encode() + b"\r\n", client=False, think=5_000_000)


def _report(film: Film) -> bytes:
    """What a scanner's firmware sends. Its words must never be seen again: tests look for them."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "scanner@cabinet-tilleuls.example"
    mail["To"] = "secretariat@laboratoire-vallon.example"
    mail["Subject"] = "Compte rendu de Mme SECRETE Jeanne"
    mail["Date"] = "Mon, 05 Jan 2026 08:30:00 +0100"
    mail["Message-ID"] = "<numerisation-0001@cabinet-tilleuls.example>"
    mail.set_content("Document numérisé.\n")
    pdf = b"%PDF-1.4\n1 0 obj<</Type/XObject/Subtype/Image>>stream\n" + film.rng.bytes(REPORT) + b"\nendstream\n%%EOF\n"
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="CR_SECRETE_Jeanne.pdf")
    mail.set_boundary("----tilleuls-0001")
    return mail.as_bytes()


def report_in_clear(film: Film, at: int) -> None:
    server = INTERNET.mail
    talk = Conversation(film, SCANNER, server, 25, start=look_up(film, SCANNER, server, at))
    _dialogue(
        talk,
        [
            ("", f"220 {server.name} ESMTP"),
            ("EHLO scanner", f"250-{server.name}\r\n250-SIZE 52428800\r\n250 8BITMIME"),
            ("MAIL FROM:<scanner@cabinet-tilleuls.example>", "250 2.1.0 Ok"),
            ("RCPT TO:<secretariat@laboratoire-vallon.example>", "250 2.1.5 Ok"),
            ("DATA", "354 End data with <CR><LF>.<CR><LF>"),
        ],
    )
    talk.say(_report(film) + b"\r\n.\r\n", client=True, think=2_000_000)
    _dialogue(talk, [("", "250 2.0.0 Ok: queued"), ("QUIT", "221 2.0.0 Bye")])
    talk.close()


def letter_by_mssante(film: Film, at: int) -> None:
    server = INTERNET.mssante
    talk = Conversation(film, DOCTOR, server, 587, start=look_up(film, DOCTOR, server, at))
    _dialogue(
        talk,
        [
            ("", f"220 {server.name} ESMTP"),
            ("EHLO cabinet-1", f"250-{server.name}\r\n250-SIZE 26214400\r\n250 STARTTLS"),
            ("STARTTLS", "220 2.0.0 Ready to start TLS"),
        ],
    )
    secure_12(talk, server.name, IGC_SANTE)
    for said, answered in ((58, 240), (96, 70), (74, 45), (74, 45), (35, 60)):
        talk.say(sealed_record(film, said), client=True, think=2_000_000)
        talk.say(sealed_record(film, answered), client=False, think=6_000_000)
    talk.say(b"".join(sealed_record(film, 16_000) for _ in range(LETTER)), client=True, think=2_000_000)
    talk.say(sealed_record(film, 60), client=False, think=6_000_000)
    talk.close()
