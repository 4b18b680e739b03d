"""Validation: each way in which a program can be wrong, by one small program that is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ganviz.programs import validation
from ganviz.programs.program import Block, Instruction, Program
from ganviz.programs.validation import Malformed, check
from ganviz.programs.view import Shape, Storage, View, dense_strides


class Small:
    """A program of one instruction. Each operand has a block of its own, of 64 numbers, and is said by its shape, or by
    that with its strides, its storage and its offset."""

    def __init__(self, kernel: str, outputs: list[Any], inputs: list[Any], *numbers: float) -> None:
        self.kernel, self.numbers = kernel, numbers
        self.outputs, self.inputs = outputs, inputs

    def program(self) -> Program:
        wanted = [(each,) if isinstance(each[0], int) else each for each in (*self.outputs, *self.inputs)]
        views = [view(i, *each) for i, each in enumerate(wanted)]
        blocks = tuple(Block(each.storage, 64, 512 * i) for i, each in enumerate(views))
        split = len(self.outputs)
        return Program(
            (Instruction(self.kernel, tuple(views[:split]), tuple(views[split:]), self.numbers),),
            blocks,
            (),
            tuple((f"in {i}", View(i, blocks[i].storage, 0, (64,), (1,))) for i in range(split, len(views))),
            tuple((f"out {i}", View(i, blocks[i].storage, 0, (64,), (1,))) for i in range(split)),
            512 * len(blocks),
        )


def view(block: int, shape: Shape, strides: Shape | None = None, storage: Storage = "float32", offset: int = 0) -> View:
    return View(block, storage, offset, shape, dense_strides(shape) if strides is None else strides)


S, CUBE, DOUBLE = (2, 3), (2, 3, 4), "float64"
AT = (CUBE, None, DOUBLE)

RIGHT = {
    "map": Small("add", [S], [S, (S, (0, 1))]),
    "map with a number": Small("scale", [S], [(S, (-3, 0), "float32", 3)], 2.0),
    "map of three": Small("where", [S], [S, S, (S, (1, 0))]),
    "reduction": Small("sum", [(2, 4)], [CUBE]),
    "reduction of nothing": Small("sum", [(2, 4)], [((2, 0, 4),)]),
    "move": Small("move", [((3, 2), (1, 3))], [((3, 2), (0, -1), DOUBLE, 1)]),
    "product": Small("product", [(2, 4)], [(2, 3), ((3, 4), (1, 3)), ((2, 4), (0, 1))]),
    "gather": Small("gather", [(5, 3)], [((4, 3), (1, 4)), ((5,), (2,), DOUBLE)]),
    "scatter": Small("scatter", [CUBE], [AT, CUBE]),
    "sort": Small("sort", [CUBE, AT], [CUBE]),
    "running sum": Small("running_sum", [CUBE], [CUBE]),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_each_kernel_takes_is_let_pass(name):
    check(RIGHT[name].program())


OPERANDS = {
    "unknown": ("no such kernel", Small("format the disk", [S], [S])),
    "too few inputs": ("more or fewer", Small("add", [S], [S])),
    "a number for an input": ("more or fewer", Small("add", [S], [S], 1.0)),
    "an input for a number": ("more or fewer", Small("scale", [S], [S, S])),
    "too many numbers": ("more or fewer", Small("scale", [S], [S], 1.0, 2.0)),
    "a number of a reduction": ("more or fewer", Small("sum", [(2, 4)], [CUBE], 1.0)),
    "no outputs": ("more or fewer", Small("add", [], [S, S])),
    "two outputs": ("more or fewer", Small("move", [S, S], [S])),
    "one output of a sort": ("more or fewer", Small("sort", [CUBE], [CUBE])),
    "two biases": ("more or fewer", Small("product", [(2, 2)], [(2, 2), (2, 2), (2, 2), (2, 2)])),
    "shapes of a map": ("shapes", Small("add", [S], [S, (3, 2)])),
    "a map of a cube": ("shapes", Small("abs", [CUBE], [CUBE])),
    "shapes of a reduction": ("shapes", Small("sum", [(2, 3)], [CUBE])),
    "shapes of a product": ("shapes", Small("product", [(2, 4)], [(2, 3), (4, 4)])),
    "shape of a bias": ("shapes", Small("product", [(2, 4)], [(2, 3), (3, 4), (1, 4)])),
    "shapes of a move": ("shapes", Small("move", [S], [(3, 2)])),
    "a move along five": ("shapes", Small("move", [(1, 1, 1, 1, 2)], [(1, 1, 1, 1, 2)])),
    "shapes of a gather": ("shapes", Small("gather", [(5, 3)], [(4, 2), ((5,), None, DOUBLE)])),
    "an empty table": ("shapes", Small("gather", [(5, 3)], [(0, 3), ((5,), None, DOUBLE)])),
    "shapes of a scatter": ("shapes", Small("scatter", [CUBE], [((2, 1, 4), None, DOUBLE), CUBE])),
    "a flat sort": ("shapes", Small("sort", [(3,), ((3,), None, DOUBLE)], [(3,)])),
    "storages of a map": ("stored", Small("add", [S], [S, (S, None, DOUBLE)])),
    "storages of a reduction": ("stored", Small("sum", [((2, 4), None, DOUBLE)], [CUBE])),
    "storages of a product": ("stored", Small("product", [(2, 2)], [(2, 2), ((2, 2), None, DOUBLE)])),
    "places that are floats": ("stored", Small("gather", [(5, 3)], [(4, 3), (5,)])),
    "a table of doubles": ("stored", Small("gather", [(5, 3)], [((4, 3), None, DOUBLE), ((5,), None, DOUBLE)])),
    "places of a scatter": ("stored", Small("scatter", [CUBE], [CUBE, CUBE])),
    "places of a sort": ("stored", Small("sort", [CUBE, CUBE], [CUBE])),
    "storages of a running sum": ("stored", Small("running_sum", [AT], [CUBE])),
    "a scattered map": ("side by side", Small("abs", [((3, 2), (1, 3))], [(3, 2)])),
    "a scattered reduction": ("side by side", Small("sum", [(2, 4)], [(CUBE, (12, 1, 3))])),
    "a scattered gather": ("side by side", Small("gather", [((5, 3), (1, 5))], [(4, 3), ((5,), None, DOUBLE)])),
    "a scattered scatter": ("side by side", Small("scatter", [CUBE], [AT, (CUBE, (0, 0, 0))])),
    "a scattered sort": ("side by side", Small("sort", [(CUBE, (12, 1, 3)), AT], [CUBE])),
    "a scattered running sum": ("side by side", Small("running_sum", [CUBE], [(CUBE, (12, 1, 3))])),
    "columns two apart": ("lie apart", Small("abs", [S], [(S, (6, 2))])),
    "columns backwards": ("lie apart", Small("abs", [S], [(S, (3, -1), "float32", 2)])),
    "one place again and again": ("one place twice", Small("move", [(S, (0, 1))], [S])),
    "rows that overlap": ("one place twice", Small("product", [((2, 4), (3, 1))], [(2, 3), (3, 4)])),
}


@pytest.mark.parametrize("name", OPERANDS)
def test_operands_that_a_kernel_does_not_take(name):
    reason, small = OPERANDS[name]
    with pytest.raises(Malformed, match=rf"^Instruction 0, '{small.kernel}': .*{reason}.*\.$"):
        check(small.program())


# --------------------------------------------------------------------------------------------------- memory and names

BASE = RIGHT["map"].program()


def changed(**fields: Any) -> Program:
    """With another view as the output of the instruction."""
    (instruction,) = BASE.instructions
    return replace(BASE, instructions=(replace(instruction, outputs=(replace(instruction.outputs[0], **fields),)),))


def reading(*inputs: View) -> Program:
    (instruction,) = BASE.instructions
    return replace(BASE, instructions=(replace(instruction, inputs=inputs),))


def blocks(**fields: Any) -> Program:
    return replace(BASE, blocks=(replace(BASE.blocks[0], **fields), *BASE.blocks[1:]))


def named(kind: str, *pairs: tuple[str, View]) -> Program:
    return replace(BASE, **{kind: pairs})


HUGE = 10**30

WRONG: dict[str, tuple[str, Callable[[], Program]]] = {
    "too little memory": ("Block 2 does not lie", lambda: replace(BASE, memory=1024)),
    "too much memory": ("too much memory", lambda: replace(BASE, memory=1 << 50)),
    "negative memory": ("too much memory", lambda: replace(BASE, memory=-1)),
    "a block before memory": ("Block 0 does not lie", lambda: blocks(at=-64)),
    "a block askew": ("Block 0 does not lie", lambda: blocks(at=4)),
    "a block of nothing": ("Block 0 does not lie", lambda: blocks(size=0)),
    "a huge block": ("Block 0 does not lie", lambda: blocks(size=HUGE)),
    "a view before its block": ("leaves block 0", lambda: changed(offset=-1)),
    "a view beyond its block": ("leaves block 0", lambda: changed(offset=60)),
    "strides beyond the block": ("leaves block 0", lambda: changed(strides=(63, 1))),
    "strides before the block": ("leaves block 0", lambda: changed(strides=(-3, 1))),
    "huge strides of one": ("leaves block 0", lambda: changed(shape=(1, 3), strides=(HUGE, 1))),
    "huge strides of none": ("leaves block 0", lambda: changed(shape=(0, 3), strides=(HUGE, 1))),
    "a huge offset of none": ("leaves block 0", lambda: changed(shape=(0, 3), offset=HUGE)),
    "a huge shape of none": ("leaves block 0", lambda: changed(shape=(0, HUGE), strides=(0, 0))),
    "a negative shape": ("has no shape", lambda: changed(shape=(-1, 3))),
    "a shape without strides": ("has no shape", lambda: changed(strides=(1,))),
    "a shape of many": ("has no shape", lambda: changed(shape=(1,) * 1000, strides=(1,) * 1000)),
    "a view of no block": ("of no block", lambda: changed(block=3)),
    "a view of a negative block": ("of no block", lambda: changed(block=-1)),
    "another storage": ("for float64", lambda: changed(storage="float64")),
    "written where it is read": ("writes where it reads", lambda: reading(view(0, S), view(2, S))),
    "written beside itself": ("writes where it reads", lambda: reading(view(0, S, offset=5), view(2, S))),
    "an input is written": ("over a constant or an input", lambda: named("inputs", ("x", view(0, (64,))))),
    "a constant is written": ("over a constant or an input", lambda: replace(BASE, constants=((0, (1.0,)),))),
    "a constant too long": ("constant does not fit", lambda: replace(BASE, constants=((0, (1.0,) * 65),))),
    "a constant of no block": ("constant does not fit", lambda: replace(BASE, constants=((3, ()),))),
    "a constant twice": ("one place", lambda: replace(BASE, inputs=(), constants=((1, (1.0,)), (1, (2.0,))))),
    "a constant on an input": ("one place", lambda: replace(BASE, constants=((1, (1.0,)),))),
    "two inputs in one place": ("one place", lambda: named("inputs", ("x", view(1, S)), ("y", view(1, S, offset=5)))),
    "two inputs of one name": ("inputs have one name", lambda: named("inputs", ("x", view(1, S)), ("x", view(2, S)))),
    "two outputs of one name": ("outputs have one", lambda: named("outputs", ("x", view(0, S)), ("x", view(0, S)))),
    "a scattered input": ("'x' does not lie side by side", lambda: named("inputs", ("x", view(1, S, (4, 1))))),
    "a scattered output": ("'x' does not lie side by side", lambda: named("outputs", ("x", view(0, S, (4, 1))))),
    "an output that does not fit": ("does not fit the input", lambda: named("outputs", ("in 1", view(0, S)))),
    "an output beyond": ("leaves block 0", lambda: named("outputs", ("x", view(0, (65,))))),
    "many instructions": ("too many parts", lambda: replace(BASE, instructions=BASE.instructions * (1 << 18))),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_program_that_leaves_its_memory(name):
    check(BASE)
    reason, made = WRONG[name]
    with pytest.raises(Malformed, match=rf"{reason}.*\.$"):
        check(made())


def test_two_outputs_that_overlap():
    program = RIGHT["sort"].program()
    over = replace(program, blocks=(program.blocks[0], replace(program.blocks[1], at=64), program.blocks[2]))
    with pytest.raises(Malformed, match="outputs overlap"):
        check(over)


@pytest.mark.parametrize("kernel", ["product", "remainder_by", "sort"])
def test_work_has_an_end(kernel, monkeypatch):
    """A long product reads the same numbers again and again; some kernels take many steps for a number."""
    small = {
        "product": Small("product", [(8, 8)], [((8, 10**7), (0, 0)), ((10**7, 8), (0, 0))]),
        "remainder_by": Small("remainder_by", [S], [S], 1.0),
        "sort": RIGHT["sort"],
    }[kernel]
    program = small.program()
    check(program)
    often = replace(program, instructions=program.instructions * 20)
    monkeypatch.setattr(validation, "MOST_STEPS", min(validation.MOST_STEPS, 15 * 64 * 6))
    with pytest.raises(Malformed, match=r"^The program takes .* steps\.$"):
        check(often)


TEXTS = {
    "no JSON": "{",
    "another value": "[]",
    "no format": "{}",
    "another format": '{"format": "ganviz-program-2"}',
    "nothing else": '{"format": "ganviz-program-1"}',
    "too deep": "[" * 100_000,
    "infinite": json.dumps({**json.loads(BASE.to_json()), "memory": float("inf")}),
    "a number of words": json.dumps({**json.loads(BASE.to_json()), "memory": "much"}),
    "a storage": BASE.to_json().replace("float32", "float16"),
    "no list": json.dumps({**json.loads(BASE.to_json()), "instructions": 5}),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_no_program(name):
    with pytest.raises(ValueError, match=r"^This text is no program: "):
        Program.from_json(TEXTS[name])
