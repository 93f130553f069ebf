"""The values of vigie.yml that need more than a type: addresses, hours, days, names. Each raises ValueError if wrong."""

import re
from datetime import time
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
JOURS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")

_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
_MAIL = re.compile(r"[^@\s]+@([a-z0-9-]+\.)+[a-z0-9-]+", re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,2})[:h](\d{2})?\s*-\s*(\d{1,2})[:h](\d{2})?")
_TOOL = re.compile(r"[a-z0-9][a-z0-9-]*")


def mail_address(text: str) -> str:
    if not _MAIL.fullmatch(text):
        raise ValueError(text)
    return text


def network(text: str) -> IPv4Network | IPv6Network:
    """An address alone is a network of one. Host bits are an error: the writer meant something else."""
    return ip_network(text)


def address(text: str) -> str:
    return str(ip_address(text))


def mac(text: str) -> str:
    lower = text.lower().replace("-", ":")
    if not _MAC.fullmatch(lower):
        raise ValueError(text)
    return lower


def hostname(text: str) -> str:
    lower = text.lower().rstrip(".")
    if not _HOST.fullmatch(lower) or len(lower) > 253:  # RFC 1035
        raise ValueError(text)
    return lower


@cache
def zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(text) from error


def hours(text: str) -> tuple[time, time]:
    """Hours as people write them: "08:00-19:00", "8h-19h30"."""
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2] or 0)), time(int(match[3]), int(match[4] or 0))


def day(text: str) -> frozenset[int]:
    """Days of the week, Monday is 0: "mon", "lun" or "mon-fri"."""
    parts = [_weekday(part) for part in text.lower().split("-")]
    if len(parts) == 1:
        return frozenset(parts)
    if len(parts) != 2:
        raise ValueError(text)
    first, last = parts
    return frozenset(n % 7 for n in range(first, last + 1 if first <= last else last + 8))


def _weekday(text: str) -> int:
    for names in (DAYS, JOURS):
        if text.strip() in names:
            return names.index(text.strip())
    raise ValueError(text)


def tools(text: str) -> str:
    if not _TOOL.fullmatch(text):
        raise ValueError(text)
    return text
