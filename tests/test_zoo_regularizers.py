"""The regularizers of the literature: penalties where D's gradient is known, the others against hand-written steps."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from conftest import small

from ganviz import Experiment, Invalid, Trainer
from ganviz.contracts.counted import Counted
from ganviz.contracts.regularizer import Shapes, TermInputs
from ganviz.engine.minibatch import Minibatch
from ganviz.option import resolve
from ganviz.theory.optimal import optimal_discriminator

W = torch.tensor([[3.0], [-4.0]], dtype=torch.float64)


def points(n: int, seed: int) -> torch.Tensor:
    return Counted(seed, "points").normal(n, 2, dtype=torch.float64)


REAL, FAKE = points(32, 0), points(32, 1)
U = torch.full((32, 1), 0.25, dtype=torch.float64)
BETWEEN = 0.25 * REAL + 0.75 * FAKE


def linear(x: torch.Tensor) -> torch.Tensor:
    """‖∇D‖ = 5 everywhere."""
    return x @ W


def quadratic(x: torch.Tensor) -> torch.Tensor:
    """∇D = x."""
    return x.square().sum(1, keepdim=True) / 2


def mean_square(x: torch.Tensor) -> float:
    return float(x.square().sum(1).mean())


def hinge_square(x: torch.Tensor, target: float) -> float:
    return float((x.norm(dim=1) - target).clamp_min(0).square().mean())


def two_sided(x: torch.Tensor, target: float) -> float:
    return float((x.norm(dim=1) - target).square().mean())


AROUND = REAL + 0.5 * 0.5 * REAL.std(unbiased=False) * 0.25
DRAWN = {"u": U, "a": torch.full((32, 1), 0.5, dtype=torch.float64)}
DRAWN_AROUND = {**DRAWN, "u": torch.full((32, 2), 0.25, dtype=torch.float64)}

# option: (on the linear D, on the quadratic D)
PENALTIES = [
    ({"name": "gradient_penalty", "weight": 2.0}, 2 * 16.0, 2 * two_sided(BETWEEN, 1)),
    ({"name": "gradient_penalty", "weight": 2.0, "where": "real"}, 2 * 16.0, 2 * two_sided(REAL, 1)),
    ({"name": "gradient_penalty", "weight": 2.0, "where": "fake"}, 2 * 16.0, 2 * two_sided(FAKE, 1)),
    ({"name": "gradient_penalty", "weight": 2.0, "sides": "above"}, 2 * 16.0, 2 * hinge_square(BETWEEN, 1)),
    ({"name": "gradient_penalty", "weight": 2.0, "sides": "above", "target": 5.0}, 0.0, 2 * hinge_square(BETWEEN, 5)),
    ({"name": "r1", "gamma": 0.3}, 0.15 * 25, 0.15 * mean_square(REAL)),
    ({"name": "r2", "gamma": 0.3}, 0.15 * 25, 0.15 * mean_square(FAKE)),
    ({"name": "zero_centred", "gamma": 0.3}, 0.15 * 25, 0.15 * mean_square(BETWEEN)),
    ({"name": "lipschitz_penalty", "weight": 2.0}, 2 * 16.0, 2 * hinge_square(BETWEEN, 1)),
    ({"name": "dragan", "weight": 2.0}, 2 * 16.0, 2 * two_sided(AROUND, 1)),
]


@pytest.mark.parametrize(("option", "on_linear", "on_quadratic"), PENALTIES, ids=str)
def test_penalties_on_discriminators_of_known_gradient(option, on_linear, on_quadratic):
    penalty = resolve("regularizers", option)
    noise = DRAWN_AROUND if option["name"] == "dragan" else DRAWN
    for score, expected in ((linear, on_linear), (quadratic, on_quadratic)):
        value = penalty.term(TermInputs(score, REAL, FAKE, noise))
        assert float(value.detach()) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("terms", "expected"), [(0, 0.70711), (1, 0.88388), (2, 0.95017), (3, 0.97780)])
def test_rkhs_norm_of_a_kernel_function(terms, expected):
    """f = k(·, 0) has norm 1; the partial sums of its expansion, by quadrature over the line."""
    option = resolve("regularizers", {"name": "rkhs", "terms": terms, "s": 1.0, "beta2": 0.5})
    x = torch.linspace(-12, 12, 4801, dtype=torch.float64).unsqueeze(1)
    noise = {"u": torch.full_like(x, 0.5)}
    value = option.term(TermInputs(lambda t: torch.exp(-(t**2) / 2), x, x, noise))
    integral = float(value.detach()) * 24 * (4801 / 4800)  # mean → integral; 1/(2 β₂) = 1
    assert integral / math.sqrt(2 * math.pi) == pytest.approx(expected, abs=2e-5)


def test_rkhs_counts_every_partial_derivative():
    """D = x y: ∇ has norm² x² + y², the Hessian Frobenius norm² 2."""
    option = resolve("regularizers", {"name": "rkhs", "terms": 2, "s": 2.0, "beta2": 0.5})
    value = option.term(TermInputs(lambda t: t.prod(1, keepdim=True), REAL, FAKE, DRAWN))
    expected = float(BETWEEN.prod(1).square().mean()) + 4 / 2 * mean_square(BETWEEN) + 16 / 8 * 2
    assert float(value.detach()) == pytest.approx(expected, rel=1e-12)


# -------------------------------------------------------------------------------------------------- in an update


def plain(**fields) -> Trainer:
    """A small game in float64 under plain gradient descent."""
    return Trainer(small(optimizer_g="sgd", optimizer_d="sgd", lr_g=0.1, lr_d=0.1, **fields), dtype=torch.float64)


def after_one_step(trainer: Trainer) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """(parameters before, parameters after) one half-step of each player, both from the start."""
    start, moved = trainer.state, {}
    for player, step in (("d", trainer.step_discriminator), ("g", trainer.step_generator)):
        step()
        moved[player] = (start[player]["parameters"], trainer.state[player]["parameters"])
        trainer.begin(start)
    return moved


@pytest.mark.parametrize(("who", "players"), [("discriminator", "d"), ("generator", "g"), ("both", "dg")])
def test_weight_decay_shrinks_by_its_share(who, players):
    without = after_one_step(plain())
    decayed = after_one_step(plain(regularizers=[{"name": "weight_decay", "weight": 0.5, "player": who}]))
    for player in "dg":
        before, after = without[player]
        expected = after - 0.1 * 0.5 * before if player in players else after
        assert torch.allclose(decayed[player][1], expected, atol=1e-14)


def test_gradient_clipping_keeps_the_direction():
    without = after_one_step(plain())
    clipped = after_one_step(plain(regularizers=[{"name": "gradient_clipping", "norm": 0.01}]))
    for player in "dg":
        before, after = without[player]
        full, short = after - before, clipped[player][1] - before
        assert float(short.norm()) == pytest.approx(0.1 * 0.01, rel=1e-9)
        assert torch.allclose(short / short.norm(), full / full.norm(), atol=1e-12)
    loose = after_one_step(plain(regularizers=[{"name": "gradient_clipping", "norm": 100.0}]))
    assert torch.equal(loose["d"][1], without["d"][1])


def test_historical_averaging_pulls_to_the_mean_of_the_past():
    trainer = plain(regularizers=[{"name": "historical_averaging", "weight": 0.5}])
    bare = plain()
    past = [trainer.state["d"]["parameters"]]
    for _ in range(5):
        here = trainer.state["d"]["parameters"]
        bare.begin({player: {**trainer.state[player], "regularizers": {}} for player in "gd"})
        bare.step_discriminator()
        mean = torch.stack(past).mean(0)
        trainer.step_discriminator()
        expected = bare.state["d"]["parameters"] - 0.1 * 2 * 0.5 * (here - mean)
        assert torch.allclose(trainer.state["d"]["parameters"], expected, atol=1e-13)
        past.append(trainer.state["d"]["parameters"])


def test_ema_is_looked_at_and_never_trained_with():
    trainer, bare = plain(regularizers=[{"name": "ema", "decay": 0.9}]), plain()
    average = trainer.state["g"]["parameters"]
    for _ in range(10):
        trainer.step()
        bare.step()
        average = 0.9 * average + 0.1 * trainer.state["g"]["parameters"]
    assert torch.equal(trainer.state["g"]["parameters"], bare.state["g"]["parameters"])
    assert torch.allclose(trainer._transitions.game.shown(trainer.state), average, atol=1e-14)
    assert not np.allclose(trainer.generate(5), bare.generate(5))
    bare.begin({"g": {**bare.state["g"], "parameters": average}, "d": bare.state["d"]})
    trainer._looks = bare._looks = 0
    assert np.allclose(trainer.generate(5), bare.generate(5))


# ------------------------------------------------------------------------------------------------ on the samples


def test_instance_noise_has_its_spread_and_fades():
    option = resolve("regularizers", {"name": "instance_noise", "std": 0.5, "decay": 0.999})
    noise = option.noise(50_000, Shapes((1,), ()), Counted(0, "noise"))
    x = torch.ones(50_000, 1)
    for updates, std in ((0, 0.5), (1000, 0.5 * 0.999**1000)):
        for side in ("real", "fake"):
            seen = option.samples(x, side, noise, torch.tensor(updates))
            assert float(seen.mean()) == pytest.approx(1.0, abs=5 * std / math.sqrt(50_000))
            assert float(seen.std()) == pytest.approx(std, rel=0.02)


def test_dropout_scales_what_stays_and_is_off_when_d_is_looked_at():
    option = resolve("regularizers", {"name": "dropout", "rate": 0.25})
    noise = option.noise(4000, Shapes((1,), ((8,), (8,))), Counted(0, "noise"))
    seen = option.tap(1, torch.ones(8000, 8), noise)
    assert seen.unique().tolist() == pytest.approx([0.0, 1 / 0.75])
    assert float((seen == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    assert not torch.equal(seen, option.tap(0, torch.ones(8000, 8), noise)), "another mask for another layer"
    trainer, bare = Trainer(small(regularizers=["dropout"])), Trainer(small())
    assert np.array_equal(trainer.discriminate(np.linspace(-1, 1, 5)), bare.discriminate(np.linspace(-1, 1, 5)))
    trainer.step()
    bare.step()
    assert not torch.equal(trainer.state["d"]["parameters"], bare.state["d"]["parameters"])


def test_packing_shows_d_several_samples_at_once():
    option = resolve("regularizers", {"name": "packing", "m": 4})
    x = torch.arange(16.0).reshape(8, 2)
    assert option.seen_shape((2,)) == (8,)
    assert torch.equal(option.group(x), torch.arange(16.0).reshape(2, 8))
    assert torch.equal(option.repeat(x)[3], torch.tensor([6.0, 7.0] * 4))
    trainer = Trainer(small(regularizers=[{"name": "packing", "m": 4}]))
    assert trainer._transitions.game.d_layout.shapes[0] == (8, 4)
    assert trainer.discriminate([0.0, 1.0]).shape == (2,)


def test_packing_cannot_come_and_go_while_training_runs():
    experiment = small()
    assert experiment.diff(experiment.replace(regularizers=["packing"])).rebuild
    assert not experiment.diff(experiment.replace(regularizers=["r1"])).rebuild
    packed = experiment.replace(regularizers=["packing"])
    assert packed.diff(packed.replace(regularizers=[{"name": "packing", "m": 4}])).rebuild
    with pytest.raises(Invalid, match="cannot change"):
        Trainer(experiment).change(regularizers=["packing"])


REFUSED = [
    ({"loss": "mmd", "regularizers": ["packing"]}, "has none"),
    ({"loss": "sliced_wasserstein", "regularizers": ["r1"]}, "has none"),
    ({"loss": "mmd", "regularizers": ["unrolled"]}, "has none"),
    ({"loss": "mmd", "regularizers": ["consensus"]}, "only one"),
    ({"loss": "mmd", "regularizers": ["dropout"]}, "has none"),
    ({"batch_size": 17, "regularizers": ["packing"]}, "multiple of 2"),
    ({"discriminator": {"name": "mlp", "depth": 0}, "regularizers": ["dropout"]}, "hidden layers"),
    ({"discriminator": {"name": "mlp", "depth": 0}, "regularizers": ["minibatch_discrimination"]}, "hidden layers"),
    ({"batch_size": 1, "regularizers": ["minibatch_discrimination"]}, "at least two"),
    ({"loss": "mmd", "regularizers": ["minibatch_discrimination"]}, "has none"),
    # A step would take gigabytes.
    ({"loss": "mmd", "batch_size": 1025}, "at most 1024, not 1025"),
    ({"loss": "mmd_gan", "batch_size": 8192}, "at most 1024, not 8192"),
    ({"batch_size": 8192, "regularizers": ["minibatch_discrimination"]}, "at most 747, not 8192"),
]


@pytest.mark.parametrize(("fields", "reason"), REFUSED, ids=str)
def test_what_makes_no_sense_is_refused_with_the_reason(fields, reason):
    with pytest.raises(Invalid, match=reason):
        Experiment(**fields)


@pytest.mark.parametrize("name", ["ema", "gradient_clipping", "historical_averaging", "weight_decay"])
def test_what_acts_on_the_generator_fits_a_loss_without_discriminator(name):
    option = {"name": name}
    if name == "weight_decay":
        option["player"] = "generator"
    trainer = Trainer(small(loss="mmd", regularizers=[option]))
    trainer.advance(5)
    assert 0 < trainer.measure("jsd") < math.log(2)


# --------------------------------------------------------------------------------------------------- on the game


def test_consensus_is_half_the_squared_length_of_the_field():
    option = resolve("regularizers", {"name": "consensus", "gamma": 0.4})
    field = (torch.tensor([3.0, 0.0]), torch.tensor([4.0]))
    turn = TermInputs(linear, REAL, FAKE, {}, field=lambda: field)
    assert float(option.term(turn)) == float(option.generator_term(turn)) == pytest.approx(0.2 * 25)


def test_unrolling_leaves_the_discriminator_alone():
    trainer, bare = plain(regularizers=["unrolled"]), plain()
    trainer.step_discriminator()
    bare.step_discriminator()
    assert torch.equal(trainer.state["d"]["parameters"], bare.state["d"]["parameters"])
    kept = trainer.state["d"]
    trainer.step_generator()
    bare.step_generator()
    assert trainer.state["d"] is kept
    assert not torch.equal(trainer.state["g"]["parameters"], bare.state["g"]["parameters"])


def on_noise_of(trainer: Trainer, player: str):
    """The losses' gradients of a trainer without regularizers as functions of flat (g, d), on one of its minibatches;
    G's turn borrows real samples, so the draws are those of a game whose G needs them."""
    game, settings = trainer._transitions.game, trainer._transitions.settings
    noise = Trainer(trainer.experiment.replace(regularizers=["consensus"]))._transitions.noise.draw(player, 0)
    noise = {name: noise[name].double() for name in ("z", "real")} | {"regularizers": {}}

    def gradients(g: torch.Tensor, d: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        state = {name: {**trainer.state[name], "parameters": flat} for name, flat in (("g", g), ("d", d))}
        return game.gradients(state, settings, noise, noise)

    return gradients


@pytest.mark.parametrize("player", ["d", "g"])
def test_consensus_descends_the_length_of_the_field(player):
    """Between two networks: what it adds to a player's gradient, against central differences of γ ½ ‖v‖²."""
    bare, gamma, e = plain(), 0.7, 1e-5
    gradients = on_noise_of(bare, player)
    at = {name: bare.state[name]["parameters"] for name in "gd"}
    before, after = after_one_step(plain(regularizers=[{"name": "consensus", "gamma": gamma}]))[player]
    added = (before - after) / 0.1 - dict(zip("gd", gradients(**at), strict=True))[player]

    def length(place: torch.Tensor) -> float:
        return gamma / 2 * sum(float(v.square().sum()) for v in gradients(**{**at, player: place}))

    for seed in range(3):
        way = Counted(seed, "way").normal(*before.shape, dtype=torch.float64)
        slope = (length(before + e * way) - length(before - e * way)) / (2 * e)
        assert float(added @ way) == pytest.approx(slope, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("through", [True, False])
def test_unrolled_answers_the_discriminator_after_its_steps(through):
    """Against a loop by hand: ψ_K from D's own gradients; the dependence of ψ_K on θ by central differences."""
    bare, steps, length, e = plain(), 3, 0.4, 1e-5
    gradients = on_noise_of(bare, "g")
    g, d = (bare.state[name]["parameters"] for name in "gd")
    noise = bare._transitions.noise.draw("g", 0)
    option = {"name": "unrolled", "steps": steps, "step_size": length, "through": through}
    before, after = after_one_step(plain(regularizers=[option]))["g"]

    def answer(theta: torch.Tensor) -> torch.Tensor:
        psi = d
        for _ in range(steps):
            psi = psi - length * gradients(theta, psi)[1]
        return psi

    def loss(theta: torch.Tensor, psi: torch.Tensor) -> float:
        state = {name: {**bare.state[name], "parameters": flat} for name, flat in (("g", theta), ("d", psi))}
        return float(bare._transitions.game.generator_turn(state, bare._transitions.settings, noise)[1])

    for seed in range(3):
        way = Counted(seed, "way").normal(*g.shape, dtype=torch.float64)
        ends = [g + e * way, g - e * way]
        up, down = (loss(theta, answer(theta if through else g)) for theta in ends)
        assert float((before - after) / 0.1 @ way) == pytest.approx((up - down) / (2 * e), rel=1e-5, abs=1e-8)


# ------------------------------------------------------------------------------------------------ several at once


def test_dropout_and_instance_noise_stay_on_in_the_generators_turn():
    bare = after_one_step(plain())
    for name in ("dropout", "instance_noise"):
        moved = after_one_step(plain(regularizers=[name]))
        for player in "gd":
            assert not torch.allclose(moved[player][1], bare[player][1], atol=1e-6)


def test_instance_noise_reaches_the_discriminator_as_drawn():
    """One step of D by hand on the blurred minibatch, at its second update, when the blur has faded once."""
    trainer = plain(regularizers=[{"name": "instance_noise", "std": 0.5, "decay": 0.99}])
    trainer.step_discriminator()
    state, game, noise = trainer.state, trainer._transitions.game, trainer._transitions.noise.draw("d", 1)
    s, drawn = 0.5 * 0.99, noise["regularizers"]["instance_noise"]
    d = state["d"]["parameters"].requires_grad_()
    real = noise["real"] + s * drawn["real"]
    fake = game.generate(state["g"]["parameters"], noise["z"]) + s * drawn["fake"]
    real_score, fake_score = (game.discriminator.apply(game.d_layout.unflatten(d), x) for x in (real, fake))
    (gradient,) = torch.autograd.grad(trainer._transitions.settings.loss.d_loss(real_score, fake_score), d)
    trainer.step_discriminator()
    assert torch.allclose(trainer.state["d"]["parameters"], (d - 0.1 * gradient).detach(), atol=1e-14)


@pytest.mark.parametrize("m", [2, 4])
def test_the_best_discriminator_of_packs_adds_up_the_log_ratios(m):
    """N(0, 1) against N(1, 1): log p/q = ½ − x, so D's best score of a pack is Σ (½ − xᵢ), and drawn is σ(m (½ − x)).
    D's gradient there is 0 but for the minibatch, some 1/√n; away from there it is not."""
    affine = {"name": "mlp", "depth": 0}
    trainer = plain(
        generator=affine,
        discriminator=affine,
        latent="normal",
        data={"name": "gaussian", "mean": 0.0, "std": 1.0},
        batch_size=8192,
        regularizers=[{"name": "packing", "m": m}],
    )
    best = torch.tensor([*[-1.0] * m, m / 2], dtype=torch.float64)
    g = torch.tensor([1.0, 1.0], dtype=torch.float64)

    def force(d: torch.Tensor) -> float:
        state = {"g": {**trainer.state["g"], "parameters": g}, "d": {**trainer.state["d"], "parameters": d}}
        trainer.begin(state)
        return float(trainer.gradients(state)[1].norm())

    assert force(0.8 * best) > 2 * force(best)
    assert force(best) < 4 * math.sqrt(m / (8192 / m))
    x = np.array([-1.0, 0.0, 0.5, 2.0])
    assert np.allclose(trainer.discriminate(x), 1 / (1 + np.exp(-m * (0.5 - x))))


TOGETHER = {
    "penalties on packs": ["packing", "gradient_penalty", "r1", "r2", "zero_centred", "dragan", "lipschitz_penalty"],
    "noisy packs": ["packing", "instance_noise", "dropout", "rkhs", "spectral_norm"],
    "both players": ["consensus", "unrolled", "r1", "instance_noise", "dropout"],
    "all that acts on an update": ["weight_decay", "gradient_clipping", "historical_averaging", "ema"],
    "nearly everything": ["packing", "instance_noise", "dropout", "spectral_norm", "r1", "unrolled", "ema"],
}


@pytest.mark.parametrize("names", TOGETHER.values(), ids=TOGETHER)
def test_together_they_are_computed_alike_on_both_paths(names):
    """Relativistic: there G's turn scores real samples too."""
    experiment = small(loss="relativistic", regularizers=names)
    eager, native = Trainer(experiment, path="eager"), Trainer(experiment)
    for trainer in (eager, native):
        trainer.step()
    for name, scalar in eager.scalars.items():
        assert native.scalars[name] == pytest.approx(scalar, rel=1e-5, abs=1e-7)
    native.advance(19)
    assert native.path == "native"
    assert 0 < native.measure("jsd") < math.log(2)


# ------------------------------------------------------------------------------------------- what the best D compares


def drawn_optimum(regularizer: dict, p, q) -> np.ndarray:
    """D* as it is drawn, where p and q are given densities on the line."""
    trainer = Trainer(small(regularizers=[regularizer], batch_size=12))
    snapshot = trainer.snapshot()
    x, width = (snapshot.edges[1:] + snapshot.edges[:-1]) / 2, np.diff(snapshot.edges)
    return x, optimal_discriminator(dataclasses.replace(snapshot, p=p(x) * width, q=q(x) * width))


def normal(mean: float, std: float):
    return lambda x: np.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))


