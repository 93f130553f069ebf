"""What a leaf of a MIME message is to a person: words, decoration or an attachment. Called by `mime_part` and `mime`.

An attachment is what a mail program shows as a file: it has a name or is marked as one, or its type is no text. Not attachments:

    made by a program     signatures (RFC 1847: in multipart/signed also by its name), delivery and read reports
                          (RFC 3464, 8098, 5965), the resource fork of multipart/appledouble (RFC 1740), external-body (RFC 2046
                          5.2.3: what it names was not sent)
    another form of it    text, RTF and calendar parts directly inside multipart/alternative, named or not, unless they say `attachment`
    decoration            an image with a Content-ID inside multipart/related below `DECORATION` bytes
    shown in its place    a mail within a mail without name and not marked as an attachment: its own parts decide
"""

from dataclasses import dataclass
from enum import Enum

from sensor.wire.mime_fields import PartHeader

DECORATION = 64 * 1024
"""An image with a Content-ID inside multipart/related below this many bytes belongs to the page, not to the post."""

MESSAGES = frozenset({"message/rfc822", "message/global"})
"""A mail within a mail (RFC 2046 5.2.1, RFC 6532)."""

_PROGRAMS_OWN = frozenset(
    {
        "application/pgp-signature",
        "application/pgp-encrypted",
        "application/pgp-keys",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "message/delivery-status",
        "message/disposition-notification",
        "message/external-body",
        "message/feedback-report",
        "message/global-delivery-status",
        "message/global-disposition-notification",
        "message/global-headers",
        "message/tracking-status",
        "text/rfc822-headers",
    }
)
_SIGNATURE_NAMES = frozenset({"asc", "p7s", "pgp", "sig"})
_FILES_OF_TEXT = frozenset(
    {"text/csv", "text/directory", "text/rtf", "text/tab-separated-values", "text/vcard", "text/x-vcard", "text/xml"}
)
"""Text that no mail program shows as the words of a mail."""


class Kind(Enum):
    """What a leaf is to a person."""

    TEXT = "text"  # the words of the mail, or what its program adds
    DECORATION = "decoration"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a leaf stands. `within`: subtype of the multipart that it is directly in; empty if the mail is the leaf."""

    related: bool = False  # somewhere inside multipart/related
    encrypted: bool = False  # inside multipart/encrypted
    within: str = ""


def kind_of(header: PartHeader, place: Place, size: int) -> Kind:
    """`size` in decoded bytes, those that are missing too."""
    family = header.mime_type.split("/", 1)[0]
    marked = header.disposition == "attachment"
    if header.mime_type in _PROGRAMS_OWN or _is_signature(header, place) or _is_resource_fork(header, place):
        return Kind.TEXT
    if family == "image" and header.content_id and place.related and size < DECORATION:
        return Kind.DECORATION
    if place.within == "alternative" and not marked and (family == "text" or header.mime_type == "application/rtf"):
        return Kind.TEXT
    if header.named or marked or header.mime_type in MESSAGES:
        return Kind.ATTACHMENT
    if header.mime_type in _FILES_OF_TEXT and place.within and not header.form:
        return Kind.ATTACHMENT
    if header.form or family in ("text", "message", "multipart"):
        return Kind.TEXT
    return Kind.ATTACHMENT


def is_wrapper(header: PartHeader, place: Place, *, whole: bool) -> bool:
    """Is this a mail that is read through, because it stands for its words? `whole`: it is all that the outer mail holds.

    So are the first piece of a mail sent in pieces (RFC 2046 5.2.2), what a bounce returns and the mails of a digest.
    """
    if header.mime_type == "message/partial":
        return True
    if header.mime_type not in MESSAGES or header.encoding in ("base64", "quoted-printable"):
        return False
    if whole or place.within in ("report", "digest"):
        return True
    return not header.named and header.disposition != "attachment"


def _is_signature(header: PartHeader, place: Place) -> bool:
    return (
        place.within == "signed"
        and header.extension in _SIGNATURE_NAMES
        and header.mime_type.startswith("application/")
    )


def _is_resource_fork(header: PartHeader, place: Place) -> bool:
    return place.within == "appledouble" and header.mime_type == "application/applefile"
