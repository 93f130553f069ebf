"""The keys of Encrypted Client Hello that DNS hands out: under which outer names they are used (RFC 9460; RFC 9848; RFC 9849, 4).

    data of HTTPS and SVCB: priority(2) target name, then parameters: key(2) value<2>; 5 is ech
    ech:     configs<2>     config: version(2) contents<2>; contents of 0xFE0D:
             id(1) kem(2) public key<2> suites<2> longest name(1) public name<1> extensions<2>

Browsers send the extension to every server, with a key or without (GREASE). Only who was given a key for a name hides one behind it.
"""

from sensor.wire import ParseError
from sensor.wire.cursor import Cursor
from sensor.wire.dns_names import skip_name
from sensor.wire.text import host_name

ECH_PARAMETER, VERSION = 5, 0xFE0D
MOST = 4  # configs of one record


def outer_names(data: bytes, at: int, stop: int) -> tuple[str, ...]:
    """Of the record whose data stands there; none if there is no key, or it is not as the format says."""
    try:
        cursor = Cursor(data, skip_name(data, at + 2), stop)
        while cursor.left:
            key, value = cursor.u16(), cursor.vector16()
            if key == ECH_PARAMETER:
                return _public_names(Cursor(value))
    except ParseError:
        pass
    return ()


def _public_names(configs: Cursor) -> tuple[str, ...]:
    configs.u16()
    names: dict[str, None] = {}
    while configs.left and len(names) < MOST:
        version, contents = configs.u16(), Cursor(configs.vector16())
        if version == VERSION:
            contents.skip(3)
            contents.vector16()
            contents.vector16()
            contents.skip(1)
            name = host_name(contents.vector8())
            if name:
                names[name] = None
    return tuple(names)