def test_the_optimum_of_packs_is_drawn():
    x, drawn = drawn_optimum({"name": "packing", "m": 3}, normal(0, 1), normal(1, 1))
    near = np.abs(x) < 3
    assert np.allclose(drawn[near], 1 / (1 + np.exp(-3 * (0.5 - x[near]))), atol=1e-9)


def test_the_optimum_under_instance_noise_is_that_of_the_blurred_densities():
    """Noise adds its variance: N(0, 1) and N(1, ½²) become N(0, 1 + s²) and N(1, ¼ + s²)."""
    s = 0.7
    x, drawn = drawn_optimum({"name": "instance_noise", "std": s}, normal(0, 1), normal(1, 0.5))
    near = np.abs(x) < 3
    p, q = normal(0, math.sqrt(1 + s**2))(x[near]), normal(1, math.sqrt(0.25 + s**2))(x[near])
    assert np.allclose(drawn[near], p / (p + q), atol=2e-3)


def test_value_is_unknown_where_samples_are_judged_together():
    for name in ("packing", "minibatch_discrimination"):
        trainer = Trainer(small(regularizers=[name]))
        assert math.isnan(trainer.measure("value"))
        assert math.isnan(trainer.measure("cost"))
        assert trainer.measure("jsd") == Trainer(small()).measure("jsd"), "the same G as without it"


