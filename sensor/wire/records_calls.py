"""What readers read of calls: one of the records of `sensor.wire.records`, under the same promises.

Zeek has no log of media; `--logs` writes these fields under its name.
"""

from typing import ClassVar

from sensor.frozen import frozen


@frozen
class Rtp:
    """Media of a call, both ways (`sensor.wire.rtp`). Payload types: None where that side only reports on what it hears."""

    service: ClassVar[str] = "rtp"
    orig_payload_type: int | None = None
    resp_payload_type: int | None = None
    relayed: bool = False  # through a TURN relay's channel
