"""The registrable part of a name: what one owner holds. Used to group flows to destinations that no list knows.

A handful of second-level suffixes is enough to keep owners apart; a shared cloud's customers fall together, which only
makes a sum larger.
"""

from functools import lru_cache

_SHARED = (
    "com.fr asso.fr nom.fr prd.fr tm.fr gouv.fr co.uk org.uk ac.uk gov.uk com.au net.au co.jp ne.jp com.br com.cn com.tr"
    " co.nz com.mx co.za com.ar co.in com.pl com.tw com.hk com.sg co.kr co.il com.ua eu.com uk.com us.com"
    " azurewebsites.net cloudapp.net cloudfront.net amazonaws.com blob.core.windows.net herokuapp.com github.io"
    " googleusercontent.com appspot.com web.app run.app firebaseapp.com netlify.app vercel.app pages.dev workers.dev"
    " synology.me myqnapcloud.com dyndns.org ddns.net duckdns.org no-ip.org freeboxos.fr"
)
_SECOND_LEVEL = frozenset(_SHARED.split())


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The name of one owner: "a.b.example.co.uk" → "example.co.uk"; an address or a single label is given back as it is."""
    labels = host.split(".")
    if len(labels) <= 2 or labels[-1].isdigit() or ":" in host:
        return host
    for size in (4, 3, 2):
        if ".".join(labels[-size:]) in _SECOND_LEVEL:
            return ".".join(labels[-size - 1 :])
    return ".".join(labels[-2:])
