"""ganviz export: one file that holds the picture, the experiment, and all that it takes to draw them."""

from __future__ import annotations

import base64
import gzip
import json
import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from ganviz import Experiment, Trainer, preset
from ganviz.cli.main import main


def block(page: str, name: str) -> str:
    (text,) = re.findall(rf'<script [^>]*id="{name}">(.*?)</script>', page, re.DOTALL)
    return text


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("export") / "page.html"
    assert main(["export", "figure-1", "--set", "seed=3", "--steps", "90", "--out", str(out)]) == 0
    return out.read_text("utf-8")


def numbers(values: object) -> np.ndarray:
    """A trace's array as plotly writes it: a list, or typed bytes."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), np.dtype(values["dtype"]))
    return np.asarray(values, dtype=float)


def test_the_page_shows_the_run_of_that_step(page: str) -> None:
    trainer = Trainer(preset("figure-1").replace(seed=3))
    trainer.advance(90)
    stage = json.loads(block(page, "figures"))["figure-0"]
    curve = next(trace for trace in stage["data"] if trace.get("name", "").startswith("p<sub>g"))
    snapshot = trainer.snapshot()
    middles = (snapshot.edges[1:] + snapshot.edges[:-1]) / 2
    density = np.interp(numbers(curve["x"]), middles, snapshot.q / np.diff(snapshot.edges))
    drawn = numbers(curve["y"])
    inside = drawn < np.nanmax(drawn)  # a peak above the frame is cut off
    assert inside.sum() > 100
    assert 1 < np.nanmax(drawn) <= density.max()
    assert np.abs(drawn - density)[inside].max() < 0.02 * density.max()
    assert "step 90" in page
    assert "seed=3" in page


def test_the_page_holds_the_experiment(page: str) -> None:
    (text,) = re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)
    assert Experiment.from_json(unescape(text)) == preset("figure-1").replace(seed=3)


def test_the_page_needs_nothing_else_and_is_light(page: str) -> None:
    assert b"plotly.js" in gzip.decompress(base64.b64decode(block(page, "plotly")))
    outside = re.sub(r'<script type="text/plain" id="plotly">.*?</script>', "", page, flags=re.DOTALL)
    assert not re.search(r'(?:src|href)="', outside)
    assert 300_000 < len(page.encode()) < 1_000_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--steps", "-1"], "--steps must be at least 0"),
        (["--out", "picture.png"], "must end in .html"),
        (["--out", "nowhere/page.html"], "There is no folder 'nowhere'"),
        (["--out", "here.html"], "There is a file 'here.html' already"),
        (["--set", "los=minimax"], "did you mean 'loss'"),
    ],
)
def test_what_cannot_be_is_said(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.html").write_text("mine", "utf-8")
    assert main(["export", "figure-1", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert Path("here.html").read_text("utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [tmp_path / "here.html"]


@pytest.mark.parametrize("name", ["ring-r3gan", "dirac-r1"])
def test_other_stages_are_drawn_too(name: str, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    assert main(["export", name, "--steps", "3", "--out", str(out)]) == 0
    figures = json.loads(block(out.read_text("utf-8"), "figures"))
    assert all(len(figure["data"]) >= 3 for figure in figures.values())
