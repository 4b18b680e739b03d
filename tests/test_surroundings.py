"""What the process around ganviz has set up does not change a number."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import same, small

import ganviz
from ganviz import Experiment, Trainer
from ganviz.contracts.isolated import isolated
from ganviz.engine.tree import named_leaves
from ganviz.metrics.base import fitting

Surroundings = Callable[[], AbstractContextManager[object]]


@contextmanager
def having(setting: Callable[[Any], object], value: object, before: object) -> Iterator[None]:
    setting(value)
    try:
        yield
    finally:
        setting(before)


HOSTILE: dict[str, Surroundings] = {
    "float64": lambda: having(torch.set_default_dtype, torch.float64, torch.float32),
    "meta": lambda: having(torch.set_default_device, "meta", None),
    "within meta": lambda: torch.device("meta"),
    "no_grad": torch.no_grad,
    "inference": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "5 threads": lambda: having(torch.set_num_threads, 5, 1),
    "flushed denormals": lambda: having(torch.set_flush_denormal, True, False),
}

EXPERIMENTS: dict[str, Experiment] = {
    "line": small(regularizers=["r1", "spectral_norm"], optimizer_d="adam"),
    "plane": small(data="checkerboard", loss="mmd_gan", regularizers=["gradient_penalty"]),
    "pictures": small(
        data="mnist",
        generator={"name": "dcgan", "channels": 8},
        discriminator={"name": "dcgan", "channels": 8},
        latent={"name": "normal", "dim": 16},
    ),
}


def lived(experiment: Experiment, around: Surroundings) -> tuple[object, dict[str, object], list[float], torch.Tensor]:
    """State, picture, numbers and samples of a run whose every call is made within `around`; what is between the calls
    is not."""
    with around():
        trainer = Trainer(experiment)
    with around():
        trainer.advance(2)
    trainer.step()
    with around():
        trainer.step_discriminator()
        trainer.change(lr_g=1e-3, regularizers=[])
        trainer.step()
        trainer.step()
    with around():
        seen = vars(trainer.snapshot())
        measured = [trainer.measure(metric.option_name()) for metric in fitting(experiment) if not metric.slow]
        drawn = trainer.generate(4)
    return trainer.state, seen, measured, drawn


@pytest.fixture(scope="module", params=EXPERIMENTS)
def ordinary(request: pytest.FixtureRequest) -> tuple[Experiment, object]:
    experiment = EXPERIMENTS[request.param]
    return experiment, lived(experiment, nullcontext)


ELSEWHERE = ("meta", "no_grad", "flushed denormals")
"""What acts on pictures as it does on the line."""


@pytest.mark.parametrize("name", HOSTILE)
def test_the_numbers_are_those_of_an_ordinary_process(name, ordinary):
    experiment, (state, seen, measured, drawn) = ordinary
    if name in ELSEWHERE and experiment is EXPERIMENTS["pictures"]:
        pytest.skip("tried on the line and in the plane")
    other_state, other_seen, other_measured, other_drawn = lived(experiment, HOSTILE[name])
    assert same(state, other_state)
    assert [leaf.dtype for _, leaf in named_leaves(state)] == [leaf.dtype for _, leaf in named_leaves(other_state)]
    assert torch.equal(drawn, other_drawn)
    np.testing.assert_array_equal(measured, other_measured)
    for field, value in seen.items():
        np.testing.assert_equal(other_seen[field], value, err_msg=field)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_set_is_set_again(name):
    def settings() -> tuple[object, ...]:
        return (
            torch.get_default_dtype(),
            torch.get_default_device(),
            torch.is_grad_enabled(),
            torch.is_inference_mode_enabled(),
            torch.is_autocast_enabled("cpu"),
            torch.get_num_threads(),
            2.0**-1074 * float("1") == 0,
        )

    @isolated
    def failing() -> None:
        assert settings() == (torch.get_default_dtype(), torch.device("cpu"), True, False, False, 1, False)
        raise RuntimeError

    before = settings()
    with HOSTILE[name]():
        within = settings()
        assert within != before
        with pytest.raises(RuntimeError):
            failing()
        assert settings() == within
    assert settings() == before


FACTORIES = {
    f"torch.{name}"
    for name in ("empty", "zeros", "ones", "full", "rand", "randn", "linspace", "logspace", "eye", "normal", "tensor")
}


WHOLE = {
    "weights.shape",
    "[[int(digit, 16) for digit in row] for row in self.pixels[::-1]]",
    "[int(name) for name in self.condition_names()]",
}


def test_no_tensor_is_of_the_default_dtype():
    """What makes a tensor says of which dtype; of whole numbers torch makes int64 by itself."""
    for path in Path(ganviz.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        typed = [call for call in calls if "dtype" in {keyword.arg for keyword in call.keywords}]
        safe = {id(part) for call in typed for part in [call.func, *call.args]}
        safe |= {id(call.func) for call in calls if call.args and ast.unparse(call.args[0]) in WHOLE}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in FACTORIES:
                assert id(node) in safe, f"{path}:{node.lineno}"
