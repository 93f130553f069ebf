"""Which program a record shows: by its own first bytes, or by the name on a certificate that only it carries.

Called with each record of a flow. A name on a certificate is the maker's own:

    AnyDesk      client and server present "AnyDesk Client", its relays "AnyNet Relay"   (nDPI's tls.c and anydesk.c)
"""

from sensor.wire.records import Fingerprint, Irc, Record, Ssl, Stun, Xmpp

CERTIFICATES = {"anydesk client": "anydesk", "anynet relay": "anydesk"}


def program(record: Record) -> str | None:
    """The word of the alerts' `app`, None where the record shows no program."""
    match record:
        case Fingerprint(app=app):
            return app
        case Ssl(subject=subject, client_subject=client):
            return CERTIFICATES.get((subject or "").lower()) or CERTIFICATES.get((client or "").lower())
        case Irc() | Xmpp():
            return record.service
        case Stun(app=app):
            return app
        case _:
            return None
