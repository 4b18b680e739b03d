"""Games in which both players are told the digit: pairs, slopes and scores against independent computations."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from conftest import same
from torch.nn import functional as F

from ganviz import Experiment, Trainer, options, preset
from ganviz.contracts.counted import Counted
from ganviz.distributions.mnist import Mnist
from ganviz.engine.noise import Noise
from ganviz.figures import _tile_stage as stage
from ganviz.figures.base import Focus
from ganviz.figures.class_stage import ClassStage
from ganviz.figures.image_closer import LATENT, SAMPLE, ImageCloser
from ganviz.figures.image_stage import ImageStage
from ganviz.lab.recorder import Recorder
from ganviz.metrics._classifier import probabilities
from ganviz.networks.dcgan import Dcgan
from ganviz.option import Invalid, resolve
from ganviz.spaces.images.requests import Draw, Generate, Judge, Nearest, Saliency
from ganviz.widgets.class_choice import ClassChoice

TOLD = math.sqrt(10)


def conditional(d: str = "dcgan", g: str = "dcgan", **fields: object) -> Experiment:
    tiny = {"dcgan": {"name": "dcgan", "channels": 8}, "mlp": {"name": "mlp", "width": 12, "depth": 1}}
    about = {"data": {"name": "mnist", "conditional": True}, "latent": {"name": "normal", "dim": 5}, "batch_size": 8}
    return Experiment(**{**about, "generator": tiny[g], "discriminator": tiny.get(d, d), **fields})


@pytest.fixture(scope="module")
def run():
    run = Recorder(conditional(), "eager")
    for _ in range(3):
        run.step()
    return run


@pytest.fixture(scope="module")
def view(run):
    return run.view()


# ------------------------------------------------------------------------------------------------------ what is told


@pytest.mark.parametrize("player", ["d", "g"])
def test_every_real_sample_comes_with_its_digit_and_every_fake_with_that_of_the_real_one(player):
    experiment = conditional(loss={"name": "relativistic"})
    draw = Noise(experiment, torch.float32).draw(player, 3)
    pictures, z = draw["real"][:, 0], draw["z"]
    assert draw["real"].shape == (8, 1, 28, 28)
    assert z.shape == (8, 5 + 10)
    data = Mnist()
    trained, labels = data.training().float() / 255, data.training_labels()
    for i in range(8):
        (where,) = torch.nonzero((trained == pictures[i]).all(2).all(1))
        wanted = TOLD * F.one_hot(labels[where[0]].long(), 10)
        assert torch.allclose(z[i, 5:], wanted)


def test_being_told_changes_neither_the_latents_nor_the_pictures_that_are_drawn():
    told, free = (
        Noise(conditional(data={"name": "mnist", "conditional": on}), torch.float32).draw("d", 40)
        for on in (True, False)
    )
    assert torch.equal(told["z"][:, :5], free["z"])
    assert torch.equal(told["real"], free["real"])


def test_only_the_chosen_digits_are_told():
    data = Mnist(digits="41", conditional=True)
    told = data.conditions(500, Counted(0, "test"))
    shares = told.square().mean(0) / 10
    assert set(torch.nonzero(shares).flatten().tolist()) == {1, 4}
    counts = torch.bincount(data.training_labels().long())
    assert float(shares[4]) == pytest.approx(float(counts[4] / counts.sum()), abs=4 * math.sqrt(0.25 / 500))
    assert data.condition_names() == list("4141414141")
    assert data.each_condition().argmax(1).tolist() == [4, 1] * 5


# -------------------------------------------------------------------------------------------------------------- games


def test_the_value_of_a_pair_is_that_of_an_independent_network():
    """The whole of both losses in float64: a linear D on 784 + 28 numbers, G by its own layers."""
    experiment = conditional("mlp", "mlp", discriminator={"name": "mlp", "depth": 0}, loss="nonsaturating")
    trainer = Trainer(experiment, dtype=torch.float64)
    state = trainer.state
    noise = Noise(experiment, torch.float64)
    draw, turn = noise.draw("d", 0), noise.draw("g", 0)
    g, d = state["g"]["parameters"], state["d"]["parameters"]
    w0, b0, w1, b1 = torch.split(g, [12 * 15, 12, 784 * 12, 784])
    v, c = d[:812], d[812]

    def pairs(x, z):
        return torch.cat([x, z[:, 5:], torch.zeros(len(z), 18)], 1)

    def fakes(z):
        return pairs(torch.sigmoid(torch.relu(z @ w0.reshape(12, 15).T + b0) @ w1.reshape(784, 12).T + b1), z)

    def score(seen):
        return seen @ v + c

    real = pairs(draw["real"].flatten(1), draw["z"])
    by_d = F.softplus(-score(real)).mean() + F.softplus(score(fakes(draw["z"]))).mean()
    trainer.step()
    assert trainer.snapshot().scalars["loss_d"] == pytest.approx(float(by_d), rel=1e-9)
    v, c = trainer.state["d"]["parameters"][:812], trainer.state["d"]["parameters"][812]
    assert trainer.snapshot().scalars["loss_g"] == pytest.approx(
        float(F.softplus(-score(fakes(turn["z"]))).mean()), rel=1e-9
    )


@pytest.mark.parametrize("name", ["r1", "r2", "zero_centred"])
def test_penalties_see_no_slope_by_what_is_told(name):
    """On a linear D the slope is the weights of the 784 pixels, whatever those of the row are."""
    experiment = conditional("mlp", discriminator={"name": "mlp", "depth": 0}, regularizers=[{"name": name}])
    trainer = Trainer(experiment, dtype=torch.float64)
    before = trainer.gradients(trainer.state)[1]
    bare = Trainer(experiment.replace(regularizers=()), dtype=torch.float64)
    added = before - bare.gradients(bare.state)[1]
    w = trainer.state["d"]["parameters"][:784]
    assert torch.allclose(added[784:], torch.zeros(29, dtype=torch.float64), atol=1e-12)
    factor = (added[:784] @ w) / (w @ w)
    assert float(factor) > 0.01
    assert torch.allclose(added[:784], factor * w, atol=1e-12)


def test_the_dcgan_s_score_of_a_pair():
    """As without the row, plus yᵀVφ(x), φ the last hidden layer."""
    network, noise = Dcgan(channels=8), Counted(4, "test")
    parameters = {
        name: value.double() + 0.1 * noise.normal(*value.shape)
        for name, value in network.init((1, 29, 28), (3,), Counted(3, "test")).items()
    }
    seen = noise.uniform(4, 1, 29, 28, dtype=torch.float64)
    hidden = []
    bare = {name: value for name, value in parameters.items() if name != "told.weight"}
    plain = network.apply(bare, seen[:, :, :28], lambda layer, a: (hidden.append(a), a)[1])
    rows = parameters["told.weight"].reshape(3, 28, 64)
    wanted = plain + torch.einsum("ny,oyu,nu->no", seen[:, 0, 28], rows, hidden[-1])
    assert torch.allclose(network.apply(parameters, seen), wanted, rtol=1e-10)


@pytest.mark.parametrize("loss", options("losses"))
@pytest.mark.parametrize("d", ["dcgan", "mlp", "maxout"])
def test_every_loss_is_played_on_pairs(loss, d):
    experiment = conditional(d, loss=loss)
    trainer = Trainer(experiment)
    before = trainer.state["g"]["parameters"].clone()
    trainer.advance(2)
    snapshot = trainer.snapshot()
    assert np.isfinite(list(snapshot.scalars.values())).all()
    assert np.isfinite(snapshot.on_held_out).all()
    assert not torch.equal(before, trainer.state["g"]["parameters"])
    slope = trainer.answer(Saliency(snapshot.fake[:2], snapshot.z[:2, 5:]))["slope"]
    assert slope.shape == (2, 28, 28)


@pytest.mark.parametrize("regularizer", options("regularizers"))
def test_every_regularizer_acts_on_pairs(regularizer):
    option = resolve("regularizers", regularizer)
    fields = {} if option.objection(conditional()) is None else {"discriminator": {"name": "mlp", "width": 8}}
    trainer = Trainer(conditional(regularizers=[option], **fields))
    trainer.advance(2)
    assert np.isfinite(list(trainer.snapshot().scalars.values())).all()


@pytest.mark.parametrize("path", ["native", "eager"])
def test_a_resumed_run_agrees_bit_for_bit(path, tmp_path):
    experiment = conditional(regularizers=["r1", "ema"])
    whole, parts = Trainer(experiment, path=path), Trainer(experiment, path=path)
    whole.advance(6)
    parts.advance(3)
    parts.save(tmp_path / "run")
    resumed = Trainer.load(tmp_path / "run", path=path)
    resumed.advance(3)
    assert same(whole.state, resumed.state)


def test_g_learns_to_draw_what_it_is_asked_for():
    """On two digits of few strokes a minute is not needed; chance would read half of them as asked."""
    data = {"name": "mnist", "digits": "10", "conditional": True}
    trainer = Trainer(preset("mnist-conditional").replace(data=data, batch_size=32, lr_g=2e-3, lr_d=2e-3))
    trainer.advance(260)
    assert trainer.measure("as_told") > 0.85


def test_fakes_of_chosen_digits():
    trainer = Trainer(conditional())
    apply, asked = trainer._transitions.game.generator.apply, []
    trainer._transitions.game.generator = SimpleNamespace(apply=lambda named, z: (asked.append(z), apply(named, z))[1])
    assert trainer.generate(5, "07").shape == (5, 1, 28, 28)
    assert asked[0][:, 5:].argmax(1).tolist() == [0, 7, 0, 7, 0]
    trainer.generate(400)
    assert set(asked[1][:, 5:].argmax(1).tolist()) == set(range(10))
    for wrong in ("x", ["10"], ""):
        with pytest.raises(Invalid, match="G can be told 0, 1, 2"):
            trainer.generate(3, wrong)
    with pytest.raises(Invalid, match="G can be told nothing here, not '3'"):
        Trainer(conditional(data="mnist")).generate(3, "3")


def test_a_perfect_sampler_is_told_the_digits_of_the_held_out_pictures():
    data = Mnist(conditional=True)
    read = probabilities(data.held_out().float().div(255).numpy()).argmax(1)
    right = (read == data.held_out_labels().numpy()).mean()
    assert 0.99 < right < 1
    assert resolve("metrics", "as_told").at_equilibrium(conditional()) == pytest.approx(right, abs=1e-12)


# ------------------------------------------------------------------------------------------------------------- looking


def test_rows_are_latents_and_columns_are_digits(run, view):
    snapshot, ask = view.snapshot, run.trainer.answer
    assert snapshot.fake.shape == (80, 28, 28)
    z = snapshot.z.reshape(8, 10, 15)
    assert (z[:, :, :5] == z[:, :1, :5]).all()
    assert len(np.unique(z[:, 0, 0])) == 8
    assert np.allclose(z[:, :, 5:], TOLD * np.eye(10))
    assert np.allclose(ask(Generate(snapshot.z))["x"], snapshot.fake, atol=1e-6)
    assert np.allclose(ask(Draw(80))["condition"], snapshot.z[:, 5:])
    score = ask(Judge(snapshot.fake[:9], snapshot.z[:9, 5:]))["score"]
    assert np.allclose(score, snapshot.on_fake[:9], atol=1e-6)
    heat = ClassStage().update(view).traces[stage.GRID]
    assert np.array_equal(heat["z"][-28:, 30 * 3 : 30 * 3 + 28], snapshot.fake[3][::-1])
    assert np.array_equal(heat["z"][-58:-30, 30 * 9 : 30 * 9 + 28], snapshot.fake[19][::-1])


def test_the_stage_with_classes_is_shown_where_there_are_some(view):
    told, free = view.snapshot.experiment, conditional(data="mnist")
    assert [figure.fits(told) for figure in (ClassStage, ImageStage)] == [True, False]
    assert [figure.fits(free) for figure in (ClassStage, ImageStage)] == [False, True]
    figure = ClassStage().draw(view)
    assert list(figure.layout.xaxis.ticktext) == list("0123456789")
    assert ClassStage().pick(Focus(), stage.GRID, (237, 30 * 9 + 5)).second == 9
    assert ClassStage().pick(Focus(), stage.GRID, (3, 30 * 9 + 5)).second == 79


def test_a_kept_sample_can_be_drawn_as_another_digit(run, view):
    snapshot, closer, views = view.snapshot, ImageCloser(), []
    for focus in (Focus(first=0, second=13, condition=7), Focus(first=0, second=13)):
        run.focus = focus
        views.append(run.view())
    as_seven, as_kept = views
    seen = closer.update(as_seven)
    sample = seen.traces[SAMPLE]["z"][::-1]
    assert np.allclose(sample, snapshot.fake[17], atol=1e-6), "the same row, the column of the seven"
    assert np.allclose(seen.traces[LATENT]["y"][1:-1:2], snapshot.z[13, :5])
    own = closer.update(as_kept)
    assert np.allclose(own.traces[SAMPLE]["z"][::-1], snapshot.fake[13], atol=1e-6)
    line = " ".join(closer.readings(as_seven))
    assert "told <b>7</b>" in line
    own = " ".join(closer.readings(as_kept))
    assert "told <b>3</b>" in own, "as kept: the column it stands in"
    distance = run.trainer.answer(Nearest(snapshot.fake[[17]]))["distance"]
    assert f"{distance[0]:.2f}" in line


def test_the_choice_of_a_class_follows_the_experiment_and_the_run():
    seen = Focus(second=3)

    def look_at(choose):
        nonlocal seen
        seen = choose(seen)

    choice = ClassChoice(look_at)
    choice.suit(conditional(data="mnist"))
    assert choice.layout.display == "none"
    choice.suit(conditional(data={"name": "mnist", "digits": "41", "conditional": True}))
    assert choice.layout.display == ""
    assert dict(choice.options) == {"as kept": None, "4": 0, "1": 1}
    choice.value = 1
    assert seen == Focus(second=3, condition=1)
    choice.reflect(1)
    assert choice.value == 1
    choice.reflect(None)
    assert choice.value is None
    assert seen == Focus(second=3, condition=1), "what it shows is not what it asks for"
