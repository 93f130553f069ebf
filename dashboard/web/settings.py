"""What the pages are told when they are made, by `dashboard.cli.serve` and `demo`: the practice's policy and this box's secrets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import time_ns
from zoneinfo import ZoneInfo

from dashboard.kept_reports import kept_in
from dashboard.mail.post import Post, nobody
from dashboard.privacy import Privacy, pseudonym_key, secret
from dashboard.texts import Lang
from sensor.detect.lists import Lists
from sensor.detect.policy import Policy
from sensor.store.days import PARIS


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`secret` signs the session cookie. `hosts` are names, beside IP addresses and localhost, by which the page may be asked.

    `bearer`, if any, opens the API to programs (`Authorization: Bearer …`). `came` is told of each sign-in: by which way, from
    which address, "opened" or "refused".
    """

    secret: bytes
    privacy: Privacy
    zone: ZoneInfo = ZoneInfo(PARIS)  # noqa: RUF009  (immutable, and cached by zoneinfo)
    lang: Lang = "fr"
    practice: str = ""
    hosts: frozenset[str] = frozenset()
    bearer: str | None = None
    demo: bool = False
    lists_date: str = ""  # of the newest list, as YYYY-MM-DD
    hds_date: str = ""  # of the list of certified hosts
    titles: Mapping[str, str] = field(default_factory=dict)  # what people call the places on the lists
    uses: Mapping[str, str] = field(default_factory=dict)  # for what a practice uses them
    reports: Path | None = None  # where the monthly reports are kept
    state: Path | None = None  # of the stores, for what the relay has sent and the box's page
    post: Post | None = None  # what mails are made with
    mails: bool = False  # whether vigie.yml says through which server
    ask_test: Callable[[int], str] | None = None  # journals a request for a test alert, and tells its id
    now: Callable[[], int] = time_ns
    came: Callable[[str, str, str], None] = lambda _way, _peer, _outcome: None


def web_settings(
    policy: Policy,
    state: Path,
    lang: Lang | None = None,
    config: Path | None = None,
    *,
    lists: Lists | None = None,
    demo: bool = False,
) -> WebSettings:
    """The settings that a policy gives, with the secrets kept in DIR/serve/, made at first. Errors: OSError, ValueError (`dashboard.privacy.secret`)."""
    folder, key = state / "serve", pseudonym_key(state)
    return WebSettings(
        secret=secret(folder / "session.key"),
        privacy=Privacy.of(policy, key),
        zone=policy.practice.timezone,
        lang=lang or policy.practice.language,
        practice=policy.practice.name,
        bearer=secret(folder / "api.key").hex(),
        demo=demo,
        lists_date=max((info.date for info in lists.infos), default="") if lists else "",
        hds_date=lists.hds_date() if lists else "",
        titles=lists.titles() if lists else {},
        uses=lists.uses() if lists else {},
        reports=kept_in(state),
        state=state,
        post=Post.of(policy.mail or nobody(policy), policy, key, state, config),
        mails=policy.mail is not None,
    )
