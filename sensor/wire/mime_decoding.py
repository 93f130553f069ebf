"""A body's content transfer encoding undone while it passes (RFC 2045 6). Used for the containers that are opened: `mime_tnef`, `mime_signed`."""

import binascii


class Decoder:
    """`decode` pieces in order. Bounded: three letters are held."""

    __slots__ = ("_encoding", "_letters")

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._letters = b""  # of base64, not yet four

    def decode(self, text: bytes) -> bytes:
        """Lines of the body, or of base64 any piece. Errors: binascii.Error."""
        if self._encoding == "quoted-printable":
            return binascii.a2b_qp(text)
        if self._encoding != "base64":
            return text
        letters = self._letters + text.translate(None, b"\r\n\t ")
        whole = len(letters) & ~3
        self._letters = letters[whole:]
        return binascii.a2b_base64(letters[:whole])
