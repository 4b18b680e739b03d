"""What every option promises; run over the rooms, so that a new option is covered unasked."""

from __future__ import annotations

import math

import pytest
import torch
from conftest import ROOMS, every, same, small, trainer_for

from ganviz import Diverged, Experiment, Invalid, Trainer
from ganviz.contracts.counted import Counted
from ganviz.engine.paths import Eager
from ganviz.experiment import Experiment as Description
from ganviz.option import hint, resolve


@pytest.mark.parametrize("option", every(*ROOMS, "metrics", "figures"))
def test_is_documented(option):
    assert len(option.help()) > 60
    for name, field in option.knobs().items():
        assert field.description, f"{name} has no description"
        assert hint(field, "live") is not None, f"{name} is neither live nor rebuild"
        if field.annotation in (int, float):
            assert len(field.metadata) >= 2, f"{name} has no range, so no slider"


@pytest.mark.parametrize("option", [*every(*ROOMS), pytest.param(Experiment, id="experiment")])
def test_no_boolean_is_a_number(option):
    """Neither in Python nor in JSON, and not within a list; and no number is a boolean."""
    for name, field in option.model_fields.items():
        if field.annotation in (int, float):
            for value in (True, False):
                with pytest.raises(Invalid, match=f"^{name} must be a number \\(got {value}\\)\\.$"):
                    option(**{name: value})
        if field.annotation is bool:
            for value in (0, 1, 1.0, "yes"):
                with pytest.raises(Invalid, match=f"^{name} must be true or false \\(got "):
                    option(**{name: value})
            assert [getattr(option(**{name: value}), name) for value in (True, False)] == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        '{"lr_d": true}',
        '{"seed": false}',
        '{"data": {"name": "gaussian", "mean": true}}',
        '{"data": {"name": "cloud", "points": [[0, true], [1, 2]]}}',
        '{"data": {"name": "mnist", "conditional": 1}}',
        '{"regularizers": [{"name": "r1", "gamma": true}]}',
    ],
)
def test_nor_is_one_in_a_file(text):
    with pytest.raises(Invalid, match=r"(must be a number|must hold numbers, no true or false|must be true or false)"):
        Experiment.from_json(text)


def test_nor_is_a_deep_tree_one():
    """Deeper than Python calls itself, and still a sentence."""
    text = '{"data": {"name": "cloud", "points": ' + "[" * 700 + "1" + "]" * 700 + "}}"
    with pytest.raises(Invalid, match=r"^points"):
        Experiment.from_json(text)


@pytest.mark.parametrize("metric", every("metrics"))
def test_a_measure_is_explained_where_it_is_read(metric):
    measured = metric()
    reading = measured.reading(0.5, 0.25)
    assert reading.startswith(f"{measured.term()} "), "the word that can be pointed at stands first"
    word, tip = measured.word(), measured.term().partition('title="')[2].partition('">')[0]
    assert measured.term() == f'<abbr title="{tip}">{word}</abbr>'
    assert 40 < len(tip) < 400, "a sentence or two"
    assert not set('<>&"') & set(tip + word), "it stands in an attribute, as the browser writes it"
    assert "_" not in word
    assert tip.endswith("."), "whole sentences"


@pytest.mark.parametrize("option", every(*ROOMS, "metrics", "figures"))
def test_json_round_trip(option):
    built = option()
    assert resolve(option.room, built.to_dict()) == built
    assert resolve(option.room, option.option_name()) == built


@pytest.mark.parametrize("option", every(*ROOMS))
def test_experiment_round_trip(option):
    experiment = trainer_for(option.room, option()).experiment
    assert Description.from_json(experiment.to_json()) == experiment
    assert not experiment.diff(Description.from_json(experiment.to_json()))


@pytest.mark.parametrize("option", every(*ROOMS))
def test_same_seed_same_numbers(option):
    one, two = (trainer_for(option.room, option()) for _ in range(2))
    one.advance(15)
    two.advance(15)
    assert same(one.state, two.state)
    other = trainer_for(option.room, option(), seed=1)
    other.advance(15)
    assert not same(one.state, other.state)


@pytest.mark.parametrize("option", every(*ROOMS))
def test_steps_are_the_same_however_many_a_call_makes(option):
    together, singly = (trainer_for(option.room, option()) for _ in range(2))
    together.advance(12)
    for _ in range(12):
        singly.step()
    assert same(together.state, singly.state)
    assert together.scalars == singly.scalars


