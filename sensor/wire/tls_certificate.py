"""Who a server's certificate names, and who signed it: up to TLS 1.2 it crosses the wire in clear (RFC 5246, 7.4.2; RFC 5280).

    Certificate message: list<3> of certificate<3>, the server's own first

Certificates are made by anybody; whatever cannot be read is simply not told.
"""

import warnings
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

from sensor.wire import ParseError
from sensor.wire.cursor import Cursor
from sensor.wire.text import printable

LARGEST = 16_384  # bytes of DER worth parsing: real ones are below 4 KiB
NOBODY = "unknown"
UNREADABLE = (ValueError, TypeError, x509.DuplicateExtension, x509.InvalidVersion, x509.UnsupportedGeneralNameType)


@dataclass(frozen=True, slots=True)
class Names:
    """Common name or first DNS name of the holder; organisation or common name of the issuer."""

    subject: str | None = None
    issuer: str | None = None


def read_names(body: bytes) -> Names:
    """The body of a Certificate message; cut ones do, when the first certificate is whole."""
    cursor = Cursor(body)
    try:
        cursor.skip(3)
        size = cursor.u24()
        if size > LARGEST:
            return Names()
        der = cursor.take(size)
        with warnings.catch_warnings():  # of odd serial numbers and the like: not ours to mend
            warnings.simplefilter("ignore")
            certificate = x509.load_der_x509_certificate(der)
            return Names(_subject(certificate), _issuer(certificate))
    except (ParseError, *UNREADABLE):
        return Names()


def _subject(certificate: x509.Certificate) -> str | None:
    name = _attribute(certificate.subject, NameOID.COMMON_NAME)
    if name is None:
        try:
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            return None
        name = next(iter(names.get_values_for_type(x509.DNSName)), None)
    return _told(name)


def _issuer(certificate: x509.Certificate) -> str | None:
    """A program that makes its own authority often leaves its organisation "unknown" (MeshCentral)."""
    organisation, name = (
        _attribute(certificate.issuer, oid) for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
    )
    return _told(name if organisation is None or (name and organisation.lower() == NOBODY) else organisation)


def _attribute(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    found = name.get_attributes_for_oid(oid)
    value = found[0].value if found else None
    return value if isinstance(value, str) else None


def _told(name: str | None) -> str | None:
    return printable(name.encode("utf-8")) or None if name else None
