"""The scripts under tools: what they write says the truth."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from ganviz.engine import device, starts

ROOT = Path(__file__).parents[1]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_machine_s_coefficients_are_what_their_tool_computes():
    script = tool("make_coefficients")
    assert script.HEADER.read_text("utf-8") == script.header()


def test_a_start_is_made_on_what_it_says(monkeypatch, tmp_path):
    script, made = tool("make_starts"), []

    def write(trainer, name, seconds, machine, folder):
        assert folder == starts.FOLDER
        made.append((name, trainer.step_count, trainer.device.type, machine))
        (tmp_path / name).touch()
        return tmp_path / name

    monkeypatch.setattr(script, "write", write)
    monkeypatch.setattr(device.torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(sys, "argv", ["make_starts", "--presets", "mnist-mlp", "--steps", "1", "2"])
    script.main()
    assert made == [("mnist-mlp", step, "cpu", "one CPU core") for step in (1, 2)]
