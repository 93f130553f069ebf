import stat

import pytest

from sensor.store import keys
from sensor.store.errors import NeedsHuman


def test_a_key_is_named_by_what_it_is_and_only_its_owner_reads_it(tmp_path):
    name = keys.make(tmp_path / "keys")
    found = keys.load(tmp_path / "keys")
    assert list(found) == [name]
    assert keys.key_id(found[name]) == name
    assert stat.S_IMODE((tmp_path / "keys" / f"{name}.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_no_folder_is_no_key(tmp_path):
    assert keys.load(tmp_path / "keys") == {}


def test_a_key_put_under_the_name_of_another_is_refused(tmp_path):
    first, second = keys.make(tmp_path), keys.make(tmp_path)
    (tmp_path / f"{first}.key").write_bytes((tmp_path / f"{second}.key").read_bytes())
    with pytest.raises(NeedsHuman, match=first):
        keys.load(tmp_path)
