from sensor.track import devices
from sensor.track.devices import Devices
from sensor.track.hostnames import Claim
from sensor.track.observation import Device


def test_a_device_carries_its_name_group_and_maker():
    made = Devices(
        lambda ip, mac, vlan: ("Accueil" if mac else None, "own"),
        lambda mac: "Acme" if mac.startswith("00:11:22") else None,
    )
    assert made.device("192.168.1.2", "00:11:22:33:44:55", None) == Device(
        "192.168.1.2", "00:11:22:33:44:55", "Accueil", "Acme", "own"
    )
    assert made.device("192.168.1.2", None, None) == Device("192.168.1.2", None)


def test_a_flood_of_devices_is_bounded_and_counted(monkeypatch):
    monkeypatch.setattr(devices, "CAP", 3)
    made = Devices(lambda ip, mac, vlan: (None, "own"))
    for i in range(10):
        made.device(f"192.168.1.{i}", None, None)
    assert len(made._cache) <= 3
    assert made.evicted == 9


def test_who_keeps_a_post_is_told_when_more_is_known_of_it():
    devices = Devices(lambda *_: (None, "own"), host_names=True)
    before = devices.version
    devices.device("192.168.1.20", "02:00:00:00:00:01", None)
    assert devices.version == before
    devices.claim(Claim("dhcp", "02:00:00:00:00:01", "192.168.1.20", "poste-1"), None)
    assert devices.version != before
    assert devices.device("192.168.1.20", "02:00:00:00:00:01", None).host_name == "poste-1"
