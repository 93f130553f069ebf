import pytest

from sensor.vendors import vendor


@pytest.mark.parametrize(
    ("mac", "maker"),
    [
        ("00:00:01:aa:bb:cc", "Xerox Corporation"),
        ("b8:27:eb:00:00:01", "Raspberry Pi Foundation"),
        ("02:00:00:00:00:01", None),  # locally administered: random
        ("fc:ff:ff:00:00:01", None),
    ],
)
def test_makers(mac, maker):
    assert vendor(mac) == maker
