"""What `sensor.wire.mime` tells of a mail: its shape, never its words. Read by whoever fed it."""

from dataclasses import dataclass

from sensor.wire.records import Attachment


@dataclass(frozen=True, slots=True)
class Mail:
    """What may be told of a mail. `size` in bytes as fed; `complete`: no byte is missing and its end was seen."""

    attachments: tuple[Attachment, ...]
    inline_images: int
    protection: str | None
    size: int
    complete: bool
    from_domain: str | None
    to_domains: tuple[str, ...]
    legible: bool  # some attachment begins like a file that anybody can open
    open_end: bool = False  # only its header came, or a multipart was not closed: of attachments nothing is said
