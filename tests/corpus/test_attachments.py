"""Attachments as the corpus' labels have them: type, extension and count. Where they differ, the table says why.

The `attachments` column holds `type|name|disposition; …`, names cut at sixty letters. Of a name only the extension is compared,
as Vigie keeps no more.
"""

import csv

import pytest

from sensor.capture.files import open_capture
from sensor.chain import Chain
from sensor.settings import load
from sensor.wire.mime_fields import extension
from sensor.wire.records import Imap, Pop3, Smtp

DIFFERENT = {
    "derived-malformed/midfile-truncated.pcap": (
        [("text/plain", "txt"), ("text/plain", "txt")],
        [("text/plain", "txt")],
        "one mail with one attachment; the label has it twice, once from its fields and once from the cut stream",
    ),
    "suricata-verify/bug-6207-1__input.pcap": (
        [("application/zip", None)],
        [("application/zip", "zip")],
        "the label cut the name before its extension",
    ),
    "suricata-verify/tcp-async-01__input.pcap": (
        [("application/octet-stream", None)],
        [("application/octet-stream", "pdf")],
        "the label cut the encoded name before its extension",
    ),
}


@pytest.fixture(scope="module")
def settings():
    return load(None, None)


def told(path, settings):
    """(type, extension) of every attachment that the readers of mail tell."""
    found = []

    def watcher(seen):
        if isinstance(seen.record, Smtp | Pop3 | Imap):
            found.extend((each.mime_type, each.extension) for each in seen.record.attachments)

    source = open_capture(path)
    try:
        for _ in Chain(settings, seed=1, watcher=watcher).run(source):
            pass
    finally:
        source.close()
    return sorted(found, key=str)


def labelled(column):
    """The same of a label."""
    parts = [part.strip().split("|") for part in column.split(";") if part.strip()]
    return sorted(((kind, extension(name.encode())) for kind, name, *_ in parts), key=str)


def test_type_extension_and_count_agree(corpus, settings):
    if corpus is None:
        print("CORPUS NOT RUN")
        return
    with (corpus / "labels.tsv").open() as labels:
        rows = [
            row for row in csv.DictReader(labels, delimiter="\t") if row["attachments"] or "mail" in row["category"]
        ]
    assert sum(bool(row["attachments"]) for row in rows) >= len(DIFFERENT)
    different = {}
    for row in rows:
        label, ours = labelled(row["attachments"]), told(corpus / row["path"], settings)
        if label != ours:
            different[row["path"]] = (label, ours)
    assert different == {path: (label, ours) for path, (label, ours, _why) in DIFFERENT.items()}
