"""The Dirac-GAN and the bilinear game, run through the Trainer, against their closed forms (Mescheder et al. 2018).

The paper's D rates fakeness, ours realness: ψ here is −ψ there, so the paper's start (1, 1) is (1, −1).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ganviz import Experiment, Trainer
from ganviz.contracts.counted import Counted
from ganviz.figures.figure_1 import ARROWS, Figure1
from ganviz.lab.recorder import Recorder
from ganviz.option import Invalid, resolve
from ganviz.theory.linear import at, eigenvalues, flow_eigenvalues, vector_field
from ganviz.theory.plane import Orbit


def game(
    loss="minimax", *, h=0.2, updates="simultaneous", optimizer="sgd", regularizers=(), start=(1.0, -1.0), **fields
) -> Trainer:
    """Both players at distance 1 from the equilibrium, or where `start` says, in float64."""
    experiment = Experiment(
        data="dirac",
        latent="constant",
        generator={"name": "dirac", "start": start[0]},
        discriminator={"name": "dirac", "start": start[1]},
        loss=loss,
        updates=updates,
        optimizer_g=optimizer,
        optimizer_d=optimizer,
        regularizers=list(regularizers),
        **{"lr_g": h, "lr_d": h, "batch_size": 1, **fields},
    )
    return Trainer(experiment, dtype=torch.float64)


def point(trainer: Trainer) -> tuple[float, float]:
    return float(trainer.state["g"]["parameters"]), float(trainer.state["d"]["parameters"])


def radius(trainer: Trainer) -> float:
    return math.hypot(*point(trainer))


def origin(trainer: Trainer):
    zero = torch.zeros(1, dtype=torch.float64)
    return at(trainer.state, zero, zero)


def spectral_radius(trainer: Trainer) -> float:
    trainer.advance(2)  # the first step of some optimizers is unlike the others
    return float(np.abs(eigenvalues(trainer, origin(trainer))).max())


def contraction(trainer: Trainer, skip: int = 200, steps: int = 400) -> float:
    """The factor a step by which the distance changes, as the least-squares slope of its logarithm."""
    trainer.advance(skip)
    logs = []
    for _ in range(steps):
        trainer.step()
        logs.append(math.log(radius(trainer)))
    return math.exp(np.polyfit(np.arange(steps), logs, 1)[0])


def r1(gamma: float) -> dict:
    return {"name": "r1", "gamma": gamma}


# ------------------------------------------------------------------------------------------ in continuous time

UNDER_R1 = -0.15 + 1j * math.sqrt(0.25 - 0.0225)

FLOWS = {
    "minimax": (game("minimax"), 0.5j),
    "nonsaturating": (game("nonsaturating"), 0.5j),
    "wasserstein": (game("wasserstein"), 1j),
    "relativistic": (game("relativistic"), 0.5j),
    "r1": (game(regularizers=[r1(0.3)]), UNDER_R1),
    "r1, critical": (game(regularizers=[r1(1.0)]), -0.5 + 0j),
    "r1, overdamped": (game(regularizers=[r1(2.0)]), -1 + math.sqrt(0.75) + 0j),
    "r2": (game(regularizers=[{"name": "r2", "gamma": 0.3}]), UNDER_R1),
    "zero-centred": (game(regularizers=[{"name": "zero_centred", "gamma": 0.3}]), UNDER_R1),
    "nonsaturating, r1": (game("nonsaturating", regularizers=[r1(0.3)]), UNDER_R1),
    "relativistic, r1": (game("relativistic", regularizers=[r1(0.3)]), UNDER_R1),
    "relativistic, r2": (game("relativistic", regularizers=[{"name": "r2", "gamma": 0.3}]), UNDER_R1),
    "wasserstein, r1": (game("wasserstein", regularizers=[r1(0.3)]), -0.15 + 1j * math.sqrt(1 - 0.0225)),
    "consensus": (game(regularizers=[{"name": "consensus", "gamma": 1.0}]), -0.25 + 0.5j),
}


@pytest.mark.parametrize("name", FLOWS)
def test_eigenvalues_of_the_flow(name):
    trainer, expected = FLOWS[name]
    values = flow_eigenvalues(trainer, 0.0, 0.0)
    top = max(values, key=lambda value: (value.real, value.imag))
    # At the critical weight the two eigenvalues meet, and an error of e in the matrix moves them by √e.
    assert abs(top - expected) < (2e-3 if "critical" in name else 1e-6)


@pytest.mark.parametrize("name", [name for name in FLOWS if "critical" not in name])
def test_a_simultaneous_step_is_a_step_of_euler(name):
    """Its eigenvalues are 1 + hλ, those of a flow with eigenvalues λ."""
    trainer, expected = FLOWS[name]
    values = eigenvalues(trainer, origin(trainer))
    assert min(abs(values - (1 + 0.2 * expected))) < 1e-6


def test_instance_noise_damps_like_a_gradient_penalty():
    """Eigenvalues −s²/4 ± √(s⁴/16 − ¼): a matrix ((0, ½), (−½, −s²/2)), s² from the real and the fake draws."""
    s, n = 0.7, 8192
    trainer = game(regularizers=[{"name": "instance_noise", "std": s}], batch_size=n)
    drawn = trainer._transitions.noise.draw("d", 0)["regularizers"]["instance_noise"]
    moment = float(sum(drawn[side].square().mean() for side in ("real", "fake"))) / 2
    assert moment == pytest.approx(1, abs=5 * math.sqrt(1 / n))
    damping = moment * s**2 / 4
    values = flow_eigenvalues(trainer, 0.0, 0.0)
    assert np.allclose(values.real, -damping, atol=1e-6)
    assert np.allclose(np.abs(values.imag), math.sqrt(0.25 - damping**2), atol=1e-6)


@pytest.mark.parametrize("loss", ["minimax", "wasserstein"])
def test_the_flow_conserves_the_distance(loss):
    axis = np.linspace(-2, 2, 5)
    force_g, force_d = vector_field(game(loss), axis, axis)
    theta, psi = np.meshgrid(axis, axis)
    assert np.allclose(theta * force_g + psi * force_d, 0, atol=1e-12)


def test_the_nonsaturating_flow_does_not():
    """d(r²)/dt = −2 θψ tanh(θψ/2)."""
    axis = np.linspace(-2, 2, 5)
    force_g, force_d = vector_field(game("nonsaturating"), axis, axis)
    theta, psi = np.meshgrid(axis, axis)
    expected = -2 * theta * psi * np.tanh(theta * psi / 2)
    assert np.allclose(2 * (theta * force_g + psi * force_d), expected, atol=1e-12)


def test_the_nonsaturating_flow_converges_slowly():
    """r(100) = 0.27833 from (1, −1), like √(8/t): the players' own gradients, followed by Runge and Kutta."""
    trainer, here, dt = game("nonsaturating"), torch.tensor([1.0, -1.0], dtype=torch.float64), 0.25

    def force(place: torch.Tensor) -> torch.Tensor:
        return -torch.cat(trainer.gradients(at(trainer.state, place[:1], place[1:])))

    for _ in range(400):
        one = force(here)
        two = force(here + dt / 2 * one)
        three = force(here + dt / 2 * two)
        here = here + dt / 6 * (one + 2 * two + 2 * three + force(here + dt * three))
    assert float(here.norm()) == pytest.approx(0.27833, abs=1e-5)


