"""The course: ten notebooks in reading order, light, illustrated, each with what a reader needs to learn from it."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import ipywidgets as w
import pytest
from conftest import small
from PIL import Image

import ganviz
from ganviz import Experiment, Invalid, explore
from ganviz.cli.options import ROOMS
from ganviz.option import names
from ganviz.widgets.panel import Panel, chosen

COURSE = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

PICTURE = "keep_output"
"""The tag by which nbstripout leaves a cell's output alone."""
CHECKED = "nbval-check-output"
SKIPPED = "skip-execution"
"""The tag by which nbclient, and so Voilà, leaves a cell alone: a lesson that is served trains nothing by itself."""

Cell = dict[str, Any]


def cells(path: Path, kind: str) -> list[Cell]:
    return [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell: Cell) -> str:
    return "".join(cell["source"])


def tags(cell: Cell) -> list[str]:
    return cell["metadata"].get("tags", [])


def script(name: str) -> ModuleType:
    """A file of tools, as a module."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


every_notebook = pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)


# ------------------------------------------------------------------------------------------------- the notebooks


def test_the_course_is_numbered_in_reading_order():
    assert [path.name[:3] for path in COURSE] == [f"{number:02}-" for number in range(1, len(COURSE) + 1)]
    assert len(COURSE) >= 10


@every_notebook
def test_a_notebook_teaches(path):
    text = "\n".join(source(cell) for cell in cells(path, "markdown"))
    for part in ("**The question:**", "## First, a prediction", "## What to watch", "## The same without widgets"):
        assert part in text, part
    assert re.search(r"^## Break it", text, re.MULTILINE)
    assert re.search(r"^## Exercise", text, re.MULTILINE)
    answers = re.findall(r"<summary>(.*?)</summary>", text)
    assert any("answers" in answer for answer in answers)
    assert any("hint" in answer for answer in answers)
    assert text.count("<details>") == text.count("</details>") == len(answers)
    assert text.index("## First, a prediction") < text.index("The answers")


@every_notebook
def test_its_numbers_are_checked(path):
    code = cells(path, "code")
    assert any("assert " in source(cell) or CHECKED in tags(cell) for cell in code)
    shortest = min(
        source(cell).count("\n") + 1 for cell in code if "Trainer" in source(cell) or "trainer" in source(cell)
    )
    assert shortest <= 7, "the run in a few lines of Python"


@every_notebook
def test_every_explorer_has_a_picture_and_every_other_cell_what_it_said(path):
    assert path.stat().st_size < 150_000
    for cell in cells(path, "code"):
        if "explore(" in source(cell):
            (output,) = cell["outputs"]
            assert set(output["data"]) == {"image/png", "text/plain"}
            picture = base64.b64decode(output["data"]["image/png"])
            assert len(picture) < 75_000
            assert Image.open(io.BytesIO(picture)).width == 860
            assert PICTURE in tags(cell), "nbstripout would take it away"
            assert cell["metadata"]["ganviz"]["steps"] >= 0
        else:
            (output,) = cell["outputs"]
            said = output["text"] if output["output_type"] == "stream" else output["data"].pop("text/plain")
            assert 0 < len("".join(said)) < 200
            assert not output.get("data")
            assert {PICTURE, SKIPPED} <= set(tags(cell)), "python tools/make_numbers.py"


@every_notebook
def test_an_explorer_has_two_or_three_controls_that_exist(path, monkeypatch):
    asked = []

    def note(experiment: Any = "figure-1", **options: Any) -> None:
        asked.append((experiment, options["controls"]))

    monkeypatch.setattr(ganviz, "explore", note, raising=False)
    shared: dict[str, Any] = {}
    for cell in cells(path, "code"):
        if "explore(" in source(cell):
            exec(source(cell), shared)
    assert len(asked) >= 2
    for experiment, controls in asked:
        of = ganviz.preset(experiment) if isinstance(experiment, str) else getattr(experiment, "experiment", experiment)
        assert 1 <= len(controls) <= 3
        assert chosen(controls, of)


def test_pictures_are_made_of_what_the_explorers_show(monkeypatch):
    tool, drawn = script("make_pictures"), []
    monkeypatch.setattr(tool, "output", lambda shown, steps, page: drawn.append((shown, steps)) or {"picture": steps})
    start = "ganviz.starts('mnist-mlp')[0]"
    sources = [
        ("import ganviz\nganviz.explore('ring', controls=['lr_d'])", {"ganviz": {"steps": 5}}, [1]),
        ("from ganviz import explore\nexplore(ganviz.Experiment(seed=7))", {"ganviz": {"steps": 6}}, []),
        (f"explore({start})", {"ganviz": {"steps": 0}}, []),
        ("raise RuntimeError", {}, [2]),
        ("raise RuntimeError", {"tags": [CHECKED]}, [3]),
    ]
    made = [
        {"cell_type": "code", "source": [source], "metadata": metadata, "outputs": outputs}
        for source, metadata, outputs in sources
    ]
    before = ganviz.explore
    tool.illustrate({"cells": made}, None)
    assert [cell["execution_count"] for cell in made] == [1, 2, 3, None, 5]
    assert [cell["outputs"] for cell in made] == [[{"picture": 5}], [{"picture": 6}], [{"picture": 0}], [], [3]]
    assert [shown.experiment.seed for shown, _ in drawn] == [0, 7, 0]
    assert [bool(shown.title) for shown, _ in drawn] == [True, False, True]
    assert drawn[2][0].start.step == 500
    assert ganviz.explore is before
    made[0]["outputs"] = []
    tool.illustrate({"cells": made}, None, missing=True)
    assert len(drawn) == 4, "only the one that was missing"


def test_a_picture_keeps_its_colours():
    tool, written = script("make_pictures"), io.BytesIO()
    bands = Image.new("RGB", (300, 20), "white")
    for left, colour in ((0, "#009E73"), (100, "#0072B2"), (200, "#D55E00")):
        bands.paste(colour, (left, 0, left + 60, 20))
    bands.save(written, "PNG")
    few = Image.open(io.BytesIO(tool.small(written.getvalue(), tool.COLORS))).convert("RGB")
    assert few.size == bands.size
    for x in (30, 80, 130, 230):
        assert max(abs(a - b) for a, b in zip(few.getpixel((x, 10)), bands.getpixel((x, 10)), strict=True)) <= 4


# ---------------------------------------------------------------------------------------------------- code in prose


def snippets(path: Path) -> list[str]:
    """What stands in a notebook's prose as code and looks like Python: fenced, or in a line and with brackets or an
    equals sign."""
    text = "\n".join(source(cell) for cell in cells(path, "markdown"))
    fenced = re.findall(r"^```(?:python)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return fenced + [span for span in inline if re.search(r"[(\[{=]", span)]


def build(snippet: str) -> list[Any]:
    """What the snippet makes, checked: an experiment is trained for a step, an explorer's controls are looked up."""
    made: list[Any] = []

    def note(experiment: Any = "figure-1", controls: Any = (), **options: Any) -> None:
        of = ganviz.preset(experiment) if isinstance(experiment, str) else getattr(experiment, "experiment", experiment)
        made.append(chosen(controls, of) if controls else of)

    before, ganviz.explore = ganviz.explore, note
    names = {"ganviz": ganviz, "explore": note, "Experiment": Experiment, "trainer": ganviz.Trainer(small())}
    try:
        if re.match(r"\w+=", snippet):  # fields of an experiment
            snippet = f"Experiment({snippet})"
        value = exec(snippet, names) if "\n" in snippet else eval(snippet, names)
    finally:
        ganviz.explore = before
    if isinstance(value, dict):
        rooms = [room for room in ROOMS if value["name"] in ganviz.option.names(room)]
        value = [ganviz.option.resolve(room, value) for room in rooms]
        assert value
    if isinstance(value, Experiment):
        ganviz.Trainer(value).advance(1)
    return [*made, value]


