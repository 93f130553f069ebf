"""What all letters have in common: the language's words, how moments are told, the foot with the journal's root. Pure.

Called by `dashboard.mail.alerts`, `digests` and `weekly`.
"""

from dataclasses import dataclass, replace
from datetime import date

from dashboard.formats import bounded, clock, duration, full_day, number
from dashboard.mail.post import Post
from dashboard.mail.sheet import Link, Sheet, safe
from dashboard.texts import Texts
from dashboard.view import AlertView, Viewer
from sensor.detect.alert import Alert
from sensor.detect.policy_mail import Recipient
from sensor.store.days import day_of


@dataclass(frozen=True, slots=True)
class Writer:
    """One recipient's pen. `roots`: of the journal, newest last; the last one stands in every mail."""

    post: Post
    to: Recipient
    now: int
    roots: tuple[str, ...] = ()

    @property
    def say(self) -> Texts:
        return self.post.words[self.to.language]

    @property
    def texts(self) -> Texts:
        return self.post.texts[self.to.language]

    def view(self, alert: Alert) -> AlertView:
        """As the page would show it, but with whole dates, at the level of what may leave the box."""
        if self.post.policy.privacy == "fleet":
            alert = without_name(alert)
        zone = self.post.policy.practice.timezone
        return Viewer(self.texts, zone, self.post.privacy, date(1970, 1, 1), self.now).alert(alert)

    def moment(self, ns: int) -> str:
        """The day and the hour, whole: a mail is read on another day than it was written."""
        zone, lang = self.post.policy.practice.timezone, self.to.language
        return self.say("mail.moment", day=full_day(day_of(ns, zone), lang), hour=self.hour(ns))

    def hour(self, ns: int) -> str:
        return clock(ns, self.post.policy.practice.timezone, self.to.language)

    def number(self, count: float) -> str:
        return number(count, self.to.language)

    def duration(self, seconds: float) -> str:
        return duration(seconds, self.to.language)

    def link(self, way: str = "/", text: str = "mail.open_page") -> Link | None:
        base = self.post.mail.public_url
        return Link(self.say(text), f"{base}{way}?lang={self.to.language}") if base else None

    def foot(self) -> tuple[str, ...]:
        practice = bounded(self.post.practice, 80)
        return (self.say("mail.foot", practice=self.say("mail.foot_practice", practice=practice) if practice else ""),)

    def finished(self, sheet: Sheet, *, all_roots: bool = False) -> Sheet:
        """With its foot and the journal's root, or roots."""
        roots = self.roots if all_roots else self.roots[-1:]
        title = "mail.roots_title" if len(roots) > 1 else "mail.root_title" if roots else "mail.no_root"
        foot = self.foot() if roots else (self.say(title), *self.foot())
        return replace(sheet, foot=foot, roots=roots, roots_title=self.say(title))


def without_name(alert: Alert) -> Alert:
    """At `fleet` not even the names that the practice gave leave the box."""
    return replace(alert, device=replace(alert.device, name=None))


def shown(text: str) -> str:
    """A text that may hold words from the network."""
    return safe(bounded(text, 600))
