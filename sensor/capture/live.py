"""An interface, whatever the system: the ring where there is one, scapy elsewhere. Called by `vigie watch`."""

import sys

from sensor.capture import Source


def open_interface(interface: str) -> Source:
    """A source that never ends by itself. Errors: CaptureError, which names the interface and the remedy."""
    if sys.platform == "linux":
        from sensor.capture.ring import RingSource  # noqa: PLC0415 - has what only Linux has

        return RingSource(interface)
    else:  # noqa: RET505 - mypy passes over the branch of another system only where it is one
        from sensor.capture.portable import PortableSource  # noqa: PLC0415 - loads scapy, which a ring does without

        return PortableSource(interface)
