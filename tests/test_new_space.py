"""A space is a folder: angles on a circle, added without editing a file."""

from __future__ import annotations

import importlib
import math
import pickle
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import small
from torch.fx.experimental.proxy_tensor import make_fx

import ganviz
from ganviz import Experiment, Invalid, Trainer
from ganviz.engine.look_program import NativeLook
from ganviz.engine.settings import bind, numbers

CIRCLE = Path(__file__).parent / "circle"


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The rooms with the files of the circle beside their own."""
    here = Path(shutil.copytree(CIRCLE, tmp_path_factory.mktemp("circle"), dirs_exist_ok=True))
    with pytest.MonkeyPatch.context() as patch:
        for folder in filter(Path.is_dir, here.iterdir()):
            room = importlib.import_module(f"ganviz.{folder.name}")
            patch.setattr(room, "__path__", [*room.__path__, str(folder)])
        importlib.invalidate_caches()
        yield
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(here)):
            room_name, _, option = name.rpartition(".")
            vars(sys.modules[room_name]).pop(option, None)
            del sys.modules[name]


def test_a_folder_brings_a_space(rooms):
    assert "circle" in ganviz.options("spaces")
    experiment = small(data={"name": "angles", "direction": 3.0})
    assert Experiment.from_json(experiment.to_json()) == experiment
    trainer = Trainer(experiment)
    trainer.advance(30)
    snapshot = trainer.snapshot()
    assert type(snapshot).__name__ == "CircleSnapshot"
    assert snapshot.p.sum() == pytest.approx(1)
    assert snapshot.q.sum() == pytest.approx(1)
    copy = pickle.loads(pickle.dumps(snapshot))
    assert np.array_equal(copy.fake, snapshot.fake)
    x = np.array([0.5, -1.0])
    assert trainer.discriminate(x).shape == (2,)
    assert trainer.density(snapshot.angles).sum() * 2 * math.pi / 36 == pytest.approx(1)


def test_its_look_is_pure(rooms):
    trainer = Trainer(small(data="angles"))
    trainer.advance(2)
    probe, values = trainer.probe(), numbers(trainer.experiment, torch.tensor)

    def look(state, values):
        return probe.observer.observe(state, bind(trainer.experiment, values))

    captured = make_fx(look)(probe.run.state, values)(probe.run.state, values)
    assert all(torch.equal(tensor, captured[name]) for name, tensor in look(probe.run.state, values).items())


def test_the_machine_looks_at_it(rooms):
    trainer = Trainer(small(data="angles"))
    trainer.advance(2)
    seen = trainer.observer.seen(trainer.state, numbers(trainer.experiment, torch.tensor))
    looked = trainer.probe().look
    assert isinstance(looked.func, NativeLook)
    assert all(np.allclose(array, seen[name], atol=1e-6) for name, array in looked().items())


def test_it_is_measured(rooms):
    trainer = Trainer(small(data={"name": "angles", "direction": 3.0, "std": 0.3}, lr_g=5e-3, lr_d=5e-3))
    before = trainer.measure("mean_direction")
    snapshot = trainer.snapshot()
    vectors = np.exp(1j * snapshot.fake.astype(float)).sum() / np.exp(1j * snapshot.real.astype(float)).sum()
    assert before == pytest.approx(abs(np.angle(vectors)), abs=1e-6)
    trainer.advance(400)
    assert trainer.measure("mean_direction") < before
    with pytest.raises(Invalid, match="'jsd' cannot be measured on 'angles'"):
        trainer.measure("jsd")


def test_it_is_drawn(rooms):
    from ganviz.figures.base import showing
    from ganviz.lab.recorder import Recorder

    run = Recorder(small(data="angles"), "eager")
    for _ in range(3):
        run.step()
    view = run.view()
    (figure,) = showing(run.trainer.experiment)
    drawn = figure.draw(view)
    assert np.array_equal(drawn.data[1].r, view.snapshot.q)
    assert list(view.measures) == ["mean_direction"]
    assert "mean_direction" in view.curves
    run.close()
    run.join()


def test_samples_without_their_space_can_be_trained_on_only(rooms, monkeypatch):
    experiment = small(data="angles")
    monkeypatch.setattr(type(experiment.data), "space", "torus")
    trainer = Trainer(experiment)
    trainer.advance(3)
    assert trainer.generate(5).shape == (5, 1)
    for look in (trainer.snapshot, lambda: trainer.discriminate(np.zeros(3)), trainer.probe):
        with pytest.raises(Invalid, match="angles can be trained on but not looked at: there is no space 'torus'"):
            look()
