"""Business software sends a text document in clear with mail(1)."""

from tests.lab import canaries
from tests.lab.scenario import Seen, Told
from tests.lab.services import mail

TOLD = (Told("mail", "smtp", "transfer", device="medecin", peer="mail", port=25),)
SEEN = (Seen("tcp", 25, "medecin", "mail", out=4_000),)


def act(lab):
    mail.postfix(lab["mail"])
    host = lab["medecin"]
    letter = host.file(f"{canaries.FILE}.odt", mail.pdf_bytes(4_000))
    host.run(
        "s-nail", "-n", "-S", "v15-compat", "-S", "mta=smtp://smtp.lab.example", "-S", "smtp-auth=none", "-S", "hostname=medecin.cabinet.example",
        "-S", f"from={mail.SENDER}", "-S", "sendwait", "-s", canaries.SUBJECT, "-a", letter, mail.RECIPIENT, feed=mail.TEXT,
    )  # fmt: skip
