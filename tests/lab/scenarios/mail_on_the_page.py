"""A mail sent by swaks in clear is on the page, in French, within seconds; the same by STARTTLS shows only as done right.

What the page must say of it: which device, which server, how many attachments of what type and size, why it matters, what
to do. How long it took is measured and printed.
"""

import html
import re
import time

from tests.lab.lab import LabError, until
from tests.lab.scenario import Seen, Told
from tests.lab.services import mail, vigie

LIVE = True
CONFIG = "privacy: full\ndevices:\n  - {name: Scanner du secrétariat, ip: 192.168.1.20}\n"
TOLD = (Told("mail", "smtp", "transfer", device="scanner", peer="mail", port=25, evidence=(("attachments", 1),)),)
SEEN = (Seen("tcp", 25, "scanner", "mail", out=8_000), Seen("tcp", 587, "accueil", "mail", out=8_000))

TITLE = "Un courrier avec pièce jointe est parti sans chiffrement"
SAYS = {
    "which device": "Scanner du secrétariat",
    "which server": "smtp.lab.example",
    "how many attachments, of what type": "une pièce jointe (pdf)",
    "of what size": r"\b8(,\d)?\s(ko|kB|Ko)|8\s?0\d\d",
    "why it matters": "l’envoi pouvait être lu tout au long du trajet",
    "what to do": "envoie avec TLS",
    "the law": "RGPD art. 32",
}
GOOD = "1 courrier envoyé par une connexion chiffrée"


def text(page: str) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)))


def act(lab):
    mail.postfix(lab["mail"], ports=("smtp", "submission"), tls="may")
    with vigie.Page() as page:
        if page.alerts():
            raise LabError("there are alerts before anything was sent")
        mail.swaks(lab["scanner"], "smtp.lab.example", attach=mail.pdf(lab["scanner"]))
        sent = time.monotonic()
        until(lambda: TITLE in text(page.get("/?lang=fr")), "the mail to be on the page")
        print(f"on the page {time.monotonic() - sent:.2f} s after swaks ended", flush=True)
        (alert,) = page.alerts()
        read = text(page.get(f"/alerts/{alert}?lang=fr"))
        if missing := [what for what, word in SAYS.items() if not (word in read or re.search(word, read))]:
            raise LabError(f"the page does not say {', '.join(missing)}: {read}")
        mail.swaks(lab["accueil"], "smtp.lab.example", "--tls", attach=mail.pdf(lab["accueil"]), port=587)
        time.sleep(1.0)
        lab.restart_vigie()  # and so all that it knows is written
        until(lambda: GOOD in text(page.get("/?lang=fr")), "the mail sent by STARTTLS to be praised")
        if page.alerts() != [alert]:
            raise LabError("the mail sent by STARTTLS is told")
        print(f"by STARTTLS: {GOOD}", flush=True)
