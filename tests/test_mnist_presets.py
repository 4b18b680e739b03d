"""The presets on MNIST: the recipe of 2014 against PyTorch, runs that resume bit for bit, and that all the others learn
(the recipe takes dozens of epochs: tests/benchmarks/recipe_2014.py)."""

from __future__ import annotations

import math

import pytest
import torch
from conftest import same
from torch import nn
from torch.nn import functional as F

from ganviz import Trainer, preset
from ganviz.contracts.counted import Counted
from ganviz.metrics._classifier import probabilities
from ganviz.metrics.classifier_score import score
from ganviz.presets import describe, preset_names

EPOCH = 500
"""Updates in an epoch of the recipe: 50,000 pictures in minibatches of 100."""


# ------------------------------------------------------------------------------------------- the recipe of 2014


class Maxout(nn.Module):
    """The largest of five linear maps for each unit."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.pieces = nn.Linear(inputs, 240 * 5)

    def forward(self, x):
        return torch.stack([self.pieces(x)[:, j::5] for j in range(5)]).max(0).values


class TheirD(nn.Module):
    """784 → 240 → 240 → probability; masks, where there are any, are 0 or 1 for each number that a layer sees."""

    def __init__(self) -> None:
        super().__init__()
        self.h0, self.h1, self.y = Maxout(784), Maxout(240), nn.Linear(240, 1)

    def forward(self, x, masks):
        for layer, mask, keep in zip((self.h0, self.h1, self.y), masks, (0.8, 0.5, 0.5), strict=True):
            x = layer(x if mask is None else x * mask / keep)
        return torch.sigmoid(x)


def their_g() -> nn.Module:
    return nn.Sequential(
        nn.Linear(100, 1200), nn.ReLU(), nn.Linear(1200, 1200), nn.ReLU(), nn.Linear(1200, 784), nn.Sigmoid()
    )


def adopt(module: nn.Module, flat: torch.Tensor) -> None:
    """Copy a flat vector into the module's parameters, in their order."""
    nn.utils.vector_to_parameters(flat.clone(), module.parameters())
    assert sum(p.numel() for p in module.parameters()) == flat.numel()


def masks_of(draw, n: int) -> tuple[list, list]:
    """What the input loses and what the two hidden layers lose: for a minibatch of real samples, then one of fakes."""
    drawn = draw["regularizers"].get("dropout")
    if drawn is None:
        return [None] * 3, [None] * 3
    hidden = [drawn[layer].flatten(0, 1) for layer in "01"]
    real, fake = ((drawn[side].flatten(1) >= 0.2).double() for side in ("real", "fake"))
    above, below = ([(h[rows] >= 0.5).double() for h in hidden] for rows in (slice(n), slice(n, 2 * n)))
    return [real, *above], [fake, *below]


