"""What is told of dialogues as a whole, beside the mails, pages and sessions in them. As in `records`: no payload, nobody's name."""

from typing import ClassVar, Literal

from sensor.frozen import frozen

Upgrade = Literal["none", "refused", "established"]
"""Whether TLS began within a protocol that began in clear: never asked for (as far as is read), answered no, answered yes."""


@frozen
class SmtpDialogue:
    """All that a client asked in an SMTP session in clear, told at its end (RFC 5321). No rule needs it: what counts are mails.

    An envelope that the server refused, or that the client took back, is here and in no `Smtp`. Domains, never local parts;
    `sensor.wire.smtp_asked` bounds them.
    """

    service: ClassVar[str] = "smtp_dialogue"
    commands: tuple[str, ...] = ()  # the protocol's verbs, each once, by first use; "OTHER" for words that are none
    mailfrom_domains: tuple[str, ...] = ()
    rcptto_domains: tuple[str, ...] = ()
    envelopes: int = 0  # MAIL commands
    mails: int = 0  # bodies that went over the wire


@frozen
class Ldap:
    """The opening of an LDAP session (RFC 4511): whether it went over to TLS. No name of the directory, no password."""

    service: ClassVar[str] = "ldap"
    tls: Upgrade = "none"


@frozen
class Postgresql:
    """The opening of a PostgreSQL session: whether it went over to TLS. No user, no database."""

    service: ClassVar[str] = "postgresql"
    tls: Upgrade = "none"


@frozen
class Mysql:
    """The opening of a MySQL or MariaDB session: whether it went over to TLS. No user, no database."""

    service: ClassVar[str] = "mysql"
    tls: Upgrade = "none"
    version: str | None = None  # of the server, as in its greeting
