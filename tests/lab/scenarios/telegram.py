"""Telegram without TLS, by each of its transports, from a post that never asked for its name; and a stream that is as random (Shadowsocks)."""

from functools import partial

from tests.lab.lab import Lab
from tests.lab.scenario import Scenario, Seen, Told
from tests.lab.services import other, telegram, web

PHOTO = 180_000
CHATTING = 25


def _writes(transport: str, messages: int, size: int, lab: Lab) -> None:
    key = telegram.server(lab["stranger"])
    telegram.write(lab["phone"], lab["stranger"], key, transport, messages, size)


def _told(nature: str, severity: str, out: int = 0) -> tuple[Told, ...]:
    return (Told("messaging", "telegram", nature, device="phone", peer="stranger", severity=(severity,), out=out),)


def _chat(transport: str) -> Scenario:
    return Scenario(
        name=f"telegram_{transport}",
        text=f"Someone writes by Telegram ({transport} transport; Telethon): told by the first bytes alone.",
        act=partial(_writes, transport, CHATTING, 0),
        told=_told("session", "medium"),
        seen=(Seen("tcp", telegram.PORT, "phone", "stranger", out=3_000, into=3_000),),
        roots=("telegram",),
    )


def _random(lab: Lab) -> None:
    web.nginx(lab["web"], plain=True)
    web.page(lab["web"], "page.html", 40_000)
    other.shadowsocks(lab["medecin"], lab["stranger"])
    for _ in range(6):
        web.get(lab["medecin"], f"http://{lab['web'].ip}/page.html", "--socks5", "127.0.0.1:1080")


SCENARIOS = (
    *(_chat(transport) for transport in telegram.TRANSPORTS),
    Scenario(
        name="telegram_photo",
        text="Someone sends a photo by Telegram (obfuscated transport; Telethon).",
        act=partial(_writes, "obfuscated", 2, PHOTO),
        told=_told("transfer", "high", out=PHOTO),
        may=_told("session", "medium"),
        seen=(Seen("tcp", telegram.PORT, "phone", "stranger", out=PHOTO),),
        roots=("telegram",),
    ),
    Scenario(
        name="telegram_idle",
        text="Telegram connects and says nothing (obfuscated transport; Telethon): present, no more.",
        act=partial(_writes, "obfuscated", 0, 0),
        told=_told("presence", "informational"),
        seen=(Seen("tcp", telegram.PORT, "phone", "stranger", out=900, into=900),),
        roots=("telegram",),
    ),
    Scenario(
        name="like_telegram_shadowsocks",
        text="Pages through Shadowsocks: streams as random as Telegram's, and not Telegram's.",
        act=_random,
        seen=(Seen("tcp", 8388, "medecin", "stranger", out=1_000, into=200_000),),
    ),
)
