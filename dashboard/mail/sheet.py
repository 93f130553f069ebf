"""What a mail says, once, for its two forms: `text` for a terminal of 72 columns, and `dashboard.mail.html` for mail programs. Pure.

Sentence first, then blocks: what to do, the evidence, lists. Whatever came from the network has been bounded before
(`dashboard.formats.bounded`); here it is made unable to become a link or to turn the line it stands in around.
"""

import re
import textwrap
import unicodedata
from dataclasses import dataclass

WIDTH = 72
_ISOLATED = "\u2068{}\u2069"  # Unicode TR 9, 2.4.2: what is inside has no say in the direction of what is around it
_BEFORE = re.compile(r" (?=[:;!?»])")
_LINKS = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*):/+(?=\S)|\b(www|ftp)\.|\b(mailto|tel|data|javascript):")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and what stands under it: paragraphs, pairs of a name and a value, points, and text kept as it is."""

    title: str = ""
    paragraphs: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    points: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()  # to be copied from: cut into lines in the text, whole in the HTML


@dataclass(frozen=True, slots=True)
class Link:
    """The only kind of link that a mail has: to the box's own page."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """`lead` is the sentence; `kicker` what stands small above it in HTML and below it in text; `mood` a severity, or "good"."""

    lead: str
    kicker: str = ""
    mood: str = "informational"
    blocks: tuple[Block, ...] = ()
    link: Link | None = None
    foot: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    roots_title: str = ""


def safe(text: str) -> str:
    """No mail program makes a link of it, and no letter of it turns the line around."""
    plain = _LINKS.sub(_unlinked, text).replace("@", "[@]")
    if any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in plain):
        return _ISOLATED.format(plain)
    return plain


def _unlinked(found: re.Match[str]) -> str:
    if found[1]:
        return f"{found[1]}[:]//"
    return f"{found[2]}[.]" if found[2] else f"{found[3]}[:]"


def text(sheet: Sheet) -> str:
    """As in a terminal: no line is longer than 72 columns unless a single word is."""
    parts = [_wrapped(sheet.lead)]
    if sheet.kicker:
        parts.append(_wrapped(sheet.kicker))
    parts += [_block(block) for block in sheet.blocks]
    if sheet.link:
        parts.append(f"{_wrapped(sheet.link.text)}\n{sheet.link.url}")
    parts.append("-" * WIDTH)
    if sheet.roots:
        parts.append("\n".join([_wrapped(sheet.roots_title), *(_cut(root) for root in sheet.roots)]))
    parts.append("\n".join(map(_wrapped, sheet.foot)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block) -> str:
    lines = []
    if block.title:
        lines += [block.title, "-" * min(len(block.title), WIDTH)]
    body = [_wrapped(one) for one in block.paragraphs]
    if block.pairs:
        body.append(_table(block.pairs))
    if block.points:
        body.append("\n".join(_wrapped(point, "- ", "  ") for point in block.points))
    body += [_cut(one) for one in block.exact]
    return "\n".join([*lines, "\n\n".join(body)])


def _table(pairs: tuple[tuple[str, str], ...]) -> str:
    """Names on the left; a value that is long goes on below itself."""
    width = min(max(len(name) for name, _ in pairs), 28) + 2
    return "\n".join(_wrapped(value, name.ljust(width - 1) + " ", " " * width) for name, value in pairs)


def firm(text: str) -> str:
    """French puts a space before some signs, which no line may break at."""
    return _BEFORE.sub("\u00a0", text).replace("« ", "«\u00a0")


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    """A space that holds words together still does so: textwrap breaks at ASCII blanks only."""
    return textwrap.fill(
        firm(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _cut(exact: str) -> str:
    return "\n".join("  " + exact[at : at + WIDTH - 2] for at in range(0, len(exact), WIDTH - 2))
