"""What the tests of captures share."""

import pytest

from sensor.capture import Path
from sensor.capture.files import open_capture


@pytest.fixture
def read(tmp_path):
    """Bytes → (rows as dicts with their frame, flaws)."""

    def run(content, name="x.pcap"):
        path = tmp_path / name
        path.write_bytes(content)
        source = open_capture(path)
        assert source.path is Path.KERNEL
        rows = []
        for frames in source.batches():
            for row in frames.table:
                first = int(row["offset"])
                whole = {field: int(row[field]) for field in row.dtype.names}
                rows.append(whole | {"frame": frames.data[first : first + whole["caplen"]].tobytes()})
        assert source.kernel_drops() == 0
        progress = source.progress()
        flaws = source.flaws()
        assert progress == 1.0 or flaws
        source.close()
        return rows, flaws

    return run
