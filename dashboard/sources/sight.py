"""Whether the box sees, by the status that `watch` writes each second. Pure."""

from dashboard.sources import Coverage, Sight
from sensor.store.status import Status

LOST_AFTER = 15_000_000_000  # `watch` writes its status each second
SILENT_AFTER = 60_000_000_000  # a practice's network is never silent for a minute while a post is on


def sight(status: Status, now: int, lost_after: int = LOST_AFTER) -> Sight:
    if status.ended:
        return Sight.ENDED
    if now - status.written > lost_after:
        return Sight.LOST
    newest = status.last_packet or status.started
    return Sight.SILENT if status.written - newest > SILENT_AFTER else Sight.SEEING


def coverage(status: Status, now: int, lost_after: int = LOST_AFTER) -> Coverage:
    """`lost_after`: nanoseconds of silence of the status itself, after which the box is taken for lost."""
    return Coverage(
        sight=sight(status, now, lost_after),
        packets=status.packets,
        packets_per_second=status.packets_per_second,
        drops=status.drops,
        last_packet=status.last_packet,
        started=status.started,
        version=status.version,
        interface=status.interface,
    )
