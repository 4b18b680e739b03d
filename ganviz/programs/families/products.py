"""Products: (m, k) @ (k, n), plus a bias (m, n) where there is one; some go through a map at once.

Such a map is an activation (after the bias, where there is one), or a slope that goes backwards through one; then a
third input, (m, n), tells where that was on.
"""

from __future__ import annotations

from typing import Any

from ganviz.machine.products import scratch_of
from ganviz.programs.families.maps import MAPS, operands_of
from ganviz.programs.family import Array, Family, Kernel
from ganviz.programs.operands import counted, one_storage, shaped, written_once
from ganviz.programs.program import Instruction
from ganviz.programs.view import BYTES, Shape
from ganviz.programs.words import Memory, Words, bits

FUSED = {f"product_{after}": after for after in ("relu", "leaky", "threshold_slope", "leaky_slope")}
"""Products whose numbers go through a map at once, and which that is."""


def _product(a: Array, b: Array, bias: Array | None = None) -> Any:
    found = a @ b
    return found if bias is None else found + bias


def _fused(after: str) -> Kernel:
    """The product, and then the map."""
    inputs, numbers = operands_of(after)

    def kernel(a: Array, b: Array, *more: Any) -> Any:
        biases = len(more) - (inputs - 1) - numbers
        return MAPS[after](_product(a, b, *more[:biases]), *more[biases:])

    return kernel


def _counted(instruction: Instruction) -> str | None:
    after = FUSED.get(instruction.kernel)
    inputs, numbers = operands_of(after) if after else (1, 0)
    inputs += 1  # the product's two in place of its result
    has_bias = inputs == 2 and len(instruction.inputs) == 3
    return counted(1, inputs + has_bias, numbers)(instruction)


def _fits(out: Shape, a: Shape, b: Shape, *fourth: Shape) -> bool:
    return len(a) == len(b) == 2 and a[1] == b[0] and all(shape == out for shape in [(a[0], b[1]), *fourth])


def _work(instruction: Instruction) -> int:
    a, b, *_ = instruction.inputs
    return scratch_of(a.shape[0], b.shape[1], a.shape[1]) * BYTES[a.storage]


def _words(instruction: Instruction, memory: Memory) -> Words:
    """A fourth operand is the bias, or where a slope goes through an activation what that depends on."""
    (out,), (a, b, *more) = instruction.outputs, instruction.inputs
    m, k, n = *a.shape, b.shape[1]
    place, strides = (memory.at(*more), more[0].strides) if more else ([-1], (0, 0))
    numbers = map(bits, instruction.numbers)
    laid = (*out.strides, *a.strides, *b.strides, *strides)
    return [*memory.at(out, a, b), *place, memory.work, m, n, k, *laid, *numbers]


FAMILY = Family(
    kernels={"product": _product, **{kernel: _fused(after) for kernel, after in FUSED.items()}},
    checks=(_counted, shaped(_fits), one_storage(), written_once),
    steps=lambda instruction: instruction.outputs[0].size * max(1, instruction.inputs[0].shape[1]),
    work=_work,
    words=_words,
)
