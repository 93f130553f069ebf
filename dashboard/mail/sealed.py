"""S/MIME encryption of a message to the recipient's certificate (RFC 8551, enveloped-data), by `cryptography`'s PKCS#7.

AES-256-CBC with a key of its own for each message, that key encrypted to the certificate's RSA key. The subject travels inside:
outside stands a neutral one. A certificate that is there and cannot be used stops the mails: they never leave unencrypted instead.
"""

from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options


def certificate(path: Path) -> x509.Certificate:
    """The certificate in a file, PEM or DER. Errors: ValueError with a sentence."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or 'cannot be read'}") from None
    try:
        found = (
            x509.load_pem_x509_certificate(content)
            if b"-----BEGIN" in content
            else x509.load_der_x509_certificate(content)
        )
        key = found.public_key()
    except ValueError:
        raise ValueError(f"{path}: this is not a certificate") from None
    if not isinstance(key, RSAPublicKey):
        raise ValueError(f"{path}: S/MIME encryption needs a certificate with an RSA key")  # noqa: TRY004 - the value is wrong
    return found


def sealed(mail: EmailMessage, inner: bytes, to: x509.Certificate) -> None:
    """Makes `inner`, a whole MIME entity, the encrypted content of `mail`."""
    builder = PKCS7EnvelopeBuilder().set_data(inner).add_recipient(to).set_content_encryption_algorithm(AES256)
    content = builder.encrypt(Encoding.DER, [PKCS7Options.Binary])
    mail.set_content(
        content, maintype="application", subtype="pkcs7-mime", filename="smime.p7m", disposition="attachment"
    )
    mail.set_param("smime-type", "enveloped-data")
