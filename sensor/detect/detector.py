"""Observations to alerts: the one door of `sensor.detect`, called by the chain for each observation.

Signatures are settled; the inside follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sensor.detect.alert import Alert
from sensor.detect.policy import Policy
from sensor.track.observation import Observation


@dataclass(frozen=True, slots=True)
class Figures:
    """What `--stats` tells of detection. `evictions` by table; `done_right` by practice: "mssante", "hds"."""

    evictions: dict[str, int] = field(default_factory=dict)
    done_right: dict[str, int] = field(default_factory=dict)
    alerts: int = 0


class Detector:
    """Rules, lists and policy at work. `known`: alerts of an earlier run, which go on under their id."""

    def __init__(self, rules: object, lists: object, policy: Policy, *, known: Iterable[Alert] = ()) -> None:
        raise NotImplementedError

    def observe(self, o: Observation) -> list[Alert]:
        """Each new or grown alert, as it is now."""
        raise NotImplementedError

    def tick(self, now: int) -> list[Alert]:
        """Time goes on (nanoseconds since the epoch): sums leave their windows. At least once a minute is enough."""
        raise NotImplementedError

    def figures(self) -> Figures:
        raise NotImplementedError