# -------------------------------------------------------------------------------------------- in discrete time


def test_simultaneous_wgan_grows():
    trainer = game("wasserstein")
    start = radius(trainer)
    trainer.advance(500)
    assert radius(trainer) / start == pytest.approx(18127.371, rel=1e-6)


def test_simultaneous_gan_grows_for_ever():
    trainer = game("minimax")
    for steps, expected in ((100, 1.962624), (100, 2.644612), (300, 3.096949)):
        trainer.advance(steps)
        assert radius(trainer) == pytest.approx(expected, abs=1e-6)


def test_alternating_wgan_keeps_its_invariant():
    """θ² + ψ² + hθψ with D first, in the paper's sign; 2.2 from its (1, 1)."""
    trainer = game("wasserstein", updates="alternating")
    for _ in range(500):
        trainer.step()
        theta, psi = point(trainer)
        assert theta**2 + psi**2 - 0.2 * theta * psi == pytest.approx(2.2, abs=1e-9)


def test_alternating_wgan_with_g_first_keeps_the_other_invariant():
    trainer = game("wasserstein", updates="alternating")
    for _ in range(500):
        trainer.step_generator()
        trainer.step_discriminator()
        theta, psi = point(trainer)
        assert theta**2 + psi**2 + 0.2 * theta * psi == pytest.approx(1.8, abs=1e-9)


