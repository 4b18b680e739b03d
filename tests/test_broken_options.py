"""A broken or half-written option file costs its own entry, and says why."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import small

import ganviz
from ganviz import Invalid
from ganviz.cli.main import main
from ganviz.cli.options import ROOMS
from ganviz.losses.hinge import Hinge
from ganviz.metrics.base import Metric, fitting
from ganviz.option import Option, available, broken, find, registry, resolve
from ganviz.widgets.dismiss import dismiss
from ganviz.widgets.panel import Panel

SEPARABLE = "from ganviz.contracts.loss import SeparableLoss\nfrom ganviz.option import Option, live, rebuild\n"
METHODS = ["d_real", "d_fake", "g_fake", "discriminate", "decision", "scale", "optimal_score", "equilibrium"]
WHOLE = "".join(f"    def {name}(self, *given):\n        return 1.0\n" for name in METHODS)

BROKEN = {
    "lacks a method": (
        f"{SEPARABLE}class Half(SeparableLoss):\n{WHOLE.replace('def scale', 'def scales')}",
        "Half lacks the method scale.",
    ),
    "lacks several": (
        f"{SEPARABLE}class Half(SeparableLoss):\n    def d_real(self, score):\n        return score\n",
        "Half lacks the methods d_fake, decision, discriminate, equilibrium, g_fake, optimal_score, scale.",
    ),
    "syntax": ("class Half(:\n    pass\n", "invalid syntax (line 1)."),
    "import": ("\nimport no_such_package\n", "No module named 'no_such_package' (line 2)."),
    "import of a name": ("from ganviz.option import Nothing\n", "cannot import name 'Nothing' from 'ganviz.option'"),
    "nothing": ("VALUE = 1\n", "it holds no option"),
    "only a base": (f"from abc import ABC\n{SEPARABLE}class Half(SeparableLoss, ABC):\n    pass\n", "holds no option"),
    "two": (
        f"{SEPARABLE}class Half(SeparableLoss):\n{WHOLE}class Other(SeparableLoss):\n{WHOLE}",
        "it holds 2 options, Half and Other; each needs a file of its own.",
    ),
    "exception": ("x = {}\n\n\nx['y']\n", "KeyError: 'y' (line 4)."),
    "exit": ("raise SystemExit(3)\n", "SystemExit: 3 (line 1)."),
    "field without a default": (
        f"{SEPARABLE}class Half(SeparableLoss):\n    margin: float\n{WHOLE}",
        "the field 'margin' of Half has no default.",
    ),
    "field of no kind": (
        f"{SEPARABLE}class Half(SeparableLoss):\n    margin: float = 1.0\n{WHOLE}",
        "the field 'margin' of Half is neither live nor rebuild.",
    ),
    "field without a type": (
        f"{SEPARABLE}class Half(SeparableLoss):\n    margin = live(1.0, description='x')\n{WHOLE}",
        "PydanticUserError: ",
    ),
    "another room": (
        "from ganviz.contracts.schedule import Schedule\nclass Half(Schedule):\n    def factor(self, updates):\n"
        "        return 1.0\n",
        "Half belongs to schedules, not to losses",
    ),
    "no room": ("from ganviz.option import Option\nclass Half(Option):\n    pass\n", "Half belongs to no room"),
    "derived from a final one": (
        "from ganviz.losses.hinge import Hinge\nclass Half(Hinge):\n    pass\n",
        "Half may not derive from Hinge, which is a final option; derive it from SeparableLoss.",
    ),
}

Lay = Callable[..., None]


@pytest.fixture
def lay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lay]:
    """Lays a file ``half.py`` into a room."""
    laid = []

    def lay(text: str, room: str = "losses") -> None:
        package = importlib.import_module(f"ganviz.{room}")
        (tmp_path / "half.py").write_text(text, "utf-8")
        if room not in laid:
            monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
            monkeypatch.setattr(package, "half", None, raising=False)  # so that it is taken away again
            laid.append(room)
        importlib.invalidate_caches()

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    registry._warn_once.cache_clear()
    yield lay
    for room in laid:
        sys.modules.pop(f"ganviz.{room}.half", None)
    importlib.invalidate_caches()


SPACELESS = {
    "metrics": "from ganviz.metrics.base import Metric\nclass Half(Metric):\n    def measure(self, snapshot):\n"
    "        return 1.0\n    def label(self):\n        return 'half'\n    def at_equilibrium(self, experiment):\n"
    "        return 0.0\n",
    "figures": "from ganviz.figures._panels import Panels\nclass Half(Panels):\n    titles = ()\n    curves = ()\n",
}


@pytest.mark.parametrize("room", SPACELESS)
def test_what_does_not_say_its_space_is_not_asked_what_it_fits(room: str, lay: Lay) -> None:
    others = list(available(room))
    lay(SPACELESS[room], room)
    assert broken(room) == {"half": f"{room}/half.py cannot be used: Half lacks the class variable space."}
    assert list(available(room)) == others
    assert [name for name, option in available(room).items() if option.fits(ganviz.Experiment())]


@pytest.mark.parametrize("room", ROOMS)
def test_no_option_of_ganviz_is_broken(room: str) -> None:
    assert broken(room) == {}
    assert list(available(room)) == ganviz.options(room)


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_costs_its_own_entry(case: str, lay: Lay, caplog: pytest.LogCaptureFixture) -> None:
    text, reason = BROKEN[case]
    others = list(available("losses"))
    lay(text)
    assert "half" in ganviz.options("losses"), "names are listed without importing"
    for _ in range(2):
        assert list(available("losses")) == others
    ((name, sentence),) = broken("losses").items()
    assert name == "half"
    assert sentence.startswith("losses/half.py cannot be used: ")
    assert reason in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 300
    assert str(Path(ganviz.__file__).parent) not in sentence
    for asked in (lambda: find("losses", "half"), lambda: small(loss="half"), lambda: resolve("losses", "half")):
        with pytest.raises(Invalid) as error:
            asked()
        assert str(error.value) == sentence
    warned = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert warned == [sentence], "once"


def test_a_file_that_was_mended_is_read_again(lay: Lay) -> None:
    lay(BROKEN["lacks several"][0])
    assert "half" in broken("losses")
    lay(f"{SEPARABLE}class Half(SeparableLoss):\n{WHOLE}")
    assert broken("losses") == {}
    assert small(loss="half").loss.option_name() == "half"


def test_the_command_line_says_what_is_left_out(lay: Lay, capsys: pytest.CaptureFixture[str]) -> None:
    lay(BROKEN["lacks a method"][0])
    assert main(["options", "losses"]) == 0
    told = capsys.readouterr().out
    assert "  half: left out. losses/half.py cannot be used: Half lacks the method scale." in told
    assert "  hinge: " in told
    assert main(["presets"]) == 0
    assert main(["options", "losses", "half"]) == 2
    assert capsys.readouterr().err == "ganviz: losses/half.py cannot be used: Half lacks the method scale.\n"


@pytest.mark.parametrize("room", ["losses", "regularizers"])
def test_the_controls_show_the_others_and_say_why(room: str, lay: Lay) -> None:
    lay("import no_such_package", room)
    panel = Panel(small(), lambda **changes: True)
    control = panel.controls["loss" if room == "losses" else room]
    said = [child.value for child in control.children if "cannot be used" in str(getattr(child, "value", ""))]
    assert said == [f"<p>{room}/half.py cannot be used: No module named &#x27;no_such_package&#x27; (line 1).</p>"]
    if room == "losses":
        offered = [name for _, name in control.children[0].options]
    else:
        offered = [box.children[0].description.replace(" ", "_") for box in control.children[:-1]]
    assert sorted(offered) == list(available(room))
    dismiss(panel)


def test_a_broken_metric_and_a_broken_figure_leave_the_others(lay: Lay) -> None:
    before = [metric.option_name() for metric in fitting(small())]
    lay("1 / 0", "metrics")
    lay("1 / 0", "figures")
    assert [metric.option_name() for metric in fitting(small())] == before
    assert broken(Metric) == {"half": "metrics/half.py cannot be used: ZeroDivisionError: division by zero (line 1)."}
    assert ganviz.Trainer(small()).measure("jsd") > 0


def test_a_preset_that_cannot_be_read_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ganviz import presets

    whole = {path.name: path.read_text("utf-8") for path in Path(presets.__file__).parent.glob("[b-g]*.json")}
    files = {
        "cut": "{",
        "list": "[]",
        "empty": "{}",
        "more": '{"experiment": {}, "x": 1}',
        "unknown": whole["figure-1.json"].replace("gaussian", "gausian"),
    }
    for name, text in {**whole, **{f"{name}.json": text for name, text in files.items()}}.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setattr(presets.resources, "files", lambda package: tmp_path)
    assert [each.name for each in presets.available()] == sorted(name.removesuffix(".json") for name in whole)
    reasons = presets.broken()
    assert list(reasons) == sorted(files)
    assert "did you mean 'gaussian'?" in reasons["unknown"]
    assert all(name in reason and "\n" not in reason and reason[-1] in ".?" for name, reason in reasons.items())
    assert presets.named_as(presets.preset("figure-1")) == "figure-1"
    assert main(["presets"]) == 0
    assert all(reason in capsys.readouterr().out for reason in [reasons["cut"]])


def test_choosing_a_broken_preset_says_why_and_leaves_the_run(lay: Lay, monkeypatch: pytest.MonkeyPatch) -> None:
    from ganviz import presets

    explorer = ganviz.explore("figure-1", path="eager")
    try:
        before = explorer.session.experiment
        lay("1 / 0", "schedules")
        described = presets.Experiment(schedule="constant")
        monkeypatch.setattr(presets, "Experiment", lambda **fields: described.replace(schedule="half"))
        explorer._presets.value = "ring"
        assert "The preset &#x27;ring&#x27; cannot be used: schedules/half.py" in explorer._notices.message.value
        assert explorer._presets.value == "figure-1"
        assert explorer.session.experiment == before
    finally:
        explorer.close()


def test_a_final_option_has_no_subclasses() -> None:
    with pytest.raises(Invalid, match="Softer may not derive from Hinge, which is a final option"):

        class Softer(Hinge):
            pass


@pytest.mark.parametrize("room", ROOMS)
def test_options_are_abstract_or_final(room: str) -> None:
    for option in available(room).values():
        bases = [base for base in option.__mro__[1:] if issubclass(base, Option)]
        assert not option.is_abstract()
        assert all(base.is_abstract() for base in bases)
