"""Captures of the corpus that `vigie inspect` refuses (exit 2), each with its reason: none is refused for want of a reader.

python -m tests.corpus.test_refused     prints the list
"""

import sys
from pathlib import Path

from sensor.capture import CaptureError
from sensor.capture.files import open_capture
from tests.conftest import CORPUS

REASONS = (
    "empty file",
    "not a capture file",
    "cut within its header",
    "cut within a section header",
    "the compressed data",
)
"""Nothing there, a format that is none, or broken off before anything could be said."""


def refused(corpus: Path) -> list[tuple[str, str]]:
    """(path within the corpus, reason), in order."""
    found = []
    for path in sorted(p for p in corpus.rglob("*") if p.suffix in (".pcap", ".pcapng", ".cap", ".gz", ".trace")):
        try:
            open_capture(path).close()
        except CaptureError as error:
            found.append((str(path.relative_to(corpus)), str(error).removeprefix(f"{path}: ")))
    return found


def test_what_is_refused_is_no_capture(corpus):
    if corpus is None:
        return
    found = refused(corpus)
    assert [line for line in found if not line[1].startswith(REASONS)] == []
    assert len(found) <= 26


if __name__ == "__main__":
    for name, reason in refused(CORPUS):
        sys.stdout.write(f"{name}\t{reason}\n")