def test_alternating_gan_stays_in_a_ring():
    trainer, seen = game("minimax", updates="alternating"), []
    for _ in range(500):
        trainer.step_generator()
        trainer.step_discriminator()
        seen.append(radius(trainer))
    assert min(seen) == pytest.approx(1.3435, abs=1e-4)
    assert max(seen) == pytest.approx(1.4220, abs=1e-4)


@pytest.mark.parametrize(("h", "expected", "close"), [(0.2, 0.63177, 1e-4), (0.01, 0.141425, 1e-5)])
def test_nonsaturating_steps_have_a_limit_cycle(h, expected, close):
    """Simultaneous steps end on a cycle of radius √(2h), to leading order: followed for one turn from there."""
    trainer = game("nonsaturating", h=h, start=(math.sqrt(2 * h), 0.0))
    trainer.advance(500)
    seen = []
    for _ in range(round(4 * math.pi / h)):
        trainer.step()
        seen.append(radius(trainer))
    assert sum(seen) / len(seen) == pytest.approx(expected, abs=close)


@pytest.mark.parametrize("share", [0.5, 2.0])
def test_the_limit_cycle_attracts_from_both_sides(share):
    trainer = game("nonsaturating", start=(share * math.sqrt(0.4), 0.0))
    trainer.advance(1000)
    assert radius(trainer) == pytest.approx(0.6318, abs=0.01)


def test_alternating_nonsaturating_steps_have_none():
    """r ~ √(8/(h n)): the distance goes on shrinking, slowly."""
    trainer = game("nonsaturating", updates="alternating")
    for steps in (1000, 3000):
        trainer.advance(steps)
        assert radius(trainer) == pytest.approx(math.sqrt(8 / (0.2 * trainer.step_count)), rel=0.04)


@pytest.mark.parametrize(
    ("updates", "gamma", "expected"),
    [("simultaneous", 0.3, 0.974679), ("alternating", 0.3, 0.969536), ("simultaneous", 1.0, 0.9)],
)
def test_r1_contracts_as_predicted(updates, gamma, expected):
    trainer = game(updates=updates, regularizers=[r1(gamma)])
    assert spectral_radius(trainer) == pytest.approx(expected, abs=1e-4 if gamma == 1 else 1e-6)
    if gamma != 1:
        assert contraction(trainer) == pytest.approx(expected, abs=1e-4)


def test_two_time_scales_help_r1():
    for lr_d, expected in ((0.2, 0.974679), (0.8, 0.894427)):
        trainer = game(regularizers=[r1(0.3)], lr_g=0.2, lr_d=lr_d)
        assert spectral_radius(trainer) == pytest.approx(expected, abs=1e-6)


def test_clipped_wgan_never_rests():
    trainer = game("wasserstein", regularizers=[{"name": "weight_clipping", "c": 1.0}])
    trainer.advance(400)
    seen = []
    for _ in range(200):
        trainer.step()
        seen.append(radius(trainer))
    assert min(seen) == pytest.approx(1.00, abs=5e-3)
    assert max(seen) == pytest.approx(1.27, abs=5e-3)


def test_wgan_gp_cycles_for_ever():
    """Weight 0.7 in the field; the penalty λ(|ψ| − 1)² has the gradient 2λ(|ψ| − 1), so λ = 0.35."""
    trainer = game("wasserstein", regularizers=[{"name": "gradient_penalty", "weight": 0.35, "target": 1.0}])
    trainer.advance(400)
    seen = []
    for _ in range(200):
        trainer.step()
        seen.append(radius(trainer))
    assert min(seen) == pytest.approx(1.62, abs=5e-3)
    assert max(seen) == pytest.approx(1.97, abs=6e-3)


