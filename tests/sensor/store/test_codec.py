import json
from dataclasses import replace

import pytest

from sensor.detect.alert import AlertDevice, AlertPeer
from sensor.store.codec import decode, encode
from sensor.store.codec import plain as text_of


def test_what_goes_in_comes_out(sample):
    assert decode(encode(sample)) == sample
    bare = replace(sample, app=None, peer=AlertPeer(None), community_id=None, evidence=(), legal=(), ended=True)
    assert decode(encode(bare)) == bare


def test_types_survive(sample):
    again = decode(encode(sample))
    assert [type(value) for _, value in again.evidence] == [int, str, float, bool]
    assert again.severity is sample.severity
    assert again.peer.hds is sample.peer.hds


def test_half_a_surrogate_pair_does_not_stop_an_alert(sample):
    hostile = replace(sample, device=AlertDevice("192.168.1.20", name="\ud800poste"))
    assert decode(encode(hostile)).device.name == "?poste"


def test_a_field_of_a_later_version_is_left_out_and_one_of_an_earlier_is_defaulted(sample):
    plain = json.loads(text_of(sample))
    plain["mood"] = "worried"
    plain["peer"]["mood"] = "worried"
    del plain["ended"]
    assert decode(json.dumps(plain)) == sample


@pytest.mark.parametrize("body", ["", "[]", "{}", "null", '{"id": "x"}', "\x00"])
def test_what_is_not_an_alert_is_said(body):
    with pytest.raises(ValueError):  # noqa: PT011  (its text varies with what is wrong)
        decode(body)


@pytest.mark.parametrize("key", ["rule", "count", "fr", "severity"])
def test_a_missing_field_is_said(sample, key):
    plain = json.loads(text_of(sample))
    del plain[key]
    with pytest.raises(ValueError, match=key):
        decode(json.dumps(plain))


def test_it_is_packed_and_a_text_of_an_older_file_is_read_too(sample):
    assert len(encode(sample)) < len(text_of(sample)) / 4
    assert decode(text_of(sample)) == sample


def test_a_flipped_bit_is_said(sample):
    packed = bytearray(encode(sample))
    packed[-3] ^= 1
    with pytest.raises(ValueError, match="not as it was packed"):
        decode(bytes(packed))
