"""Editors without a browser: what the page may send, and what comes of it."""

from __future__ import annotations

import html
import inspect
import io
import math
import pkgutil

import ipywidgets as w
import numpy as np
import pytest

from ganviz import explore
from ganviz.distributions.cloud import Cloud
from ganviz.distributions.curve import Curve
from ganviz.distributions.picture import Picture
from ganviz.distributions.table import Table
from ganviz.option import find, hint, names, rebuild
from ganviz.widgets import editors
from ganviz.widgets.editors import editor
from ganviz.widgets.editors.curve import CurvePad
from ganviz.widgets.editors.table import TableEditor
from ganviz.widgets.fields import field_control

FIELDS = {"curve": (Curve, "points"), "cloud": (Cloud, "points"), "picture": (Picture, "pixels")}


class Owner:
    """An option's panel and the page: builds the option, refuses when told to, keeps what it took and what was said."""

    def __init__(self, option, field):
        self.option, self.field, self.willing, self.taken = option, field, True, []
        self.answers = []
        info = option.knobs()[field]
        self.control = field_control(field, info, getattr(option(), field), self.change)
        self.editor = self.control.children[0] if isinstance(self.control, w.VBox) else self.control
        self.editor.send = lambda content, buffers=None: self.answers.append(content)

    def change(self, value):
        built = self.option(**{self.field: value})  # raises Invalid, as the panel's setter does
        if self.willing:
            self.taken.append(getattr(built, self.field))
        return self.willing

    def receive(self, content, *buffers):
        """A message from the browser; returns the sentence that answers it, empty where it was taken."""
        self.editor._handle_custom_msg(content, [memoryview(buffer) for buffer in buffers])
        assert self.answers[-1]["kind"] == "answer"
        return self.answers[-1]["sentence"]


@pytest.fixture
def curve():
    return Owner(Curve, "points")


@pytest.fixture
def table():
    return Owner(Table, "columns")


def shown(editor):
    return editor._shown["points"] if isinstance(editor._shown, dict) else editor._shown


# --------------------------------------------------------------------------------------------------- finding them


def test_every_named_editor_exists_and_every_editor_is_named():
    fields = [field for name in names("distributions") for field in find("distributions", name).knobs().values()]
    asked = {hint(field, "control") for field in fields} - {"", None}
    there = {module.name for module in pkgutil.iter_modules(editors.__path__)} - {"base", "drawing_pad"}
    assert asked == there
    for field in fields:
        build = editor(field)
        assert (build is not None) == bool(hint(field, "control"))
        if build:
            assert list(inspect.signature(build).parameters) == ["name", "field", "value", "on_change"]


def test_a_field_without_a_mark_gets_its_control_by_its_type():
    assert editor(rebuild(1, description="A number.")) is None


@pytest.mark.parametrize("kind", [*FIELDS, "table"])
def test_an_editor_has_the_manners_of_a_control(kind):
    option, field = FIELDS.get(kind, (Table, "columns"))
    owner = Owner(option, field)
    assert owner.control.value == getattr(option(), field)
    assert owner.control.tooltip == option.knobs()[field].description
    assert owner.control.description == owner.editor.description == f"{field} ↻", "a change starts a new run"


# ------------------------------------------------------------------------------------------------------- drawing


def test_a_drawn_curve_becomes_the_points(curve):
    drawn = [[-2.125, 0], [-2, 0.731], [-1.875, 0.7], [1, 0]]
    assert curve.receive({"points": drawn}) == ""
    assert curve.taken == [tuple(map(tuple, drawn))] == [curve.control.value]
    assert shown(curve.editor) == curve.control.value


def test_a_sprayed_cloud_becomes_the_points():
    cloud = Owner(Cloud, "points")
    drawn = [[0.001 * i, -0.5] for i in range(2000)]
    assert cloud.receive({"points": drawn}) == ""
    assert cloud.control.value == tuple(map(tuple, drawn))


def test_a_refused_drawing_goes_back(curve):
    before = curve.control.value
    curve.willing = False
    assert "refused" in curve.receive({"points": [[0, 1], [1, 1]]})
    assert curve.control.value == before == shown(curve.editor)
    curve.willing = True
    assert curve.receive({"points": [[0, 1], [1, 1]]}) == ""
    assert curve.control.value == ((0, 1), (1, 1))


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ([[0, 1], [0, 1]], "increasing x"),
        ([[0, 1], [1, -1]], "not be negative"),
        ([[0, 0], [1, 0]], "above 0"),
        ([], "at least 2"),
        ([[0, 1]], "at least 2"),
    ],
)
def test_what_is_no_density_is_said_in_a_sentence(curve, points, sentence):
    before = curve.control.value
    assert sentence in curve.receive({"points": points})
    assert curve.control.value == before


