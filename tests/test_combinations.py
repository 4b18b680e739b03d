"""Losses × regularizers × optimizers: every pair trains, finite and without a warning; the full product on demand."""

from __future__ import annotations

import itertools
import math

import pytest
from conftest import small

from ganviz import Diverged, Invalid, Trainer, options

ROOMS = (options("losses"), ["none", *options("regularizers")], options("optimizers"))
STEPS = 40
"""Enough for a number to be lost where a pair does not go together, and for Adam's averages to have come alive."""

MANY = 100
"""The same for the full product, which nobody waits for."""

Triple = tuple[str, str, str]


def pairwise() -> list[Triple]:
    """Few triples that hold every pair of two rooms at least once, chosen greedily and always alike."""
    places = list(itertools.combinations(range(3), 2))
    missing = {(i, j, a, b) for i, j in places for a in ROOMS[i] for b in ROOMS[j]}
    chosen: list[Triple] = []

    def gain(triple: Triple) -> int:
        return sum((i, j, triple[i], triple[j]) in missing for i, j in places)

    everything = list(itertools.product(*ROOMS))
    while missing:
        best = max(everything, key=gain)
        chosen.append(best)
        missing -= {(i, j, best[i], best[j]) for i, j in places}
    return chosen


def trainer_of(triple: Triple) -> Trainer | None:
    """A small game of that kind; None where it makes no sense, which is then said in a sentence."""
    loss, regularizer, optimizer = triple
    try:
        experiment = small(
            loss=loss,
            regularizers=[] if regularizer == "none" else [regularizer],
            optimizer_g=optimizer,
            optimizer_d=optimizer,
        )
    except Invalid:
        return None
    return Trainer(experiment, path="eager")  # not to capture hundreds of programs


def check(triple: Triple, steps: int = STEPS) -> None:
    trainer = trainer_of(triple)
    if trainer is None:
        return
    try:
        trainer.advance(steps)
    except Diverged as error:
        pytest.fail(str(error))
    assert trainer.step_count == steps
    snapshot = trainer.snapshot()
    assert all(math.isfinite(value) for value in snapshot.scalars.values())
    assert 0 < trainer.measure("jsd") < math.log(2) + 1e-9
    assert len(trainer.generate(3)) == 3


def groups() -> list[object]:
    """The triples by loss, so that a failure names it."""
    by_loss = itertools.groupby(sorted(pairwise()), key=lambda triple: triple[0])
    return [pytest.param(list(triples), id=loss) for loss, triples in by_loss]


@pytest.mark.parametrize("triples", groups())
def test_every_pair_trains(triples):
    for triple in triples:
        check(triple)


def test_only_what_needs_a_discriminator_is_refused():
    refused = {(loss, kind) for loss, kind in itertools.product(*ROOMS[:2]) if trainer_of((loss, kind, "sgd")) is None}
    assert {loss for loss, _ in refused} == {"mmd", "sliced_wasserstein"}
    assert ("mmd", "packing") in refused
    assert ("mmd", "ema") not in refused


@pytest.mark.full
@pytest.mark.parametrize("triple", list(itertools.product(*ROOMS)), ids="-".join)
def test_the_full_product_trains(triple):
    check(triple, MANY)
