"""The whole morning: who does what when, in seconds of a film that lasts a little under a minute."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sensor.demo import mail, messaging, office, remote, upload
from sensor.demo.film import SECOND, Film

START = 1_767_598_200 * SECOND  # Monday 5 January 2026, 08:30 in Paris: where a saved film's clock begins


class Scene(NamedTuple):
    """What begins at `second`."""

    second: float
    shoot: Callable[[Film, int], None]


SCENES = (
    Scene(2, mail.report_in_clear),
    Scene(6, mail.letter_by_mssante),
    Scene(8, messaging.conversation),
    Scene(12, messaging.photograph),
    Scene(15, remote.session),
    Scene(20, upload.to_a_transfer_site),
    Scene(30, upload.backup_to_an_hds_host),
    Scene(35, office.prescription),
)


def morning(seed: int = 1) -> Film:
    """The film, ready to be developed."""
    film = Film(seed)
    for scene in SCENES:
        scene.shoot(film, int(scene.second * SECOND))
    office.background(film, 55 * SECOND)
    return film


def write_morning(path: Path, *, seed: int = 1, start: int = START) -> None:
    """The capture file; its clock begins at `start`, in ns since the epoch."""
    morning(seed).write(path, start)
