"""Signs of health protocols in clear on a stream, for `sensor.wire.fingerprint`: each judges the first bytes of both sides.

DICOM   client A-ASSOCIATE-RQ 1 0 length(4) version(2, bit 0 set) 0 0 called(16) calling(16) …(32), then 0x10 0 length(2) and the
        application context 1.2.840.10008.3.1.1.1; server A-ASSOCIATE-AC 2 0 or -RJ 3 0        DICOM PS3.8, 9.3
HL7 v2  both sides 0x0B "MSH" separator; a message ends 0x1C 0x0D           HL7 v2.5.1, 2.5.4; MLLP release 1

Titles, patients and all else behind are never kept.
"""

from sensor.wire import Likeness
from sensor.wire.sides import best, both, starts

REQUEST, ACCEPT, REJECT = b"\x01\0", b"\x02\0", b"\x03\0"
CONTEXT_AT = 74
CONTEXT = b"1.2.840.10008.3.1.1.1"
MESSAGE = b"\x0bMSH"


def dicom(orig: bytes, resp: bytes) -> Likeness:
    return both(orig, resp, _request, lambda data: best(starts(data, word) for word in (ACCEPT, REJECT)))


def _request(data: bytes) -> Likeness:
    if starts(data, REQUEST) is Likeness.NO or (len(data) >= 10 and not (data[7] & 1 and data[8:10] == b"\0\0")):
        return Likeness.NO
    end = CONTEXT_AT + 4 + len(CONTEXT)
    if len(data) < end:
        return Likeness.MAYBE
    item = data[CONTEXT_AT:end]
    return Likeness.YES if item[:2] == b"\x10\0" and item[4:] == CONTEXT else Likeness.NO


def hl7(orig: bytes, resp: bytes) -> Likeness:
    return both(orig, resp, _message, _message)


def _message(data: bytes) -> Likeness:
    begins = starts(data[: len(MESSAGE)], MESSAGE)
    if begins is not Likeness.YES or len(data) < len(MESSAGE) + 1:
        return begins if begins is not Likeness.YES else Likeness.MAYBE
    separator = data[len(MESSAGE)]
    return Likeness.YES if 0x21 <= separator < 0x7F and not chr(separator).isalnum() else Likeness.NO
