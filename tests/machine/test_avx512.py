"""The variant for AVX-512: equal bits in a processor that is emulated, because hardly any that tests run on has it.

Where this processor has AVX-512, the tests of all variants are about it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pytest
import torch
from emulator import ALL_REGISTERS, Emulator, Failed, Run, Work, bare_image, here, lacking, supported
from instructions import KERNELS, STORAGES, Case, Writer, case_of
from samples import PRECISIONS, samples
from steps import PRESETS, STEPS, differing, preset_step

from ganviz import Trainer, preset
from ganviz.engine.draw_program import SELF_DRAWING_STEPS, keys_of
from ganviz.engine.settings import numbers
from ganviz.engine.step_program import SCALARS
from ganviz.engine.tree import named_leaves
from ganviz.machine.elementary import FUNCTIONS
from ganviz.machine.library import Library
from ganviz.programs.families.maps import MAPS
from ganviz.programs.program import Instruction
from ganviz.programs.view import dense_strides

pytestmark = [pytest.mark.long, pytest.mark.skipif(bool(lacking()), reason=lacking() or "nothing is missing")]

AVX2, AVX512 = 1, 2
"""As in kernels/processor.c."""

WHOLE = ("dirac-wgan-gp", "critic-contours", "helvetica-cured", "ring-r3gan")
"""Presets that are tried at their own size, a few steps of each."""

CANCELLING = ("sin", "cos", "power", "power_of")
"""Kernels of which Bochs 2.7 computes a few numbers wrongly, in float64: where a product and what is added to it cancel
but for a part of 2^−63, its fused multiply-add gives 0. So its sin of 0x1.079fb181a41e0p+16 is another; mpmath has
the bits that are computed here."""

SHAPES = ((97, 61, 300), (3, 70, 65), (200, 2, 140), (1, 130, 20), (40, 100, 3), (30, 90, 600))
"""Of products that are larger than those of random cases: m, n, k."""


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Emulator:
    folder = tmp_path_factory.mktemp("emulator")
    return Emulator(bare_image(folder), folder)


@pytest.fixture(scope="module")
def steps() -> list[Run]:
    """Training steps of presets, each of which goes on from the bits of the one before."""
    made = [preset_step(name) for name in PRESETS]
    return [Run(program, start, STEPS, given, (SCALARS,)) for program, start, given in made]


def first_steps(name: str, steps: int) -> Run:
    """A preset's training from its beginning on, random numbers included."""
    experiment = preset(name)
    program = SELF_DRAWING_STEPS.of(experiment, torch.float32)
    settings = numbers(experiment, lambda value: torch.tensor(value, dtype=torch.float32))
    leaves = named_leaves({"state": Trainer(experiment, path="eager").state, "settings": settings})
    start = {name: leaf.detach().numpy() for name, leaf in leaves} | dict(keys_of(program, experiment.seed))
    return Run(program, start, steps, kept=(SCALARS,))


def random_cases(seeds: int) -> Iterator[Case]:
    """Every kernel, in random layouts."""
    for kernel in KERNELS:
        for storage in STORAGES:
            yield from (case_of(kernel, storage, np.random.default_rng(seed)) for seed in range(seeds))


def elementary_cases(count: int) -> Iterator[Case]:
    """Every elementary function that is a kernel, all over its range."""
    for name in (name for name in FUNCTIONS if name in MAPS):
        for storage, dtype in zip(STORAGES, PRECISIONS, strict=True):
            writer, values = Writer(np.random.default_rng(0), False), samples(name, dtype, count)
            shape = (1, values.size)
            x = writer.filled(shape, dense_strides(shape), storage, values)
            yield writer.case(Instruction(name, (writer.dense(shape, storage),), (x,)))


def large_products() -> Iterator[Case]:
    """Of a batch with a matrix of weights that lies as layers have it, (n, k)."""
    for storage in STORAGES:
        for m, n, k in SHAPES:
            writer = Writer(np.random.default_rng(m), True)
            a, b = writer.filled((m, k), (k, 1), storage), writer.filled((k, n), (1, k), storage)
            yield writer.case(Instruction("product", (writer.dense((m, n), storage),), (a, b)))


