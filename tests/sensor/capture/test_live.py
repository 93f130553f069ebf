"""Which way in is taken where."""

import sys

import pytest

from sensor.capture import CaptureError, live, portable


def test_linux_takes_the_ring():
    with pytest.raises(CaptureError, match=r"not the name of an interface|not allowed"):
        live.open_interface("much-too-long-a-name")


def test_other_systems_take_scapy(monkeypatch):
    assert portable  # imported while scapy still finds the system it runs on
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(CaptureError, match=r"cannot capture there|as administrator"):
        live.open_interface("much-too-long-a-name")
