"""Acts the cells of one server of the mail table, one after the other, in one lab."""

import sys

from tests.lab import table_cut
from tests.lab.lab import Lab, LabError
from tests.lab.services import mail_clients, mail_servers
from tests.lab.table import NAMES, SENT, Cell, cells

TRIES = 2  # a program that waits for a key on a busy machine may miss it


def act(lab: Lab, server: str) -> None:
    """A cell whose program fails is said and left without a recording: so it is wrong, and the others go on."""
    host = lab["mail"]
    (mail_servers.SUBMITS | mail_servers.KEEPS)[server](host)
    inbox = mail_servers.Inbox(host) if server in mail_servers.KEEPS else None
    for cell in cells(server):
        if not cell.impossible and not any(_tried(lab, cell, inbox) for _ in range(TRIES)):
            table_cut.announce(cell)  # what was recorded of it begins anew here, with nothing


def _tried(lab: Lab, cell: Cell, inbox: mail_servers.Inbox | None) -> bool:
    try:
        _one(lab, cell, inbox)
    except LabError as failed:
        print(f"{cell.name}: {ascii(str(failed))[:600]}", file=sys.stderr, flush=True)
        return False
    return True


def _one(lab: Lab, cell: Cell, inbox: mail_servers.Inbox | None) -> None:
    post, address = lab[cell.post], NAMES.get(cell.protocol, "imap.lab.example")
    mail = mail_clients.message(attached=cell.attached)
    if inbox is not None:
        inbox.holds(*([] if cell.protocol == "imap append" else [mail]))
    table_cut.announce(cell)
    if cell.protocol in SENT:
        send = mail_clients.SENDERS[cell.client]
        send(post, address, cell.port, cell.way, login=cell.login, attached=cell.attached)
    elif cell.protocol == "imap append":
        mail_clients.FILERS[cell.client](post, address, cell.port, cell.way, mail)
    else:
        mail_clients.FETCHERS[cell.client](post, cell.app, address, cell.port, cell.way)
