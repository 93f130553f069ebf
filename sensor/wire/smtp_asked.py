"""What an SMTP client asked, the envelopes too after which no mail went. Filled by `smtp_client`, told as `SmtpDialogue`.

Kept: verbs of the protocol, each once (an unknown word may be a piece of a secret: it is "OTHER"), and domains. Bounded by
`DOMAINS` of them, senders and recipients together, and `DOMAIN_BYTES`.
"""

from sensor.wire.records_dialogues import SmtpDialogue
from sensor.wire.smtp_words import VERBS

DOMAINS = 1_000
"""As many recipients as Postfix takes for one mail."""

DOMAIN_BYTES = 32_768
OTHER = "OTHER"


class Asked:
    """One a session."""

    __slots__ = ("_bytes", "_commands", "_rcptto", "_senders", "envelopes", "mails")

    def __init__(self) -> None:
        self._commands: dict[str, None] = {}
        self._senders: dict[str, None] = {}
        self._rcptto: dict[str, None] = {}
        self._bytes = 0
        self.envelopes = 0
        self.mails = 0

    def command(self, verb: bytes) -> None:
        self._commands.setdefault(verb.decode("ascii") if verb in VERBS else OTHER)

    def sender(self, domain: str | None) -> None:
        self.envelopes += 1
        self._keep(self._senders, domain)

    def recipient(self, domain: str | None) -> None:
        self._keep(self._rcptto, domain)

    def _keep(self, domains: dict[str, None], domain: str | None) -> None:
        if domain is None or domain in domains:
            return
        if len(self._senders) + len(self._rcptto) < DOMAINS and self._bytes + len(domain) <= DOMAIN_BYTES:
            domains[domain] = None
            self._bytes += len(domain)

    def told(self) -> SmtpDialogue | None:
        """None where the client was not heard."""
        if not self._commands:
            return None
        return SmtpDialogue(
            commands=tuple(self._commands),
            mailfrom_domains=tuple(self._senders),
            rcptto_domains=tuple(self._rcptto),
            envelopes=self.envelopes,
            mails=self.mails,
        )
