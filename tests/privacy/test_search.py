"""The search first finds what was planted, in each form: else its silence would mean nothing."""

import base64
import gzip
import json
import quopri
import zlib
from urllib.parse import quote

import pytest

from sensor.store.packed import pack
from tests.privacy.search import found

WORD = "Qzvxplanted77"
AROUND = b"\x00\x01 before: %b after \xff\xfe"


def fully_quoted(text):
    return "".join(f"={byte:02X}" for byte in text.encode()).encode()


FORMS = {
    "raw": WORD.encode(),
    "lower": WORD.lower().encode(),
    "base64": base64.b64encode(f"a {WORD} b".encode()),
    "base64, one off": base64.b64encode(f"ab {WORD}".encode()),
    "base64, two off": base64.b64encode(f"abc {WORD} d".encode()),
    "base64, for addresses": base64.urlsafe_b64encode(f">>?{WORD}???".encode()),
    "base64, within letters": b"xyz" + base64.b64encode(WORD.encode()),
    "base64, folded": base64.encodebytes(b"x" * 53 + WORD.encode() + b"y" * 60),
    "quoted-printable": fully_quoted(WORD),
    "quoted-printable, folded": quopri.encodestring(b"x" * 70 + WORD.encode()),
    "percent-encoded": "".join(f"%{byte:02x}" for byte in WORD.encode()).encode(),
    "percent-encoded, in a query": quote(f"nom={WORD}&é").encode(),
    "hexadecimal": WORD.encode().hex().encode(),
    "UTF-16LE": WORD.encode("utf-16-le"),
    "UTF-16BE": WORD.encode("utf-16-be"),
    "zlib": zlib.compress(b"y" * 100 + WORD.encode()),
    "zlib, fast": zlib.compress(WORD.encode(), 1),
    "gzip": gzip.compress(WORD.encode()),
    "a packed body": pack(json.dumps({"title": f"a {WORD}", "advice": "Passez par MSSanté." * 9})),
    "UTF-16 in base64": base64.b64encode(WORD.encode("utf-16-le")),
    "zlib in base64": base64.b64encode(zlib.compress(WORD.encode())),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_was_planted_is_found(form):
    assert found(AROUND.replace(b"%b", form), {WORD, "Qzvxabsent88"}) == {WORD}


def test_what_was_not_planted_is_not():
    assert found(b"".join(FORMS.values()), {"Qzvxabsent88"}) == set()