@pytest.mark.parametrize("dropout", [False, True])
def test_the_recipe_of_2014_against_pytorch(dropout):
    """Three updates, in float64: both losses at the same parameters, one momentum step each, rates as published."""
    recipe = preset("mnist-2014")
    trainer = Trainer(recipe if dropout else recipe.replace(regularizers=[]), dtype=torch.float64)
    g, d = their_g().double(), TheirD().double()
    adopt(g, trainer.state["g"]["parameters"])
    adopt(d, trainer.state["d"]["parameters"])
    velocity = {p: torch.zeros_like(p) for p in [*g.parameters(), *d.parameters()]}
    for step in range(3):
        noise = trainer._transitions.noise.step(step, step)
        (for_d,), for_g = noise["d"], noise["g"]
        real_masks, fake_masks = masks_of(for_d, 100)
        yes, no = torch.ones(100, 1, dtype=torch.float64), torch.zeros(100, 1, dtype=torch.float64)
        on_real, on_fake = d(for_d["real"].flatten(1), real_masks), d(g(for_d["z"]).detach(), fake_masks)
        d_loss = 0.5 * (F.binary_cross_entropy(on_real, yes) + F.binary_cross_entropy(on_fake, no))
        # In the generator's turn there are only fakes, and these have the first rows of the hidden layers' masks.
        above, below = masks_of(for_g, 100)
        g_loss = F.binary_cross_entropy(d(g(for_g["z"]), [below[0], *above[1:]]), yes)
        grads = dict(zip(d.parameters(), torch.autograd.grad(d_loss, list(d.parameters())), strict=True))
        grads |= dict(zip(g.parameters(), torch.autograd.grad(g_loss, list(g.parameters())), strict=True))
        with torch.no_grad():
            for p, gradient in grads.items():
                velocity[p] = 0.5 * velocity[p] - 0.1 / 1.000004**step * gradient
                p += velocity[p]
        trainer.step()
        scalars = trainer.snapshot().scalars
        assert scalars["loss_d"] == pytest.approx(2 * d_loss.item(), rel=1e-9), "the sum of both, without the ½"
        assert scalars["loss_g"] == pytest.approx(g_loss.item(), rel=1e-9)
    for player, module in (("g", g), ("d", d)):
        theirs = nn.utils.parameters_to_vector(module.parameters()).detach()
        moved = float((trainer.state[player]["parameters"] - theirs).abs().max())
        assert moved < 1e-10
    assert recipe.batch_size == 100


def test_the_recipe_s_rates_over_the_epochs():
    recipe = preset("mnist-2014")
    for epoch, rate in ((0, 0.1), (100, 0.0819), (250, 0.0607), (500, 0.0368), (1000, 0.0135)):
        updates = torch.tensor(epoch * EPOCH, dtype=torch.float64)
        factor = float(recipe.schedule.factor(updates))
        assert recipe.lr_g * factor == pytest.approx(rate, abs=5e-5)
        # The paper's D-loss has a ½ that ours has not.
        assert recipe.lr_d * factor == pytest.approx(rate / 2, abs=5e-5)
    late = torch.tensor(6000 * EPOCH, dtype=torch.float64)
    assert recipe.lr_g * float(recipe.schedule.factor(late)) == pytest.approx(1e-6, rel=1e-12)


