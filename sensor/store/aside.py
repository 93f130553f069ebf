"""Files that lie beside a store: copies made before a migration, and damaged ones that were set aside. Called by upkeep, shown by `vigie verify`.

  vigie.db.before-N   as it was before migration N      kept `BEFORE_DAYS`: a step back is decided within a month
  vigie.db.damaged-…  what could not be read any more   kept as long as alerts, which is what they hold

Each leaves in a whole with retention, told by an erasure entry of the journal.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sensor.store.retention import Limits

BEFORE_DAYS = 30
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Aside:
    """`made`: seconds since the epoch, when it was written last."""

    path: Path
    size: int
    made: int

    @property
    def before(self) -> bool:
        """Whether it is a copy made before a migration; else it was damaged."""
        return ".before-" in self.path.name


def aside(database: Path) -> Iterator[Aside]:
    """Those of one store, in order of their names."""
    for kind in ("before", "damaged"):
        for path in sorted(database.parent.glob(f"{database.name}.{kind}-*")):
            with suppress(OSError):
                found = path.stat()
                yield Aside(path, found.st_size, int(found.st_mtime))


def lapsed(database: Path, limits: Limits, now: int) -> list[Aside]:
    """Those that were kept long enough. `now`: nanoseconds since the epoch."""
    oldest = now // 1_000_000_000 - BEFORE_DAYS * _DAY
    return [one for one in aside(database) if one.made < (oldest if one.before else limits.alerts * 60)]