@every_notebook
def test_code_in_prose_runs(path):
    for snippet in snippets(path):
        assert build(snippet), snippet


@pytest.mark.parametrize(
    "snippet",
    [
        'ganviz.Experiment(data={"name": "mnist", "digits": [4, 9]}, …)',
        'ganviz.preset("mnist-dcgan").replace(data={"name": "mnist", "digits": [4, 9]})',
        'ganviz.explore("ring", controls=["regularizers.r3"])',
        'trainer.change(los="least_squares")',
        '{"name": "sgd", "momentm": 0.5}',
        'optimizer_g="extragradent"',
        "import ganviz\nganviz.preset('rign')\n",
    ],
)
def test_code_that_does_not_run_is_noticed(snippet):
    with pytest.raises((Invalid, SyntaxError)):
        build(snippet)


def test_there_is_code_in_prose():
    found = [snippet for path in COURSE for snippet in snippets(path)]
    assert sum("ganviz." in snippet for snippet in found) >= 5


# -------------------------------------------------------------------------------------------------- few controls


def labels(widget: w.Widget) -> list[str]:
    own = getattr(widget, "description", "")
    inside = [label for child in getattr(widget, "children", ()) for label in labels(child)]
    return [*([own] if own else []), *inside]


def panel(*controls: str, **fields: Any) -> Panel:
    return Panel(small(**fields), lambda **changes: True, controls)


