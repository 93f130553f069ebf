"""Zeek's words for what became of a connection: `history` and `conn_state`, as Zeek's documentation of conn.log defines them.

The kernel writes the history as codes of 5 bits, the oldest in the lowest, 0 for none: 1–12 are Zeek's letters from the
originator (written in capitals), 13–24 the same from the responder, 25 is `^` (the direction was turned because the
responder was seen first). Each letter is written once, so twelve fit; Zeek repeats some. `g` is written when the receiver
acknowledges bytes that were not seen, `c` of packets whose payload is handed up.
(https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html)
"""

from functools import lru_cache

LETTERS = "shadfrgtwciq"
S, H, A, D, F, R, G, T, W, C, I, Q = range(1, 13)  # noqa: E741
RESP = 12
FLIP = 25

_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16


@lru_cache(4_096)
def history_text(code: int) -> str:
    """FLOW.history → "ShADadFf"."""
    text = ""
    while code:
        letter = code & 31
        code >>= 5
        if letter == FLIP:
            text += "^"
        elif letter > RESP:
            text += LETTERS[letter - RESP - 1]
        else:
            text += LETTERS[letter - 1].upper()
    return text


def conn_state(proto: int, pkts: tuple[int, int], flags: tuple[int, int]) -> str:
    """A flow's packets and TCP flags, each (from orig, from resp) → "S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR",
    "RSTOS0", "RSTRH", "SH", "SHR" or "OTH".
    """
    return _state(proto, pkts[0] > 0, pkts[1] > 0, *flags)


@lru_cache(4_096)
def _state(proto: int, asked: bool, answered: bool, orig: int, resp: int) -> str:
    """Flows end in few ways."""
    if proto == 17:
        return _datagram_state(asked=asked, answered=answered)
    if proto != 6:
        return "OTH"
    shaken = resp & _SYN and orig & (_SYN | _ACK)  # a SYN that was missed was answered, and the answer acknowledged
    if (orig | resp) & _RST and not (orig & resp & _FIN):
        return _reset_state(orig, resp)
    if orig & resp & _FIN:
        return "SF" if shaken or (orig | resp) & _SYN == 0 else "OTH"
    if shaken:
        return "S2" if orig & _FIN else "S3" if resp & _FIN else "S1"
    if orig & _SYN:
        return "SH" if orig & _FIN else "OTH" if answered else "S0"
    if resp & _SYN and resp & _FIN:
        return "SHR"
    return "OTH"


def _datagram_state(*, asked: bool, answered: bool) -> str:
    if asked:
        return "SF" if answered else "S0"
    return "SHR"


def _reset_state(orig: int, resp: int) -> str:
    if resp & _RST:
        if resp & _SYN:
            return "RSTR" if orig & _SYN else "RSTRH"
        return "REJ" if orig & _SYN else "RSTR" if orig else "RSTRH"
    if orig & _SYN and not resp:
        return "RSTOS0"
    return "RSTO" if resp else "RSTOS0"
