"""What one owner holds of a name: its registrable domain, by the public suffix list and its private section.

Called by `Lists.place` for names that no list knows, to group flows by destination. The list (publicsuffix.org) comes inside the kept
library's wheel: nothing is fetched. It is read at the first name, a twentieth of a second, so that commands that need none start
at once.
"""

from functools import cache, lru_cache
from ipaddress import ip_address

from publicsuffixlist import PublicSuffixList


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=False)


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The name of one owner: "a.b.example.co.uk" → "example.co.uk", "x.bucket.s3.amazonaws.com" → "bucket.s3.amazonaws.com".

    An address, a single label and a name that is itself a public suffix are given back as they are.
    """
    if "." not in host or ":" in host or _is_address(host):
        return host
    return _suffixes().privatesuffix(host) or host


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