JUNK = [
    None,
    7,
    "points",
    {"x": 1},
    [None],
    [[1]],
    [[1, 2, 3]],
    [[1, "2"], [2, 3]],
    [[1, True], [2, 3]],
    [[1, None], [2, 3]],
    [[1, math.nan], [2, 3]],
    [[1, math.inf], [2, 3]],
    [[-math.inf, 1], [2, 3]],
    [[1, 10**400], [2, 3]],
    [[1, 1e300], [2, 3]],
    [[[[[]]]], [[{}]]],
    [[0, 1]] * 1_000_000,
]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize("kind", FIELDS)
def test_forged_messages_change_nothing_and_raise_nothing(kind, junk, caplog):
    owner = Owner(*FIELDS[kind])
    before = owner.control.value
    for content in (junk, {"points": junk}, {"pixels": junk}, {"kind": junk, "points": {}, "pixels": {}}):
        sentence = owner.receive(content)
        assert sentence.endswith(".")
        assert len(sentence) < 200
    assert owner.taken == []
    assert owner.control.value == before == shown(owner.editor)
    assert not caplog.records, "nothing was caught that should have been refused"


def test_an_error_in_ganviz_itself_stays_inside(curve, monkeypatch, caplog):
    monkeypatch.setattr(curve.editor, "_on_change", lambda value: 1 / 0)
    assert "inside ganviz" in curve.receive({"points": [[0, 1], [1, 1]]})
    assert "ZeroDivisionError" in caplog.text


def test_what_a_browser_writes_into_the_state_is_dropped(curve):
    curve.editor.set_state({"_shown": {"points": "forged"}})
    assert shown(curve.editor) == curve.control.value


@pytest.mark.parametrize(
    ("points", "x", "y"),
    [
        (((-3, 0), (0, 1), (3, 0)), (-4, 4), (0, 1.1)),
        (((10, 0), (11, 1), (20, 0)), (9, 21), (0, 1.1)),
        (((0, 0), (1, 50)), (-4, 4), (0, 55)),
        (((0, 0), (1, 0.01)), (-4, 4), (0, 0.011)),
    ],
)
def test_the_window_holds_the_curve_and_stays(points, x, y):
    pad = CurvePad("points", Curve.knobs()["points"], points, lambda value: True)
    for _ in range(2):
        assert pad._shown["x"] == pytest.approx(x)
        assert pad._shown["y"] == pytest.approx(y)
        pad._handle_custom_msg({"points": [[-3.5, 0], [0.0, 0.4]]}, [])


# ------------------------------------------------------------------------------------------------------ pictures


def test_a_picture_becomes_the_pixels():
    picture = Owner(Picture, "pixels")
    assert picture.receive({"pixels": ["0f", "f0", "88"]}) == ""
    assert picture.control.value == ("0f", "f0", "88") == picture.editor._shown


@pytest.mark.parametrize("rows", [["0f"], ["0f", "0"], ["0g", "ff"], ["00", "00"], ["f" * 65] * 2, ["ff"] * 65])
def test_what_is_no_picture_is_said_in_a_sentence(rows):
    picture = Owner(Picture, "pixels")
    assert picture.receive({"pixels": rows}).endswith(".")
    assert picture.taken == []


# -------------------------------------------------------------------------------------------------------- tables

CSV = b"a,b,kind,c\n1,10,x,3\n2,30,y,1\n3,20,x,4\n5,25,y,1\n"


def drop_downs(owner):
    return owner.control.children[1].children


def columns_taken(owner):
    return [name for name, _ in owner.taken[-1]]


def test_a_file_is_read_and_its_columns_are_chosen(table):
    assert isinstance(table.control, TableEditor)
    assert len(table.control.children) == 1, "nothing to choose before there is a file"
    assert table.receive({"name": "my.csv"}, CSV) == ""
    assert table.control.value == (("a", (1, 2, 3, 5)), ("b", (10, 30, 20, 25))) == table.taken[-1]
    left_out = "Left out: kind has 'x' in line 2; c was not chosen."
    assert table.editor._shown.startswith(f"my.csv: 4 rows. Taken: a, b. {left_out} Assumed: commas between cells, ")
    axes, first, second = drop_downs(table)
    assert list(first.options) == ["(choose)", "a", "b", "c"]
    second.label = "(none)"
    assert second.index == 0, "not blank"
    assert columns_taken(table) == ["a"]
    first.value = "c"
    assert columns_taken(table) == ["c"]
    assert table.answers[-1]["sentence"] == ""
    for label, k in (("1 principal component", 1), ("2 principal components", 2)):
        axes.label = label
        assert columns_taken(table) == [f"principal component {i} of 3" for i in range(1, k + 1)]
        assert first.layout.display == "none"
    axes.label = "columns"
    assert columns_taken(table) == ["c"]
    assert first.layout.display == ""


def test_principal_components_are_offered_for_three_columns_or_more(table):
    table.receive({"name": "my.csv"}, b"a,b\n1,2\n3,1\n")
    assert drop_downs(table)[0].layout.display == "none"


