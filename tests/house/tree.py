"""The files that belong to the project, for the tests of the house."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def files(under: str = ".", suffix: str = "") -> tuple[Path, ...]:
    """What git holds or would hold, below a folder of the project."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard", under],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = (ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if name)
    return tuple(path for path in found if path.name.endswith(suffix) and path.is_file())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
