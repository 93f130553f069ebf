"""Disks for the trials, each a file: an ext4 that lies on an XFS, so that a copy of it is made in one instant. Needs root."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_XFS_SIZE, _EXT4_SIZE = "400M", "48M"


def run(*words: str | Path) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def unmount(mount: Path) -> None:
    """Whoever looks at a disk for a moment (a file manager, another namespace being made) keeps it busy for as long."""
    for _ in range(100):
        if subprocess.run(["umount", mount], check=False, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    run("umount", mount)


@contextmanager
def mounted(image: Path, mount: Path, options: str = "noatime") -> Iterator[str]:
    """The image mounted; the name of its loop device."""
    mount.mkdir(exist_ok=True)
    loop = run("losetup", "--find", "--show", image)
    try:
        run("mount", "-o", options, loop, mount)
        try:
            yield Path(loop).name
        finally:
            unmount(mount)
    finally:
        run("losetup", "--detach", loop)


@contextmanager
def xfs(folder: Path) -> Iterator[Path]:
    """A folder whose files can be copied in an instant."""
    image = folder / "xfs.img"
    run("truncate", "-s", _XFS_SIZE, image)
    run("mkfs.xfs", "-q", image)
    with mounted(image, folder / "xfs"):
        yield folder / "xfs"


@contextmanager
def ext4(folder: Path, options: str = "noatime,errors=remount-ro") -> Iterator[tuple[Path, Path, str]]:
    """(the image, where it is mounted, the name of its loop device)."""
    image = folder / "card.img"
    run("truncate", "-s", _EXT4_SIZE, image)
    run("mkfs.ext4", "-q", "-F", image)
    try:
        with mounted(image, folder / "card", options) as loop:
            yield image, folder / "card", loop
    finally:
        image.unlink()


def copied_in_an_instant(image: Path) -> Path:
    """What a power cut would leave: all that had reached the disk, and nothing else."""
    copy = image.with_name("cut.img")
    run("cp", "--reflink=always", image, copy)
    return copy


@contextmanager
def small(folder: Path, size: str) -> Iterator[Path]:
    """A disk of a few megabytes, in memory."""
    mount = folder / "small"
    mount.mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", mount)
    try:
        yield mount
    finally:
        unmount(mount)
        shutil.rmtree(mount)
