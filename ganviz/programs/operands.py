"""Operands: checks of which views a kernel takes, for families to choose from.

The machine's kernels count on them, and look at nothing again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ganviz.programs.program import Instruction
from ganviz.programs.view import View

Check = Callable[[Instruction], str | None]
"""What is wrong with an instruction's operands, or None."""

SCATTERED = "numbers do not lie side by side that it takes to lie so"


def counted(outputs: int, inputs: int, numbers: int = 0) -> Check:
    """There are so many operands."""

    def check(instruction: Instruction) -> str | None:
        found = len(instruction.outputs), len(instruction.inputs), len(instruction.numbers)
        return None if found == (outputs, inputs, numbers) else "it has more or fewer operands than it takes"

    return check


def shaped(fits: Callable[..., bool]) -> Check:
    """The shapes go together, which are given one by one, the outputs' first."""

    def check(instruction: Instruction) -> str | None:
        together = fits(*(view.shape for view in instruction.views))
        return None if together else "the shapes of its operands do not go together"

    return check


def one_shape(dimensions: int) -> Check:
    """All operands have one shape, of so many dimensions."""
    return shaped(lambda out, *others: len(out) == dimensions and all(shape == out for shape in others))


def one_storage(places: int | None = None) -> Check:
    """All operands are stored alike; but the one of this number, outputs counted first, holds places, and those are
    float64 whatever is moved."""

    def check(instruction: Instruction) -> str | None:
        views = instruction.views
        stored = {view.storage for number, view in enumerate(views) if number != places}
        stores_places = places is None or views[places].storage == "float64"
        return None if stores_places and len(stored) == 1 else "its operands are stored in ways that do not go together"

    return check


def all_dense(instruction: Instruction) -> str | None:
    """The numbers of each operand lie side by side."""
    return _dense(instruction.views)


def outputs_dense(instruction: Instruction) -> str | None:
    """The numbers of each output lie side by side."""
    return _dense(instruction.outputs)


def written_once(instruction: Instruction) -> str | None:
    """No output has one place twice."""
    return "it writes to one place twice" if any(map(_overlaps_itself, instruction.outputs)) else None


def _dense(views: Sequence[View]) -> str | None:
    return None if all(view.is_dense for view in views) else SCATTERED


def _overlaps_itself(view: View) -> bool:
    """Whether two of its numbers may be one: unless each dimension steps beyond all of the smaller ones."""
    within = 0
    for step, n in sorted((abs(step), n) for step, n in zip(view.strides, view.shape, strict=True) if n > 1):
        if step <= within:
            return view.size > 0
        within += (n - 1) * step
    return False