def test_dragan_never_rests():
    """Like WGAN-GP, it asks for a slope of 1 where the equilibrium has none."""
    trainer = game(regularizers=[{"name": "dragan", "weight": 0.35}])
    trainer.advance(400)
    for _ in range(100):
        trainer.step()
        assert 1.1 < radius(trainer) < 1.7


# ------------------------------------------------------------------------------------------ the bilinear game

BILINEAR = {
    "simultaneous": ({"h": 0.1}, math.sqrt(1.01)),
    "alternating": ({"h": 0.1, "updates": "alternating"}, 1.0),
    "extragradient": ({"optimizer": "extragradient"}, 0.980612),
    "optimistic 0.1": ({"h": 0.1, "optimizer": "optimistic"}, 0.994936),
    "optimistic 0.2": ({"optimizer": "optimistic"}, 0.978906),
    "optimistic 0.5": ({"h": 0.5, "optimizer": "optimistic"}, 0.707107),
    "extragradient 0.5": ({"h": 0.5, "optimizer": "extragradient"}, math.sqrt(1 - 0.25 + 0.0625)),
    "extragradient 1": ({"h": 1.0, "optimizer": "extragradient"}, 1.0),
    "optimistic, as long as may be": ({"h": 1 / math.sqrt(3), "optimizer": "optimistic"}, 1.0),
    "negative momentum, simultaneous": ({"h": 0.1, "optimizer": {"name": "sgd", "momentum": -0.5}}, 1.00074),
    "negative momentum, alternating": (
        {"h": 0.1, "optimizer": {"name": "sgd", "momentum": -0.5}, "updates": "alternating"},
        0.99852,
    ),
    "momentum, alternating": (
        {"h": 0.1, "optimizer": {"name": "sgd", "momentum": 0.5}, "updates": "alternating"},
        1.0323,
    ),
    "consensus": ({"regularizers": [{"name": "consensus", "gamma": 0.5}]}, math.sqrt((1 - 0.1) ** 2 + 0.04)),
}


@pytest.mark.parametrize("name", BILINEAR)
def test_spectral_radius_on_the_bilinear_game(name):
    fields, expected = BILINEAR[name]
    trainer = game("wasserstein", **fields)
    assert spectral_radius(trainer) == pytest.approx(expected, abs=1e-5)
    # Where two eigenvalues nearly meet, a finite run has not reached the limit.
    if name != "optimistic 0.5":
        assert contraction(trainer) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("through", [True, False])
def test_unrolling_damps_the_generator(through):
    """K steps of length e: ψ_K = ψ − K e θ in our sign, so that G feels −K e θ besides ψ; twice that when its gradient
    also goes through the unrolled steps."""
    steps, length = 5, 0.1
    unrolled = {"name": "unrolled", "steps": steps, "step_size": length, "through": through}
    axis = np.linspace(-1, 1, 3)
    force_g, force_d = vector_field(game("wasserstein", regularizers=[unrolled]), axis, axis)
    theta, psi = np.meshgrid(axis, axis)
    assert np.allclose(force_d, -theta)
    assert np.allclose(force_g, psi - (2 if through else 1) * steps * length * theta)
    if not through:
        values = flow_eigenvalues(game("wasserstein", regularizers=[unrolled]), 0.0, 0.0)
        matrix = np.array([[-steps * length, 1.0], [-1.0, 0.0]])
        assert np.allclose(np.sort_complex(values), np.sort_complex(np.linalg.eigvals(matrix)), atol=1e-9)


def test_an_average_of_a_rotation_is_small():
    """β = 0.99 and an angle of 0.1 a step leave 0.100041 of the radius."""
    h = 2 * math.sin(0.05)  # alternating steps of this length turn by 0.1
    trainer = game("wasserstein", h=h, updates="alternating", regularizers=[{"name": "ema", "decay": 0.99}])
    trainer.advance(2000)
    shown, real = [], []
    for _ in range(126):
        trainer.step()
        shown.append(float(trainer.generate(1)))
        real.append(point(trainer)[0])
    assert max(shown) / max(real) == pytest.approx(0.100041, rel=0.01)


# -------------------------------------------------------------------------------------------------- the plane


