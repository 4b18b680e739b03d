"""Family: kernels whose operands are alike, and all that there is to say of them.

Each is a file of `ganviz.programs.families`. What its kernels compute is said there in NumPy: the meaning of a program,
with which the machine's C is compared. Where NumPy leaves something open, or means something else, torch's answer is
spelt out: NaN, −0, remainders. Sums have a stated order. Only products and the elementary functions may differ from the
machine's in the last bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from ganviz.programs.operands import Check
from ganviz.programs.program import Instruction
from ganviz.programs.words import SUFFIX, Memory, Words

Array = NDArray[Any]
Numbers = tuple[float, ...]

Kernel = Callable[..., Any]
"""What a kernel computes, in NumPy; what it is called with is up to `Family.call`."""


def result(kernel: Kernel, outputs: list[Array], inputs: list[Array], numbers: Numbers) -> None:
    """Call a kernel that takes the inputs and the numbers, and returns the output."""
    outputs[0][...] = kernel(*inputs, *map(outputs[0].dtype.type, numbers))


def written(kernel: Kernel, outputs: list[Array], inputs: list[Array], numbers: Numbers) -> None:
    """Call a kernel that takes the outputs and the inputs, and writes to the outputs."""
    kernel(*outputs, *inputs)


def one_a_number(instruction: Instruction) -> int:
    """As many steps as the largest operand has numbers."""
    return max(view.size for view in instruction.views)


def nothing(instruction: Instruction) -> int:
    """No working memory."""
    return 0


def by_output(instruction: Instruction) -> str:
    """The kernel's name with the storage of what comes out: ``"add_f32"``."""
    return f"{instruction.kernel}_{SUFFIX[instruction.outputs[0].storage]}"


@dataclass(frozen=True, kw_only=True)
class Family:
    """Kernels whose operands are alike."""

    kernels: Mapping[str, Kernel]
    """What each computes, by its name."""
    call: Callable[[Kernel, list[Array], list[Array], Numbers], None] = result
    """Computes an instruction's outputs from its inputs and its numbers, by what its kernel computes."""
    checks: tuple[Check, ...]
    """What is asked of the operands, in order; each check may count on those before it."""
    steps: Callable[[Instruction], int] = one_a_number
    """About how long an instruction takes, in steps of the innermost loop."""
    is_elementwise: bool = False
    """Whether each number is read and then written, so that an output may lie where an input lies."""
    machine_name: Callable[[Instruction], str] = by_output
    """What the machine calls the kernel, which it has once for each storage."""
    work: Callable[[Instruction], int] = nothing
    """How much working memory an instruction needs, in bytes."""
    words: Callable[[Instruction, Memory], Words]
    """An instruction's arguments, as the machine's kernels read them."""

    def run(self, kernel: str, outputs: list[Array], inputs: list[Array], numbers: Numbers) -> None:
        """Compute one instruction."""
        self.call(self.kernels[kernel], outputs, inputs, numbers)

    def objection(self, instruction: Instruction) -> str | None:
        """Why the kernel does not take these operands, or None. That each view lies in its block is known already."""
        return next((reason for check in self.checks if (reason := check(instruction))), None)
