"""Paths into an experiment mean the same everywhere: reading, replacing, telling apart."""

from __future__ import annotations

import itertools
import random

import pytest
from conftest import ROOMS, every, small, trainer_for
from hypothesis import given, settings
from hypothesis import strategies as st

from ganviz import Experiment, Invalid, preset
from ganviz.experiment import field_of, leaves
from ganviz.option import available, hint, resolve
from ganviz.presets import preset_names
from ganviz.widgets.fields import bounds

PRESETS = {name: preset(name) for name in preset_names()}


def applied(a: Experiment, b: Experiment) -> Experiment:
    diff = a.diff(b)
    assert not diff.live.keys() & diff.rebuild.keys()
    return a.replace(**diff.live, **diff.rebuild)


def check_leaves(experiment: Experiment) -> None:
    """Every path can be read, and written; a value of itself changes nothing."""
    for path, value in leaves(experiment).items():
        assert experiment.at(path) == value
        assert experiment.replace(**{path: value}) == experiment
    assert experiment.replace(**leaves(experiment)) == experiment


def test_a_path_leads_to_a_field_an_option_or_a_number():
    experiment = small(data={"name": "gaussian", "mean": 2}, regularizers=["ema", {"name": "r1", "gamma": 3}])
    assert experiment.at("lr_d") == experiment.lr_d
    assert experiment.at("data") is experiment.data
    assert experiment.at("data.mean") == 2.0
    assert experiment.at("data.name") == "gaussian"
    assert experiment.at("regularizers.r1") is experiment.regularizers[1]
    assert experiment.at("regularizers.r1.gamma") == 3.0


def test_several_paths_are_replaced_at_once():
    before = small(regularizers=["ema", {"name": "r1", "gamma": 3}])
    after = before.replace(lr_d=0.5, **{"data.mean": 2, "data.std": 0.5, "regularizers.r1.gamma": 4})
    wanted = small(
        lr_d=0.5,
        data={"name": "gaussian", "mean": 2, "std": 0.5},
        regularizers=["ema", {"name": "r1", "gamma": 4}],
    )
    assert after == wanted
    assert before.at("data.mean") == 0.0, "an experiment is frozen"


def test_what_is_given_whole_comes_before_what_is_inside_it():
    asked = {"data.modes": 5, "data": "ring", "regularizers.r1.gamma": 2, "regularizers": ["r1"], "loss.name": "hinge"}
    wanted = small(data={"name": "ring", "modes": 5}, regularizers=[{"name": "r1", "gamma": 2}], loss="hinge")
    assert small(loss={"name": "least_squares", "a": 0.25}).replace(**asked) == wanted


def test_only_the_whole_is_validated():
    """Neither of the two changes makes sense by itself."""
    before = small(regularizers=["r1", "ema"])
    with pytest.raises(Invalid, match="acts on the discriminator"):
        before.replace(loss="mmd")
    after = before.replace(**{"regularizers.r1": None}, loss="mmd")
    assert (after.loss.option_name(), [one.option_name() for one in after.regularizers]) == ("mmd", ["ema"])
    assert after.replace(**{"regularizers.r1": {"name": "r1"}, "loss": before.loss}).regularizers[1].gamma == 0.1


WRONG = {
    "data.maen": "did you mean '(data.)?mean'",
    "dta.mean": "did you mean 'data'",
    "lr_dd": "did you mean 'lr_d'",
    "lr_d.x": "'lr_d' has no parts",
    "data.mean.x": "'data.mean' has no parts|no field 'mean.x'",
    "regularizers.r1.gamma": "nothing is switched on|'r1' is not switched on",
    "regularizers.spectral_nrm.power": "nothing is switched on|did you mean 'spectral_norm'",
    "": "no",
    ".": "no",
    "data.": "no",
    "x" * 100_000: "no",
    "data." + "x" * 100_000: "no",
}


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path[:30] or "nothing")
def test_a_path_that_leads_nowhere_gets_one_sentence(path):
    for use in (lambda: small().at(path), lambda: small().replace(**{path: 1.0})):
        with pytest.raises(Invalid, match=WRONG[path]) as error:
            use()
        assert "\n" not in str(error.value)
        assert len(str(error.value)) < 400
        assert str(error.value)[-1] in ".?"


def test_an_unknown_field_is_unknown_beside_itself_too():
    with pytest.raises(Invalid, match="did you mean 'lr_d'"):
        small().replace(**{"lr_dd": 1, "lr_dd.x": 1})


def test_another_regularizer_cannot_stand_in_a_place():
    with pytest.raises(Invalid, match=r"At 'regularizers.r1' can only be 'r1'"):
        small().replace(**{"regularizers.r1": "r2"})


@pytest.mark.parametrize("name", PRESETS)
def test_every_leaf_of_a_preset(name):
    check_leaves(PRESETS[name])


def test_a_difference_leads_from_any_preset_to_any_other():
    for a, b in itertools.permutations(PRESETS.values(), 2):
        assert applied(a, b) == b
        assert {field_of(path) for path in (a.diff(b).live | a.diff(b).rebuild)} == {
            name for name in Experiment.model_fields if getattr(a, name) != getattr(b, name)
        }


@pytest.mark.parametrize("option", every(*ROOMS))
def test_each_number_of_an_option_by_its_path(option):
    experiment = trainer_for(option.room, option()).experiment
    check_leaves(experiment)
    named = (path.removesuffix("name") for path in leaves(experiment) if path.endswith(".name"))
    place = next(path for path in named if type(experiment.at(path[:-1])) is option)
    for name, field in option.knobs().items():
        path = place + name
        for value in bounds(field) if field.annotation in (int, float) else ():
            try:
                other = experiment.replace(**{path: value})
            except Invalid:  # at the end of a range that is open, or beside the other numbers
                continue
            kind = "live" if hint(field, "live") else "rebuild"
            changes = {} if value == experiment.at(path) else {path: value}
            assert experiment.diff(other).live == (changes if kind == "live" else {})
            assert experiment.diff(other).rebuild == (changes if kind == "rebuild" else {})
            assert applied(experiment, other) == other


def some(kinds: list[str], chance: random.Random) -> list[object]:
    """Regularizers in any order, the first of them perhaps not as it comes."""
    chosen = [resolve("regularizers", kind) for kind in chance.sample(kinds, chance.randint(0, 4))]
    return [option.model_copy(update={"gamma": 2.0}) if option.option_name() == "r1" else option for option in chosen]


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_difference_leads_anywhere_whatever_the_order_of_regularizers(chance):
    kinds = [*available("regularizers")]
    pair = []
    while len(pair) < 2:
        try:
            pair.append(small(regularizers=some(kinds, chance), loss=chance.choice(["minimax", "hinge"])))
        except Invalid:  # two of them contradict each other
            continue
    a, b = pair
    assert applied(a, b) == b
    assert bool(a.diff(b)) == (a != b)
