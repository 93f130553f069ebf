"""BODYSTRUCTURE: what the parts of a mail are, before any of them is fetched (RFC 3501 7.4.2). Called by `sensor.wire.imap`.

* A part: `("text" "plain" ("charset" "utf-8") id description "base64" 1234 … disposition …)`; a multipart: its parts one after
  the other, then the subtype: `((…)(…) "mixed" …)`. Sections count from 1: `2.1` is the first part of the second.
* A name is read for its extension only, by `mime_fields`, as everywhere.

Bounded: `DEPTH` levels, `PARTS` parts, and the line it stands on; linear.
"""

import re

from sensor.wire.mime_fields import PartHeader, extension, read_field

DEPTH = 16
PARTS = 64

_TOKEN = re.compile(rb'\(|\)|"((?:[^"\\]|\\.)*)"|[^\s()"]+', re.DOTALL)
Node = bytes | list["Node"] | None


def structure(text: bytes) -> dict[str, PartHeader]:
    """The parts by section, of what follows `BODYSTRUCTURE `; empty if it cannot be read."""
    tree = _tree(text)
    parts: dict[str, PartHeader] = {}
    if isinstance(tree, list):
        _walk(tree, "", parts)
    return parts


def _tree(text: bytes) -> Node:
    stack: list[list[Node]] = []
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == b"(":
            stack.append([])
            if len(stack) > DEPTH:
                return None
        elif not stack:
            return None
        elif word == b")":
            done = stack.pop()
            if not stack:
                return done
            stack[-1].append(done)
        elif token[1] is not None:
            stack[-1].append(token[1])
        else:
            stack[-1].append(None if word.upper() == b"NIL" else word)
    return None


def _walk(node: list[Node], section: str, parts: dict[str, PartHeader]) -> None:
    if len(parts) >= PARTS:
        return
    if node and isinstance(node[0], list):
        for number, child in enumerate((n for n in node if isinstance(n, list)), 1):
            if child and not isinstance(child[0], list) and len(child) < 7:
                break  # the multipart's own parameters begin
            _walk(child, f"{section}.{number}" if section else str(number), parts)
        return
    words = [n if isinstance(n, bytes) else b"" for n in node[:6]]
    if len(words) < 6:
        return
    header = PartHeader()
    read_field(header, b"Content-Type: " + words[0] + b"/" + words[1])
    header.encoding = words[5].lower().decode("ascii", "ignore")
    header.content_id = bool(words[3])
    _parameters(header, node[2], b"name")
    for extra in node[6:]:
        if (
            isinstance(extra, list)
            and len(extra) == 2
            and isinstance(extra[0], bytes)
            and isinstance(extra[1], list | None)
        ):
            read_field(header, b"Content-Disposition: " + extra[0])
            _parameters(header, extra[1], b"filename")
    parts[section or "1"] = header


def _parameters(header: PartHeader, node: Node, wanted: bytes) -> None:
    if not isinstance(node, list):
        return
    for key, value in zip(node[::2], node[1::2], strict=False):
        if isinstance(key, bytes) and isinstance(value, bytes) and key.lower().rstrip(b"*01") == wanted and value:
            header.named = True
            header.extension = header.extension or extension(value)
