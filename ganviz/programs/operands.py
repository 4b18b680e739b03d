"""Operands: which views each kernel takes. The machine's kernels count on it, and look at nothing again."""

from __future__ import annotations

from collections.abc import Sequence

from ganviz.programs.builder import MOST_DIMENSIONS
from ganviz.programs.kernels import DRAWS, FUSED, MAPS, REDUCTIONS, operands_of
from ganviz.programs.program import Instruction
from ganviz.programs.view import Shape, View

OTHERS = {
    "move": (1, 1),
    "product": (1, 2),
    "gather": (1, 2),
    "scatter": (1, 2),
    "scatter_add": (1, 2),
    "sort": (2, 1),
    "count_below": (1, 2),
    "count_up_to": (1, 2),
    "running_sum": (1, 1),
}
"""How many views these kernels write to, and how many they read; a product may have a bias besides."""

RANGED = ("draw_integers", "draw_rows")
"""Draws whose second number is a range."""

MOST_DRAWN = 1 << 31
"""The largest number of a draw, and the largest range."""

PLACES = {"gather": 2, "scatter": 1, "scatter_add": 1, "sort": 1}
"""Which operand holds places, outputs counted first. Those are float64 whatever is moved."""

SEARCHES = ("count_below", "count_up_to")

DENSE = ("scatter", "scatter_add", "sort", "running_sum", *SEARCHES, *REDUCTIONS)
"""Kernels whose operands all lie side by side."""

COSTS = {"remainder_by": 4096, "sort": 64, **dict.fromkeys(SEARCHES, 32)}
"""Steps that these kernels may take for a number, where others take about one."""


def objection(instruction: Instruction) -> str | None:
    """Why a kernel does not take these operands, or None. That each view lies in its block is known already."""
    kernel, views = instruction.kernel, instruction.views
    if not any(kernel in kernels for kernels in (MAPS, REDUCTIONS, OTHERS, DRAWS, FUSED)):
        return "there is no such kernel"
    if kernel in DRAWS:
        return _objection_to_draw(instruction)
    if not _is_counted(instruction):
        return "it has more or fewer operands than it takes"
    if not _goes_together(kernel, [view.shape for view in views]):
        return "the shapes of its operands do not go together"
    places = PLACES.get(kernel)
    stored = {view.storage for number, view in enumerate(views) if number != places}
    stores_places = places is None or views[places].storage == "float64"
    if not stores_places or (len(stored) > 1 and kernel != "move"):
        return "its operands are stored in ways that do not go together"
    dense = views if kernel in DENSE else instruction.outputs if kernel in MAPS or kernel == "gather" else ()
    if not all(view.is_dense for view in dense):
        return "numbers do not lie side by side that it takes to lie so"
    if kernel in MAPS and not all(view.strides[-1] in (0, 1) for view in instruction.inputs):
        return "it reads rows whose numbers lie apart"
    if any(map(_overlaps_itself, instruction.outputs)):
        return "it writes to one place twice"
    return None


def steps_of(instruction: Instruction) -> int:
    """About how long it takes, in steps of the innermost loop."""
    if instruction.kernel.startswith("product"):
        return instruction.outputs[0].size * max(1, instruction.inputs[0].shape[1])
    return max(view.size for view in instruction.views) * COSTS.get(instruction.kernel, 1)


def _is_counted(instruction: Instruction) -> bool:
    kernel = instruction.kernel
    if kernel in FUSED:
        inputs, numbers = operands_of(FUSED[kernel])
        inputs += 1  # the product's two in place of its result
    else:
        inputs, numbers = operands_of(kernel) if kernel in MAPS else (OTHERS.get(kernel, (1, 1))[1], 0)
    may_have_bias = kernel == "product" or (kernel in FUSED and inputs == 2)
    has_bias = may_have_bias and len(instruction.inputs) == 3
    counted = len(instruction.outputs), len(instruction.inputs) - has_bias, len(instruction.numbers)
    return counted == (OTHERS.get(kernel, (1, 1))[0], inputs, numbers)


def _objection_to_draw(instruction: Instruction) -> str | None:
    """The same for random numbers: of a key (2,) and an update (), with the draw's number and for some a range."""
    if len(instruction.outputs) != 1 or [view.shape for view in instruction.inputs] != [(2,), ()]:
        return "it has other operands than a key and an update"
    if not all(view.is_dense and view.storage == "float64" for view in instruction.inputs):
        return "its key or its update is no float64"
    numbers, ranged = instruction.numbers, instruction.kernel in RANGED
    if len(numbers) != 1 + ranged or not all(i <= n <= MOST_DRAWN and n == int(n) for i, n in enumerate(numbers)):
        return "its numbers are not those of a draw"
    if not instruction.outputs[0].is_dense or instruction.outputs[0].size > MOST_DRAWN:
        return "numbers do not lie side by side that it takes to lie so"
    whole = instruction.kernel in (*RANGED, "draw_order")
    return "whole numbers are float64" if whole and instruction.outputs[0].storage != "float64" else None


def _goes_together(kernel: str, shapes: Sequence[Shape]) -> bool:
    out, first, *others = shapes
    if kernel in REDUCTIONS:
        return len(first) == 3 and out == (first[0], first[2])
    if kernel.startswith("product"):
        return (
            len(first) == len(others[0]) == 2
            and first[1] == others[0][0]
            and all(shape == out for shape in [(first[0], others[0][1]), *others[1:]])
        )
    if kernel == "gather":
        (places,) = others
        reads = len(first) == 2 and len(places) == 1 and out == (places[0], first[1])
        return reads and (first[0] > 0 or places[0] == 0)
    if kernel == "scatter_add":
        return len(out) == 2 and len(first) == 1 and others == [(first[0], out[1])] and (out[0] > 0 or first[0] == 0)
    if kernel in SEARCHES:
        return len(first) == len(out) == 1 and others == [out]
    if kernel == "move":
        return len(out) <= MOST_DIMENSIONS and first == out
    return len(out) == (2 if kernel in MAPS else 3) and len(set(shapes)) == 1


def _overlaps_itself(view: View) -> bool:
    """Whether two of its numbers may be one: unless each dimension steps beyond all of the smaller ones."""
    within = 0
    for step, n in sorted((abs(step), n) for step, n in zip(view.strides, view.shape, strict=True) if n > 1):
        if step <= within:
            return view.size > 0
        within += (n - 1) * step
    return False