Left = dict[str, npt.NDArray[np.generic]]


def unlike(runs: Sequence[Run], ones: Sequence[Left], others: Sequence[Left]) -> list[Instruction]:
    """The last instructions of those runs that left other numbers."""
    pairs = zip(runs, ones, others, strict=True)
    return [run.program.instructions[-1] for run, one, other in pairs if differing(one, other)]


@pytest.mark.parametrize(
    ("processor", "saved_state", "variants"),
    [
        ("corei7_skylake_x", ALL_REGISTERS, AVX2 | AVX512),
        ("corei7_skylake_x", 7, AVX2),  # the system does not save what AVX-512 needs
        ("corei7_skylake_x", 3, 0),  # nor what AVX2 does
        ("corei7_skylake_x", 0, 0),  # nor can be asked
        ("corei7_icelake_u", ALL_REGISTERS, AVX2 | AVX512),
        ("corei7_haswell_4770", 7, AVX2),
        ("corei7_ivy_bridge_3770k", 7, 0),  # AVX, and no AVX2
        ("core2_penryn_t9600", 0, 0),
    ],
)
def test_what_a_processor_can_run(emulator: Emulator, processor: str, saved_state: int, variants: int) -> None:
    assert supported(emulator.done(Work(saved_state).image(), processor)) == variants


def test_kernels_give_the_same_bits(emulator: Emulator, widest: Library) -> None:
    """avx2 in the emulator as well, by which it shows where the emulator is wrong."""
    runs = [Run(case.program, case.inputs) for case in (*random_cases(15), *elementary_cases(1000), *large_products())]
    avx512, avx2 = (emulator.emulated(runs, widest, variant) for variant in ("avx512", "avx2"))
    assert unlike(runs, avx512, avx2) == []
    wrong = unlike(runs, avx2, [here(run, widest) for run in runs])
    assert {(one.kernel, one.outputs[0].storage) for one in wrong} <= {(kernel, "float64") for kernel in CANCELLING}
    assert len(wrong) < len(runs) / 500


@pytest.mark.parametrize("variant", ["avx512", "avx2"])
def test_steps_give_the_same_bits(emulator: Emulator, widest: Library, steps: list[Run], variant: str) -> None:
    assert unlike(steps, emulator.emulated(steps, widest, variant), [here(run, widest) for run in steps]) == []


def test_presets_begin_with_the_same_bits(emulator: Emulator, widest: Library) -> None:
    runs = [first_steps(name, 3) for name in WHOLE]
    assert unlike(runs, emulator.emulated(runs, widest, "avx512"), [here(run, widest) for run in runs]) == []


def test_it_is_avx512_that_runs(emulator: Emulator, widest: Library, steps: list[Run]) -> None:
    """Its instructions are unknown to a processor that has AVX2 only, or whose system does not save the registers."""
    for processor, variant in (("corei7_haswell_4770", "avx512"), ("corei7_skylake_x", "avx512")):
        work = Work(saved_state=7)
        work.add(steps[0], widest, variant)
        with pytest.raises(Failed, match="exception with no resolution"):
            emulator.done(work.image(), processor)
    work = Work(saved_state=7)
    work.add(steps[0], widest, "avx2")
    assert supported(emulator.done(work.image(), "corei7_haswell_4770")) == AVX2


def test_one_bit_that_is_changed_is_noticed(emulator: Emulator, widest: Library, steps: list[Run]) -> None:
    """The last of one number of the state that a run begins with."""
    run, work = steps[0], Work()
    added = work.add(run, widest, "avx512")
    image = bytearray(work.image())
    name, view = next((name, view) for name, view in run.program.inputs if name.startswith("state"))
    image[added.memory - Work.START + run.program.blocks[view.block].at] ^= 1
    found = added.left(emulator.done(bytes(image)))
    assert f"input {name}" in differing(found, here(run, widest))
