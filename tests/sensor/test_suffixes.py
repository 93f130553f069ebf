"""The registrable part of a name, by the public suffix list with its private section."""

import pytest

from sensor.detect.lists import Lists
from sensor.settings import load
from sensor.suffixes import registrable


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("example.org", "example.org"),
        ("a.b.example.org", "example.org"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("cabinet.asso.fr", "cabinet.asso.fr"),
        ("x.y.blob.core.windows.net", "y.blob.core.windows.net"),
        ("a.bucket.s3.eu-west-3.amazonaws.com", "bucket.s3.eu-west-3.amazonaws.com"),
        ("d1.cloudfront.net", "d1.cloudfront.net"),
        ("files.nas.synology.me", "nas.synology.me"),
        ("a.b.unheard-of-tld", "b.unheard-of-tld"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1.2.3", "2001:db8::1.2.3"),
        ("xn--caf-dma.example.fr", "example.fr"),
        ("", ""),
        (".", "."),
        ("a..b", "a..b"),
    ],
)
def test_registrable(host, owner):
    assert registrable(host) == owner


def test_two_customers_of_a_cloud_are_two_places():
    place = load(None, None).lists.place
    assert place("a.netlify.app", "192.0.2.1") != place("b.netlify.app", "192.0.2.1")
    assert place("img.nobody.example", "192.0.2.1") == place("files.nobody.example", "192.0.2.1") == "nobody.example"


def test_without_the_list_each_name_is_a_place():
    assert Lists().place("img.nobody.example", "192.0.2.1") == "img.nobody.example"
