"""Mails full of canaries, by every protocol, in clear: none of them stands in any byte that Vigie wrote or showed.

First the search finds each canary planted in each form beside those bytes, and that canaries really travelled. Prints
`canaries N, forms M, found 0`.
"""

from tests.lab import canaries
from tests.lab.frames import all_payload
from tests.lab.lab import LabError, until
from tests.lab.sandbox import OUT
from tests.lab.scenario import Seen, Told
from tests.lab.services import mail, mail_clients, mail_servers, vigie

LIVE = True
MAY = (Told("mail"), Told("exposure"))
SEEN = (
    Seen("tcp", 587, "scanner", "mail", out=2_000),
    Seen("tcp", 110, "medecin", "mail", into=2_000),
    Seen("tcp", 143, "phone", "mail", into=2_000),
    Seen("tcp", 143, "accueil", "mail", out=2_000),
)
PLANTED = {
    canary for canary in canaries.ALL if canary not in {canaries.COOKIE, canaries.QUERY}
}  # those are of web scenarios
KNOWN = b"smtp.lab.example"  # what may be told: the search looked at something


def _mails(lab):
    mail_servers.postfix(lab["mail"])
    inbox = mail_servers.Inbox(lab["mail"])
    letter = mail.message(
        mail.pdf_part(2_000),
        mail.part(
            "text/plain", canaries.ACCENTED.encode(), Content_Disposition=f'inline; filename="{canaries.FILE}.txt"'
        ),
    )
    for post, send in (("scanner", mail_clients.swaks), ("nas", mail_clients.msmtp), ("medecin", mail_clients.snail)):
        send(lab[post], "smtp.lab.example", 587, "clear", login=True, attached=True)
    mail_clients.swaks(lab["scanner"], "smtp.lab.example", 25, "clear", login=False, attached=False)
    mail.msmtp(lab["nas"], "smtp.lab.example", letter)
    inbox.holds(letter)
    mail_clients.fetchmail_fetch(lab["medecin"], "pop3", "pop.lab.example", 110, "clear")
    mail_clients.curl_fetch(lab["phone"], "imap", "imap.lab.example", 143, "clear")
    mail_clients.curl_file(lab["accueil"], "imap.lab.example", 143, "clear", letter)


def _finds_what_is_planted(beside):
    for form, put in (canaries.FORMS | canaries.PACKED).items():
        planted = {canary for canary in canaries.ALL if canary.isascii() or form in canaries.FORMS}
        leak = beside + b"".join(b" . " + put(canary.encode()) + b" . " for canary in planted)
        if canaries.betrayed_by(leak) != planted:
            raise LabError(f"the search does not find what is planted as {form}")


def act(lab):
    with vigie.Page() as page:
        _mails(lab)
        until(lambda: len(page.alerts()) >= 8, "the mails to be told")
        kept = vigie.written()  # while it runs: with its write-ahead log
        lab.restart_vigie()
        wal = [name for name, data in kept.items() if name.endswith("-wal") and data]
        travelled = canaries.found_in(all_payload((OUT / "mirror.pcap").read_bytes()))
        if not wal or travelled < PLANTED:
            raise LabError(f"nothing to search: {wal}, {PLANTED - travelled}")
        shown = page.everything()
        bytes_of = {*kept.values(), *vigie.written().values(), shown, page.said(), vigie.inspected()}
    everything = b"\0\0".join(bytes_of)
    if KNOWN not in shown or not canaries.betrayed_by(everything + PLANT):
        raise LabError("the search looked at nothing")
    _finds_what_is_planted(everything[:20_000])
    found = canaries.betrayed_by(everything)
    forms = len(canaries.FORMS | canaries.PACKED)
    print(f"canaries {len(canaries.ALL)}, forms {forms}, found {len(found)} in {len(everything):,} bytes", flush=True)
    if found:
        raise LabError(f"found: {', '.join(sorted(found))}")


PLANT = canaries.FILE.encode()
