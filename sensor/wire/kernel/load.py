"""Big-endian loads. The offset must have been checked against the captured length by the caller.

The index is unsigned, so that Numba leaves out its handling of negative indices and LLVM makes one load of the bytes.
"""

import numpy as np

from sensor.compiled import part

_1 = np.uint64(1)
_2 = np.uint64(2)
_3 = np.uint64(3)
_4 = np.uint64(4)
_8 = np.uint64(8)
_16 = np.uint64(16)
_24 = np.uint64(24)
_32 = np.uint64(32)


@part
def u8(data, at):
    return np.int64(data[np.uint64(at)])


@part
def be16(data, at):
    i = np.uint64(at)
    return np.int64(np.uint64(data[i]) << _8 | np.uint64(data[i + _1]))


@part
def _word(data, i):
    return (
        np.uint64(data[i]) << _24
        | np.uint64(data[i + _1]) << _16
        | np.uint64(data[i + _2]) << _8
        | np.uint64(data[i + _3])
    )


@part
def be32(data, at):
    return np.int64(_word(data, np.uint64(at)))


@part
def be32u(data, at):
    """The same as an unsigned word, for addresses."""
    return _word(data, np.uint64(at))


@part
def be48(data, at):
    i = np.uint64(at)
    return np.uint64(data[i]) << np.uint64(40) | np.uint64(data[i + _1]) << _32 | _word(data, i + _2)


@part
def be64(data, at):
    i = np.uint64(at)
    return _word(data, i) << _32 | _word(data, i + _4)


@part
def le16(data, at):
    i = np.uint64(at)
    return np.int64(np.uint64(data[i + _1]) << _8 | np.uint64(data[i]))


@part
def le32(data, at):
    i = np.uint64(at)
    return np.int64(
        np.uint64(data[i + _3]) << _24
        | np.uint64(data[i + _2]) << _16
        | np.uint64(data[i + _1]) << _8
        | np.uint64(data[i])
    )