@pytest.mark.parametrize(
    ("updates", "momentum"),
    [(0, 0.5), (EPOCH, 0.5), (EPOCH + 249 * EPOCH // 2, 0.6), (250 * EPOCH, 0.7), (999 * EPOCH, 0.7)],
)
@pytest.mark.parametrize("player", ["g", "d"])
def test_the_recipe_s_momentum_over_the_epochs(updates, momentum, player):
    optimizer = getattr(preset("mnist-2014"), f"optimizer_{player}")
    still = torch.zeros(2, dtype=torch.float64)
    slots = {"velocity": torch.tensor([1.0, -3.0], dtype=torch.float64), "t": torch.tensor(updates).double()}
    moved, after = optimizer.update(still, still, slots, torch.tensor(0.1))
    assert moved.tolist() == pytest.approx([momentum, -3 * momentum], rel=1e-12)
    assert float(after["t"]) == updates + 1


def test_the_recipe_s_players_start_as_published():
    state = Trainer(preset("mnist-2014")).state
    g, d = state["g"]["parameters"], state["d"]["parameters"]
    assert (len(g), len(d)) == (2_503_984, 1_231_441)
    assert float(g[: 100 * 1200].abs().max()) == pytest.approx(0.05, rel=1e-3)
    assert float(d[: 784 * 1200].abs().max()) == pytest.approx(0.005, rel=1e-3)
    z = preset("mnist-2014").latent.sample(4000, Counted(0, "test"))
    assert z.shape == (4000, 100)
    assert float(z.var()) == pytest.approx(1, abs=0.01)
    assert 1.73 < float(z.abs().max()) <= math.sqrt(3)


def test_a_uniform_latent_of_half_width_one_is_what_it_was():
    latent = preset("figure-1").latent
    drawn = Counted(0, "test").uniform(1000, 1)
    assert torch.equal(latent.sample(1000, Counted(0, "test")), 2 * drawn - 1)
    assert latent.quantile(torch.tensor([0.0, 0.25, 1.0])).tolist() == [-1.0, -0.5, 1.0]
    wide = preset("mnist-2014").latent
    assert wide.quantile(torch.tensor([0.0, 0.25, 1.0])).tolist() == pytest.approx([-(3**0.5), -(3**0.5) / 2, 3**0.5])


def test_dropout_of_the_input_draws_nothing_when_it_is_off():
    fields = {
        "discriminator": {"name": "maxout", "width": 8},
        "generator": {"name": "mlp", "width": 8},
        "batch_size": 4,
    }
    draws = []
    for rate in (0.0, 0.2):
        regularizers = [{"name": "dropout", "rate": 0.5, "input_rate": rate}]
        trainer = Trainer(preset("mnist-2014").replace(**fields, regularizers=regularizers))
        draws.append(trainer._transitions.noise.draw("d", 0)["regularizers"]["dropout"])
    assert set(draws[0]) == {"0", "1"}
    assert set(draws[1]) == {"0", "1", "real", "fake"}
    assert all(torch.equal(draws[0][layer], draws[1][layer]) for layer in "01"), "the other masks stay"


# ------------------------------------------------------------------------------------------------- all of them


MNIST = [name for name in preset_names() if name.startswith("mnist-")]


def test_there_is_a_preset_for_each_game():
    assert set(MNIST) >= {f"mnist-{game}" for game in ("2014", "mlp", "dcgan", "wgan-gp", "hinge-sn", "lsgan", "r3gan")}
    assert all(describe(name).experiment.data.option_name() == "mnist" for name in MNIST)


@pytest.mark.parametrize("name", ["mnist-dcgan", "mnist-2014"])
def test_a_run_on_mnist_resumes_bit_for_bit(name, tmp_path):
    narrow = {"mnist-dcgan": {"name": "dcgan", "channels": 8}, "mnist-2014": {"name": "maxout", "width": 16}}[name]
    experiment = preset(name).replace(generator=narrow, discriminator=narrow, batch_size=8)
    whole, first = Trainer(experiment), Trainer(experiment)
    whole.advance(6)
    first.advance(3)
    first.save(tmp_path / "run")
    second = Trainer.load(tmp_path / "run")
    assert second.step_count == 3
    second.advance(3)
    assert same(whole.state, second.state)
    assert torch.equal(whole.generate(5), second.generate(5))


QUICK = {"mnist-mlp": 500, "mnist-conditional": 350}
"""Updates of G after which there is more than strokes."""

LONG = {"mnist-dcgan": 400, "mnist-hinge-sn": 400, "mnist-lsgan": 600, "mnist-r3gan": 300, "mnist-wgan-gp": 250}
"""The same where they take 20 to 35 seconds of a core: only on demand."""


def drawn(trainer: Trainer) -> tuple[float, int]:
    """Classifier score of 500 fakes, and how many digits are among them."""
    found = probabilities(trainer.generate(500)[:, 0].numpy())
    return score(found), len(set(found.argmax(1)))


def test_none_of_them_is_forgotten():
    assert {"mnist-2014", *QUICK, *LONG} == set(MNIST)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "steps"), [*QUICK.items(), *(pytest.param(*pair, marks=pytest.mark.full) for pair in LONG.items())]
)
def test_it_learns(name, steps):
    """From grey, which has the score 1 of a single picture, to digits of all ten kinds; real ones have 9.8."""
    trainer = Trainer(preset(name), device="cpu")
    before, _ = drawn(trainer)
    trainer.advance(steps)
    after, digits = drawn(trainer)
    assert before < 1.2
    assert after > 2.5
    assert digits == 10