def test_the_plane_shows_where_the_run_went():
    trainer, orbit = game(regularizers=[r1(0.3)]), Orbit()
    orbit.note(trainer.state)
    for step in range(400):
        if step == 10:
            early = orbit.copy()
        trainer.step()
        orbit.note(trainer.state)
    plane = orbit.plane(trainer.experiment)
    assert plane.path.shape == (401, 2)
    assert tuple(plane.path[0]) == (1.0, -1.0)
    assert plane.radius == pytest.approx(0.974679, abs=1e-6)
    assert plane.contraction == pytest.approx(0.9747, abs=5e-3)
    assert np.array_equal(early.plane(trainer.experiment).path, plane.path[:11])
    early.note(trainer.state)
    assert np.array_equal(orbit.plane(trainer.experiment).path, plane.path), "a branch changes nothing here"


NO_DERIVATIVE = {
    "adam": game(optimizer="adam"),
    "rmsprop": game(optimizer="rmsprop"),
    "wgan-gp": game("wasserstein", regularizers=[{"name": "gradient_penalty", "weight": 0.35}]),
    "dragan": game(regularizers=["dragan"]),
    "spectral norm": game(regularizers=["spectral_norm"]),
}


@pytest.mark.parametrize("name", NO_DERIVATIVE)
def test_some_steps_have_no_linearisation_at_rest(name):
    """A difference quotient across a jump is a large number without meaning; there are no eigenvalues then."""
    trainer = NO_DERIVATIVE[name]
    assert len(eigenvalues(trainer, origin(trainer))) == 0


def test_what_acts_on_no_player_has_no_eigenvalue():
    """An average that is only looked at forgets by 0.99 a step, and has no say in how fast the players approach."""
    average = {"name": "ema", "decay": 0.99}
    assert spectral_radius(game(regularizers=[r1(0.3), average])) == pytest.approx(0.974679, abs=1e-6)
    braked = game(regularizers=[r1(0.3)], optimizer={"name": "sgd", "momentum": -0.5})
    assert len(eigenvalues(braked, origin(braked))) == 4, "velocities act on the players"


# -------------------------------------------------------------------------------------------- the options alone


@pytest.mark.parametrize("where", [0.0, 1.0, -2.37])
def test_all_the_data_are_in_one_point(where):
    data = resolve("distributions", {"name": "dirac", "at": where})
    assert data.sample(5, Counted(0, "test")).tolist() == [[pytest.approx(where)]] * 5
    edges = torch.linspace(-5, 5, 12, dtype=torch.float64)
    mass = data.mass(edges)
    (cell,) = mass.nonzero().flatten().tolist()
    assert mass.sum() == 1
    assert edges[cell] <= where < edges[cell + 1]
    points = torch.tensor([where, where + 0.1], dtype=torch.float64)
    assert data.log_prob(points).tolist() == [math.inf, -math.inf]


@pytest.mark.parametrize(("data", "generator", "cell"), [(0.0, 0.0, True), (0.0, 1.0, False), (-2.0, -2.0, True)])
def test_two_points_agree_or_they_do_not(data, generator, cell):
    """JSD 0 in one cell, else log 2 however near; W₁ is the distance, to a cell's width."""
    experiment = game().experiment.replace(
        data={"name": "dirac", "at": data}, generator={"name": "dirac", "start": generator}
    )
    trainer = Trainer(experiment)
    snapshot = trainer.snapshot()
    assert snapshot.exact
    assert snapshot.q.sum() == pytest.approx(1)
    assert snapshot.q.max() == pytest.approx(1)
    assert trainer.measure("jsd") == pytest.approx(0 if cell else math.log(2), abs=1e-9)
    assert trainer.measure("w1") == pytest.approx(abs(data - generator), abs=0.01)


def test_a_latent_of_one_point_has_its_arrows_in_the_middle():
    run = Recorder(game().experiment, "eager")
    ends = Figure1().draw(run.view()).data[ARROWS].x.reshape(-1, 3)
    assert np.allclose(ends[:, 0], np.mean(resolve("distributions", "dirac").window()))
    assert np.allclose(ends[:, 1], 1.0)


@pytest.mark.parametrize("side", ["generator", "discriminator"])
def test_one_parameter_is_for_one_dimension(side):
    with pytest.raises(Invalid, match="one dimension"):
        Experiment(latent={"name": "normal", "dim": 2}, **{side: "dirac"})
