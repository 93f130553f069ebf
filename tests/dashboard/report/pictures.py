"""Pages as small grey pictures, and how far two of them are apart: what the report looked like when somebody looked at it.

A golden picture is a sheet of all pages side by side, 16 greys, as PNG. `python -m tests.dashboard.report.pictures` makes
them anew (look at them before they are committed); `--large FOLDER` makes them large enough to be read.
"""

import argparse
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

GOLDENS = Path(__file__).with_name("goldens")
DOTS = 32  # per inch: a line of text is a grey stripe of five rows
BLOCK = 4
ROW = 6  # pages in a row of the sheet
Picture = NDArray[np.uint8]


def pages(pdf: bytes, dots: int = DOTS) -> list[Picture]:
    """By poppler, in grey."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        done = subprocess.run(["pdftoppm", "-gray", "-r", str(dots), file.name], capture_output=True, check=True)
    found, rest = [], done.stdout
    while rest:
        kind, size, most, rest = rest.split(b"\n", 3)
        width, height = map(int, size.split())
        assert (kind, most) == (b"P5", b"255")
        found.append(np.frombuffer(rest[: width * height], np.uint8).reshape(height, width))
        rest = rest[width * height :]
    return found


def sheet(found: list[Picture]) -> Picture:
    """All pages, six in a row, in 16 greys."""
    height, width = found[0].shape
    rows, columns = -(-len(found) // ROW), min(len(found), ROW)
    whole = np.full((rows * height, columns * (width + 1)), 0x77, np.uint8)
    for number, page in enumerate(found):
        top, left = number // ROW * height, number % ROW * (width + 1)
        whole[top : top + height, left : left + width] = page
    return whole // 17 * 17


def png(picture: Picture) -> bytes:
    """Four bits a pixel (https://www.w3.org/TR/png-3/)."""
    height, width = picture.shape
    greys = np.pad(picture // 17, ((0, 0), (0, width % 2)))
    lines = np.concatenate([np.zeros((height, 1), np.uint8), greys[:, ::2] << 4 | greys[:, 1::2]], axis=1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def unpng(data: bytes) -> Picture:
    """What `png` wrote."""
    width, height = struct.unpack(">II", data[16:24])
    (length,) = struct.unpack(">I", data[33:37])
    lines = np.frombuffer(zlib.decompress(data[41 : 41 + length]), np.uint8).reshape(height, -1)[:, 1:]
    greys = np.stack([lines >> 4, lines & 15], axis=2).reshape(height, -1)[:, :width]
    return (greys * 17).astype(np.uint8)


def apart(one: Picture, other: Picture) -> float:
    """The greatest difference of two blocks of four by four pixels, 0 to 255; 255 if the sheets have other sizes.

    Another release of poppler smooths edges otherwise, which blocks even out; a line that moved by its own height does not.
    """
    if one.shape != other.shape:
        return 255.0
    height, width = (size - size % BLOCK for size in one.shape)

    def blocks(picture: Picture) -> NDArray[np.float64]:
        cut = picture[:height, :width].astype(np.float64)
        return cut.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).mean(axis=(1, 3))

    return float(np.abs(blocks(one) - blocks(other)).max())


def main() -> None:
    from dashboard.report.files import pdf
    from tests.dashboard.report.months import months, report

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--large", type=Path)
    arguments.add_argument("--only", nargs="*")
    asked = arguments.parse_args()
    folder, dots = (asked.large, 72) if asked.large else (GOLDENS, DOTS)
    folder.mkdir(exist_ok=True)
    for name, facts in months().items():
        for lang in ("fr", "en"):
            if not asked.only or f"{name}-{lang}" in asked.only:
                picture = png(sheet(pages(pdf(report(facts, lang)), dots)))
                (folder / f"{name}-{lang}.png").write_bytes(picture)
                print(f"{name}-{lang}: {len(picture)} bytes")


if __name__ == "__main__":
    main()
