import os

import pytest

from sensor import vendors
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


@pytest.fixture
def anew():
    vendors._table.cache_clear()
    vendor.cache_clear()
    yield
    vendors._table.cache_clear()
    vendor.cache_clear()


def test_unpacked_once_and_again_when_scapy_is_another(anew, tmp_path, monkeypatch):
    kept = tmp_path / "vendors.txt"
    monkeypatch.setattr(vendors, "UNPACKED", kept)
    assert vendor("00:00:01:00:00:00") == "Xerox Corporation"
    kept.write_text(kept.read_text().replace("Xerox Corporation", "Read from here"))
    os.utime(kept, (1, 1))
    vendors._table.cache_clear()
    vendor.cache_clear()
    assert vendor("00:00:01:00:00:00") == "Xerox Corporation"  # the file was of another age: unpacked anew
    assert "Read from here" not in kept.read_text()


def test_what_was_unpacked_is_read(anew, tmp_path, monkeypatch):
    kept = tmp_path / "vendors.txt"
    monkeypatch.setattr(vendors, "UNPACKED", kept)
    vendor("00:00:01:00:00:00")
    age = kept.stat().st_mtime
    kept.write_text("\n00:00:01\tHere\tRead from here\n")
    os.utime(kept, (age, age))
    vendors._table.cache_clear()
    vendor.cache_clear()
    assert vendor("00:00:01:00:00:00") == "Read from here"


def test_where_nothing_may_be_written_it_is_slower_and_right(anew, tmp_path, monkeypatch):
    monkeypatch.setattr(vendors, "UNPACKED", tmp_path / "absent" / "vendors.txt")
    assert vendor("00:00:01:00:00:00") == "Xerox Corporation"