def test_many_rows_are_thinned_and_that_is_said(table):
    rows = np.random.default_rng(0).normal(size=(5000, 2))
    file = io.BytesIO()
    np.save(file, rows)
    assert table.receive({"name": "cloud.npy"}, file.getvalue()) == ""
    assert "2,048 of the 5,000 rows" in table.editor._shown
    assert len(table.control.value[0][1]) == 2048


def test_a_choice_that_does_not_fit_goes_back_and_says_why(table):
    table.receive({"name": "my.csv"}, CSV)
    before, count = table.control.value, len(table.taken)
    _, first, second = drop_downs(table)
    second.value = "a"
    assert "chosen twice" in table.answers[-1]["sentence"]
    assert second.value == "b"
    first.label = "(choose)"
    assert "Choose a first column" in table.answers[-1]["sentence"]
    assert first.value == "a"
    table.willing = False
    second.label = "(none)"
    assert "refused" in table.answers[-1]["sentence"]
    assert second.value == "b"
    assert (table.control.value, len(table.taken)) == (before, count)


def test_columns_that_do_not_fit_are_not_proposed_but_explained(table):
    table.receive({"name": "gaps.csv"}, b"id,a,b\n7,,2\n7,1,3\n7,4,5\n")
    assert columns_taken(table) == ["b"]
    first = drop_downs(table)[1]
    first.value = "id"
    assert "constant" in table.answers[-1]["sentence"]
    first.value = "a"
    assert "lacks a value" in table.answers[-1]["sentence"]
    assert first.value == "b"


def test_a_file_with_no_fit_column_leaves_the_choice_open(table):
    before = table.control.value
    assert table.receive({"name": "flat.csv"}, b"a,b\n7,1\n7,1\n") == "Choose a first column."
    assert table.control.value == before
    table.willing = False
    assert "refused" in table.receive({"name": "my.csv"}, CSV)
    assert [choice.label for choice in drop_downs(table)] == ["columns", "(choose)", "(none)"]
    table.willing = True
    drop_downs(table)[1].value = "b"
    assert columns_taken(table) == ["b"]


@pytest.mark.parametrize(
    ("content", "buffers"),
    [
        ({"name": "a.csv"}, []),
        ({"name": "a.csv"}, [CSV, CSV]),
        ({"name": 7}, [CSV]),
        ({}, [CSV]),
        (None, [CSV]),
        ({"name": "a.csv"}, [b""]),
        ({"name": "a.csv"}, [b"\0" * 100]),
        ({"name": "a.exe"}, [b"MZ" * 100]),
        ({"name": "a.csv"}, [b"1" * 8_000_001]),
        ({"name": "x" * 100_000 + ".csv"}, [b"text\nonly\n"]),
        ({"name": "a.npy"}, [b"\x93NUMPY" + b"\xff" * 50]),
        ({"name": "a.parquet"}, [b"PAR1" + b"\xff" * 50 + b"PAR1"]),
    ],
)
def test_forged_files_change_nothing_and_raise_nothing(table, content, buffers, caplog):
    table.receive({"name": "my.csv"}, CSV)
    before = table.control.value
    assert table.receive(content, *buffers).endswith(".")
    assert table.control.value == before
    assert table.editor._shown.startswith("my.csv"), "the file before is still there to choose from"
    assert not caplog.records


# ------------------------------------------------------------------------------------------------ in the explorer


def test_drawing_starts_a_new_run_and_a_refusal_is_said():
    explorer = explore(path="eager")
    try:
        data = explorer._shown_panel.controls["data"]
        data.children[0].value = "curve"
        pad = next(child for child in data.children if isinstance(child, CurvePad))
        pad._handle_custom_msg({"points": [[0, 0], [1, 1], [2, 0]]}, [])
        assert explorer.session.experiment.data == Curve(points=((0, 0), (1, 1), (2, 0)))
        answers = []
        pad.send = lambda content, buffers=None: answers.append(content["sentence"])
        pad._handle_custom_msg({"points": [[0, 0], [1, 0], [2, 0]]}, [])
        assert answers == ["That was refused; nothing was changed."]
        assert "At least one height of a curve must be above 0." in explorer._notices.message.value
        assert explorer.session.experiment.data == Curve(points=((0, 0), (1, 1), (2, 0)))
    finally:
        explorer.close()


def test_what_was_taken_of_a_table_is_said_beside_it_and_above_the_stage():
    explorer = explore(path="eager")
    try:
        data = explorer._shown_panel.controls["data"]
        data.children[0].value = "table"
        editor = next(child for child in data.children if isinstance(child, TableEditor))
        editor._loader._handle_custom_msg({"name": "my.csv"}, [memoryview(CSV)])
        account = explorer.session.experiment.data.account()
        assert account.startswith("my.csv: 4 rows. Taken: a, b. Left out: kind has 'x' in line 2; c was not chosen.")
        assert editor._loader._shown == account
        assert html.escape(account) in explorer._notices.message.value
    finally:
        explorer.close()
