"""What a mail is made with: the section `mail` of vigie.yml with its files, languages, zone and privacy. Made once, by the commands."""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from cryptography.x509 import Certificate

from dashboard.influx.tokens import find
from dashboard.mail.message import Envelope
from dashboard.mail.sealed import certificate
from dashboard.mail.submission import Account, Human
from dashboard.mail.trouble import Need
from dashboard.privacy import Privacy
from dashboard.texts import LANGUAGES, Lang, Texts
from sensor.detect.policy import Policy
from sensor.detect.policy_mail import Mail, Recipient, Server


@dataclass(frozen=True, slots=True)
class Post:
    """`words` are the mails' own, `texts` the pages', which facts are named by. `config`: vigie.yml, beside which files lie."""

    mail: Mail
    policy: Policy
    privacy: Privacy
    state: Path
    config: Path | None
    texts: dict[Lang, Texts]
    words: dict[Lang, Texts]

    @classmethod
    def of(cls, mail: Mail, policy: Policy, key: bytes, state: Path, config: Path | None) -> "Post":
        privacy = Privacy.of(policy, key)
        if policy.privacy == "fleet":
            privacy = replace(privacy, names={})
        texts = {lang: Texts(lang) for lang in LANGUAGES}
        words = {lang: Texts(lang, "mail", "words") for lang in LANGUAGES}
        return cls(mail, policy, privacy, state, config, texts, words)

    @property
    def practice(self) -> str:
        return self.policy.practice.site or self.policy.practice.name

    def account(self) -> Account:
        """Read anew each time: a password that was changed counts at once. Errors: Human."""
        server = self.mail.server
        password = ""
        if server.password_file:
            path = find(server.password_file, self.config)
            try:
                password = path.read_text("utf-8").rstrip("\r\n")
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or "cannot be read"
                raise Human(Need.PASSWORD, f"{path}: {reason}") from None
            if not password:
                raise Human(Need.PASSWORD, f"{path}: empty")
        ca = find(server.ca_file, self.config) if server.ca_file else None
        return Account(server, self.mail.sender.rpartition("@")[2], password, ca)

    def files(self) -> tuple[Path, ...]:
        """Those that may be changed while mails wait."""
        names = (self.mail.server.password_file, self.mail.server.ca_file)
        return tuple(find(name, self.config) for name in names if name)

    def certificate(self, to: Recipient) -> Certificate | None:
        """Errors: Human: there is one and it cannot be used. Nothing is then written unencrypted instead."""
        if not to.certificate:
            return None
        try:
            return certificate(find(to.certificate, self.config))
        except ValueError as error:
            raise Human(Need.CERTIFICATE, str(error)) from None

    def envelope(self, to: Recipient, now: int) -> Envelope:
        """Errors: Human."""
        words = self.words[to.language]
        return Envelope(
            sender=self.mail.sender,
            sender_name=f"Vigie · {self.practice}" if self.practice else "Vigie",
            to=to.mail,
            now=now,
            zone=self.policy.practice.timezone,
            certificate=self.certificate(to),
            neutral=words("mail.sealed_subject"),
        )


def nobody(policy: Policy) -> Mail:
    """For a mail that is only shown: by whom and to whom where vigie.yml does not say."""
    to = Recipient(policy.dpo_mail or "dpo@example.org", language=policy.practice.language)
    return Mail(Server("localhost", 25, "none"), "vigie@example.org", (to,))


def key_of(to: Recipient) -> str:
    """How the store calls a recipient."""
    return sha256(to.mail.lower().encode()).hexdigest()[:16]
