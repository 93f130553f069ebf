"""A body decoded in pieces is the body decoded whole."""

import base64
import binascii
import quopri
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensor.wire.mime_decoding import Decoder


@given(data=st.binary(max_size=300), cuts=st.sets(st.integers(0, 500), max_size=20))
def test_base64_may_be_cut_anywhere(data, cuts):
    text = base64.encodebytes(data).replace(b"\n", b"\r\n")
    decoder = Decoder("base64")
    places = [0, *sorted(cuts), len(text) + 500]
    assert b"".join(decoder.decode(text[a:b]) for a, b in pairwise(places)) == data


@given(data=st.binary(max_size=300))
def test_quoted_printable_comes_in_lines(data):
    decoder = Decoder("quoted-printable")
    lines = quopri.encodestring(data).splitlines(keepends=True)
    assert b"".join(decoder.decode(line) for line in lines) == data


def test_other_encodings_are_left_as_they_are():
    assert Decoder("8bit").decode(b"a=20b\r\n") == b"a=20b\r\n"


def test_letters_that_are_none():
    with pytest.raises(binascii.Error):
        Decoder("base64").decode(b"A=======")
