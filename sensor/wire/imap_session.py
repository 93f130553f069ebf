"""What a session of IMAP says of itself: greeting, capabilities, log-in, STARTTLS. Part of `sensor.wire.imap`.

* `* OK … name …` greets; `* PREAUTH` greets somebody who is in already (RFC 9051 7.1).
* `CAPABILITY … STARTTLS …` offers TLS; where something on the way masked the word, it was stripped.
* LOGIN and AUTHENTICATE are known by mechanism and outcome, never by their words.
"""

from dataclasses import dataclass

from sensor.wire.imap_words import CAPABILITY
from sensor.wire.mailbox import Session
from sensor.wire.sasl import mechanism
from sensor.wire.smtp_words import MASKED, server_name


@dataclass(slots=True)
class ImapSession(Session):
    """See the module."""

    greeted: bool = False

    def greet(self, line: bytes) -> None:
        self.greeted = True
        self.server_name = next(filter(None, map(server_name, line.split()[2:16])), None)
        if line.upper().startswith(b"* PREAUTH"):
            self.auth_mechanism, self.auth_success = "PREAUTH", True

    def capabilities(self, line: bytes) -> None:
        found = CAPABILITY.search(line) if self.tls == "none" else None
        if found:
            words = found[1].upper().split()
            if b"STARTTLS" in words:
                self.tls = "offered"
            elif any(MASKED.match(word) for word in words):
                self.tls = "stripped"

    def login(self, verb: bytes, line: bytes) -> None:
        """The client's LOGIN or AUTHENTICATE."""
        if verb == b"LOGIN":
            self.auth_mechanism, self.auth_success = "LOGIN", None
            return
        word = line.split(b" ")[2:3]
        if word:
            self.auth_mechanism, self.auth_success = mechanism(word[0]), None
