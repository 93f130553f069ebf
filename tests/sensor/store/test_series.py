from dataclasses import replace

from sensor.store.series import BATCH_KEYS, Batch, SeriesRow

ROW = SeriesRow(100, "192.168.1.20", None, "ssl", 10, 20, 1, 2, 1)


def test_increments_of_one_key_add_up():
    batch = Batch()
    batch.add([ROW, replace(ROW, bytes_out=5, flows=0, device_mac="aa:bb:cc:dd:ee:ff"), ROW])
    assert batch.rows() == [(100, "192.168.1.20", "ssl", "", "aa:bb:cc:dd:ee:ff", 25, 60, 3, 6, 2)]


def test_minute_device_service_and_destination_keep_rows_apart():
    batch = Batch()
    other = [
        replace(ROW, minute=101),
        replace(ROW, device_ip="x"),
        replace(ROW, service="dns"),
        replace(ROW, destination="hds"),
    ]
    batch.add([ROW, *other])
    assert len(batch) == 5


def test_a_flood_of_keys_asks_to_be_written():
    batch = Batch()
    batch.add(replace(ROW, device_ip=str(n)) for n in range(BATCH_KEYS - 1))
    assert not batch.full
    batch.add([ROW])
    assert batch.full
    batch.clear()
    assert len(batch) == 0