def test_a_panel_of_few_controls_shows_these_alone():
    assert labels(panel("lr_d", "data.mean", data="gaussian")) == ["lr d", "mean"]
    assert labels(panel("data.std", "data.mean", data="gaussian")) == ["mean", "std"]
    assert labels(panel("regularizers.r1", "regularizers.r2")) == ["r1", "r2"]
    assert labels(panel("loss", loss="least_squares")) == ["loss", "a", "b", "c"]
    assert labels(panel("loss.a", "loss", loss="least_squares")) == ["loss", "a", "b", "c"]
    switches = panel("regularizers.r1", regularizers=["r1", "ema"])
    assert labels(switches) == ["r1", "gamma"]


def test_what_is_not_shown_stays():
    given: list[dict[str, Any]] = []

    def take(**changes: Any) -> bool:
        given.append(changes)
        return True

    experiment = small(loss={"name": "least_squares", "a": -1}, regularizers=["ema"])
    few = Panel(experiment, take, ["loss.b", "regularizers.r1"])
    few.controls["loss"].children[0].value = 0.5
    few.controls["regularizers"].children[0].children[0].value = True
    assert experiment.replace(**given[0]).loss.to_dict() == {"name": "least_squares", "a": -1.0, "b": 0.5, "c": 1.0}
    kinds = {option.option_name() for option in experiment.replace(**given[1]).regularizers}
    assert kinds == {"ema", "r1"}


@pytest.mark.parametrize(
    ("control", "complaint"),
    [
        ("lr_x", "There is no control 'lr_x'; did you mean 'lr_"),
        ("losss", "There is no control 'losss'; did you mean 'loss'?"),
        ("loss.q", "There is no control 'loss.q'"),
        ("data.men", "There is no control 'data.men'; did you mean 'data.mean'?"),
        ("regularizers.r3", "There is no control 'regularizers.r3'; did you mean 'regularizers.r"),
        ("lr_d.speed", "There is no control 'lr_d.speed'; did you mean 'lr_d'?"),
    ],
)
def test_a_control_that_is_not_there_is_refused_in_a_sentence(control, complaint):
    with pytest.raises(Invalid, match=re.escape(complaint)) as refused:
        explore(small(data="gaussian"), controls=["lr_g", control])
    assert "\n" not in str(refused.value)


def test_every_part_of_an_experiment_can_be_a_control():
    experiment = Experiment()
    for name in experiment.to_dict():
        assert list(chosen([name], experiment)) == [name]
    for kind in names("regularizers"):
        assert chosen([f"regularizers.{kind}"], experiment) == {"regularizers": (kind,)}


def test_an_explorer_of_few_controls_is_a_laboratory_all_the_same():
    explorer = explore(small(data="gaussian"), path="eager", controls=["data.mean", "loss"])
    try:
        shown = labels(explorer)
        assert {"mean", "loss"} <= set(shown)
        assert not {"preset", "lr d", "seed ↻"} & set(shown)
        explorer._shown_panel.controls["data"].children[0].value = 2.0
        assert explorer.session.experiment.data.mean == 2.0
        next(button for button in explorer._toolbar.children if button.description == "New seed").click()
        assert explorer.session.experiment.seed == 1
    finally:
        explorer.close()
