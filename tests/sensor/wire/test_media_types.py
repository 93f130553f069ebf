"""Only what is a media type is ever told as one."""

import mimetypes

import pytest

from sensor.track.programs import SOAP
from sensor.wire.media_types import LISTED, UNKNOWN, told


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("application/pdf", "application/pdf"),
        ("image/svg+xml", "image/svg+xml"),
        ("application/canary", "application/*"),
        ("image/canary.jpg", "image/*"),
        ("canary/pdf", UNKNOWN),
        ("canary", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_told(written, expected):
    assert told(written) == expected


def test_what_rules_and_programs_ask_for_is_listed():
    assert {told(kind) for kind in SOAP} == SOAP


def test_the_types_of_the_files_that_people_send_are_listed():
    ends = "csv doc docx gif htm ics jpg mp3 mp4 odt pdf png ppt pptx rtf tif txt vcf wav xls xlsx xml zip"
    common = {kind for end in ends.split() if (kind := mimetypes.types_map.get(f".{end}"))}
    assert {told(kind) for kind in common} == common


def test_each_is_written_once_and_in_lower_case():
    assert all(word == word.lower() and "/" not in word for words in LISTED.values() for word in words)