# ------------------------------------------------------------------------------------------ minibatch discrimination


def test_minibatch_discrimination_measures_closeness():
    """Against the sum written out, in float64."""
    option = resolve("regularizers", {"name": "minibatch_discrimination", "kernels": 2, "dims": 3})
    extra = {key: value.double() for key, value in option.extra(4, 1, Counted(0, "extra")).items()}
    features = Counted(0, "features").normal(5, 4, dtype=torch.float64)
    raw = torch.zeros(5, 1, dtype=torch.float64)
    score = option.score(raw, features, features, extra)
    matrix = (features @ extra["tensor"]).reshape(5, 2, 3)
    for i in range(5):
        close = [
            sum(math.exp(-float((matrix[i, b] - matrix[j, b]).abs().sum())) for j in range(5) if j != i) / 4
            for b in range(2)
        ]
        expected = sum(c * float(w) for c, w in zip(close, extra["readout"][:, 0], strict=True))
        assert float(score[i]) == pytest.approx(expected, rel=1e-12)
    alike = option.score(raw, features[:1].expand(5, 4), features[:1].expand(5, 4).clone(), extra)
    assert torch.allclose(alike, extra["readout"].sum().expand(5, 1)), "identical samples are at closeness 1"


def test_minibatch_discrimination_trains_its_own_parameters_and_sees_minibatches_apart():
    trainer = plain(regularizers=["minibatch_discrimination"])
    game, before = trainer._transitions.game, trainer.state["d"]["parameters"]
    assert [name for name in game.d_layout.names if name.startswith("minibatch_discrimination.")] == [
        "minibatch_discrimination.tensor",
        "minibatch_discrimination.readout",
    ]
    trainer.step_discriminator()
    moved = game.d_layout.unflatten(trainer.state["d"]["parameters"] - before)
    assert all(moved[f"minibatch_discrimination.{key}"].abs().max() > 0 for key in ("tensor", "readout"))
    # A generator whose samples are all alike: its scores change with the minibatch alone.
    noise = trainer._transitions.noise.draw("d", 1)
    around = Minibatch(
        game, trainer._transitions.settings, noise, trainer.state["d"]["regularizers"], trainer.state["d"]["updates"]
    )
    score, _ = around.discriminator(trainer.state["d"]["parameters"])
    point = torch.zeros(6, 1, dtype=torch.float64)
    crowd = torch.cat([point[:1], torch.linspace(3, 8, 5, dtype=torch.float64).unsqueeze(1)])
    assert float(score(point)[0]) != float(score(crowd)[0])


def test_minibatch_discrimination_finds_a_generator_without_variety():
    """D alone against a G that is one point among the data: with the whole minibatch before it, it is sure."""
    fields = {"latent": "constant", "optimizer_d": "adam", "lr_d": 1e-2, "batch_size": 64, "data": "gaussian"}
    losses = {}
    for chosen in ((), ("minibatch_discrimination",)):
        trainer = Trainer(small(regularizers=list(chosen), **fields))
        for _ in range(300):
            trainer.step_discriminator()
        losses[chosen] = trainer.scalars["loss_d"]
    assert losses[("minibatch_discrimination",)] < 0.5 * losses[()]
