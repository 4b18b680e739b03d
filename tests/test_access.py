"""What the browser tests of keys and narrow pages cannot see, or only slowly."""

from __future__ import annotations

import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

import ganviz
from ganviz.lab.recorder import Recorder
from ganviz.option import find, names
from ganviz.presets import describe, preset_names
from ganviz.widgets.dismiss import dismiss
from ganviz.widgets.fields import field_control
from ganviz.widgets.panel import OPEN, Panel
from ganviz.widgets.pickers import option_help
from ganviz.widgets.screen import Screen
from ganviz.widgets.toolbar import KEYS, Toolbar

STATIC = Path(ganviz.__file__).parent / "widgets" / "static"


def test_each_key_is_told_by_one_button() -> None:
    buttons = Toolbar(lambda: pytest.fail("nobody clicked"), lambda: None, lambda: None).children
    bearing = {button.tooltip.rpartition("key: ")[2]: button for button in buttons if "key: " in (button.tooltip or "")}
    assert list(bearing) == list(KEYS.values())
    for key, told in KEYS.items():
        assert f"ganviz-key-{key}" in bearing[told]._dom_classes
    help_text = (STATIC / "access.js").read_text("utf-8")
    told = re.findall(r"[^,\s]+", " ".join(re.findall(r"<dt>(.*?)</dt>", help_text)))
    in_pictures = (STATIC / "cursor.js").read_text("utf-8")
    arrows = {"ArrowLeft": "←", "ArrowUp": "↑", "ArrowDown": "↓", "ArrowRight": "→"}
    others = {"Enter": "Enter", "Home": "Home", "Escape": "Esc"}
    assert told == [*KEYS.values(), "Tab", *arrows.values(), *others.values()]
    assert all(key in in_pictures for key in (*arrows, *others))


@pytest.mark.parametrize("preset", ["figure-1", "ring", "dirac-r1", "mnist-mlp"])
def test_what_is_otherwise_on_a_narrow_page_is_a_layout(preset: str) -> None:
    experiment = describe(preset).experiment
    view = Recorder(experiment, "eager").view()
    figures = [figure for name in names("figures") if (figure := find("figures", name)()).fits(experiment)]  # type: ignore[attr-defined]
    assert len(figures) >= 2
    for figure in figures:
        drawn: go.Figure = figure.draw(view)
        narrow = drawn.layout.meta["narrow"]
        before = drawn.to_json()
        for path, value in narrow.items():
            *branches, last = path.split(".")
            part = drawn.layout
            for key in branches:
                part = part[int(key) if key.isdigit() else key]
            part[last] = value  # plotly refuses what is none of its own
        assert drawn.to_json() != before
        label = Screen(figure, view, 1, on_life=lambda: None).widget._spec
        assert '"label": "' in label
        assert '"label": ""' not in label


@pytest.mark.parametrize("preset", preset_names())
def test_a_browser_does_not_move_a_slider(preset: str) -> None:
    """noUiSlider puts a value on the nearest of the notches that begin at the lower end."""
    experiment = describe(preset).experiment
    options = [getattr(experiment, name) for name in type(experiment).model_fields]
    options = [one for value in options for one in (value if isinstance(value, tuple) else [value])]
    sliders = 0
    for option in (one for one in options if hasattr(one, "knobs")):
        for name, field in option.knobs().items():
            control = field_control(name, field, getattr(option, name), lambda value: True)
            if type(control).__name__ == "FloatSlider":
                notches = (control.value - control.min) / control.step
                assert notches == pytest.approx(round(notches), abs=1e-6), (option, name)
                sliders += 1
            control.close()
    assert sliders or preset.startswith("mnist")


def test_the_next_panel_is_unfolded_where_the_one_before_was() -> None:
    experiment = describe("figure-1").experiment
    before = Panel(experiment, lambda **fields: True)
    assert before.unfolded == OPEN
    before._groups["Data"].selected_index = 0
    before._groups["Loss"].selected_index = None
    after = Panel(describe("ring").experiment, lambda **fields: True, unfolded=before.unfolded)
    assert after.unfolded == before.unfolded == {"Optimisation", "Regularizers", "Data"}
    dismiss(before, after)


def test_code_in_an_option_s_help_looks_like_code() -> None:
    told = option_help(find("networks", "mlp")).value
    assert "<code>depth</code> hidden layers of <code>width</code> units" in told
    assert "`" not in told