@pytest.mark.parametrize("loss", every("losses"))
@pytest.mark.parametrize("size", [1.0, 80.0])
def test_losses_are_finite_at_extreme_scores(loss, size):
    for sign_real in (1, -1):
        for sign_fake in (1, -1):
            real = torch.full((4, 1), sign_real * size, requires_grad=True)
            fake = torch.full((4, 1), sign_fake * size, requires_grad=True)
            for value in (loss().d_loss(real, fake), loss().g_loss(real, fake)):
                gradients = torch.autograd.grad(value, (real, fake), allow_unused=True)
                assert value.isfinite()
                assert all(g is None or g.isfinite().all() for g in gradients)


@pytest.mark.parametrize("regularizer", every("regularizers"))
def test_penalties_do_not_depend_on_the_batch_size(regularizer):
    from ganviz.contracts.regularizer import Shapes, TermInputs

    option = regularizer()
    real, fake = Counted(0, "test").normal(2, 6, 1, dtype=torch.float64)
    noise = {
        name: value.double() for name, value in option.noise(6, Shapes((1,), ((4,),)), Counted(0, "noise")).items()
    }

    def score(x: torch.Tensor) -> torch.Tensor:
        return torch.sin(2 * x) + x**2

    def term(times: int) -> float | None:
        many = {name: value.repeat(times, *[1] * (value.dim() - 1)) for name, value in noise.items()}
        field = (torch.ones(3), torch.ones(2))
        value = option.term(TermInputs(score, real.repeat(times, 1), fake.repeat(times, 1), many, field=lambda: field))
        return None if value is None else float(value.detach())

    one, many = term(1), term(64)
    assert one == many if one is None else math.isclose(one, many, rel_tol=1e-12)


@pytest.mark.parametrize("optimizer", every("optimizers"))
def test_updates_are_pure(optimizer):
    parameters = torch.linspace(-1, 1, 5)
    slots = optimizer().init(parameters)
    copies = {name: slot.clone() for name, slot in slots.items()}
    optimizer().update(parameters, torch.ones(5), slots, torch.tensor(0.1))
    assert torch.equal(parameters, torch.linspace(-1, 1, 5))
    assert all(torch.equal(slots[name], copy) for name, copy in copies.items())


TOGETHER = ["gradient_penalty", "r1", "spectral_norm", "weight_clipping"]


@pytest.mark.parametrize("loss", every("losses"))
@pytest.mark.parametrize("optimizer", every("optimizers"))
def test_combinations_stay_finite(loss, optimizer):
    """Without regularizers and with several at once; with one of them: test_combinations.py. Eagerly: to capture a
    combination takes longer than thirty steps of it."""
    has_d = loss().outputs() > 0
    for chosen in ([], TOGETHER) if has_d else ([],):
        optimizers = {"optimizer_g": optimizer(), "optimizer_d": optimizer()}
        trainer = Trainer(small(loss=loss(), **optimizers, regularizers=chosen, lr_g=1e-3), path="eager")
        try:
            trainer.advance(30)
        except Diverged as error:  # pragma: no cover
            pytest.fail(f"{chosen}: {error}")
        assert 0 < trainer.measure("jsd") < math.log(2) + 1e-9


def test_a_step_can_run_in_double_precision():
    trainer = Trainer(small(regularizers=["r1", "gradient_penalty", "spectral_norm"]), dtype=torch.float64)
    trainer.advance(5)
    assert trainer.state["d"]["parameters"].dtype == torch.float64
    single = Trainer(trainer.experiment)
    single.advance(5)
    gap = (trainer.state["d"]["parameters"] - single.state["d"]["parameters"]).abs().max()
    assert 0 < gap < 1e-4


def test_a_step_does_not_change_its_inputs():
    trainer = Trainer(small(regularizers=["spectral_norm", "weight_clipping"]))
    kept = trainer.state
    copy = {player: {"parameters": kept[player]["parameters"].clone()} for player in "dg"}
    transitions = trainer._transitions
    Eager(transitions.game).advance(kept, transitions._values, lambda i: transitions.noise.step(i, i), 1, math.inf)
    assert all(torch.equal(kept[player]["parameters"], copy[player]["parameters"]) for player in "dg")


def test_experiment_defaults_are_options():
    assert Experiment().loss.option_name() == "nonsaturating"
