"""A hint to the processor that a place in memory will be read soon.

The walk from record to record of a capture file waits for memory at each step, because each length is known only when it
was read. What the packet loop will read behind the record's header can be on its way meanwhile: measured, a quarter of the
time per packet. LLVM's `prefetch` never faults, so the place may lie beyond the buffer.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LINE = 64
"""Bytes of a cache line of the processors Vigie runs on."""


@intrinsic
def prefetch(_context: Any, data: Any, at: Any) -> Any:  # noqa: ARG001 # the signature is numba's
    """`prefetch(data, at)` in compiled code: the line that holds byte `at` of the array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        word = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, word, word, word])
        hint = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kind)
        builder.call(hint, [place, word(0), word(3), word(1)])  # to read, to keep, data
        return context.get_dummy_value()

    return types.void(data, types.intp), generate
