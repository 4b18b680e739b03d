"""From a field of an option to the control that sets it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import ipywidgets as w
from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from ganviz.option import hint
from ganviz.widgets.editors import editor

Change = Callable[[Any], bool]
"""Takes a new value; False when it was refused, and the control then goes back."""

WIDE = 1000
"""A whole-number range beyond this gets a text box instead of a slider."""


NOTCH = 0.05
"""Between two notches of a logarithmic slider, in powers of ten."""

REFUSED = "This was refused: the run goes on with what stood here before."
"""The tooltip of a text that was; why, is said once, above the stage."""

TINY = 1e-5
"""Numbers below this are written with a power of ten: there is no room for so many zeros."""


def field_control(name: str, field: FieldInfo, value: Any, on_change: Change) -> w.Widget:
    """A labelled control for one field: range, help and live mark all come from the field itself.
    A field that names an editor (`ganviz.widgets.editors`) gets that one."""
    if build := editor(field):
        return build(name, field, value, on_change)
    control = _control(field, value)
    control.description = label(name, field)
    control.tooltip = field.description or ""
    control.style.description_width = "92px"
    control.layout.width = "auto"
    if hasattr(control, "continuous_update"):
        control.continuous_update = bool(hint(field, "live"))
    is_text = isinstance(control, w.Text | w.Textarea)

    def changed(change: dict[str, Any]) -> None:
        if not _same(change["old"], change["new"]):
            taken = on_change(_parsed(change["new"]) if isinstance(value, tuple) else change["new"])
            # A text stays as it is, so that it can be corrected.
            if is_text:
                _mark(control, "" if taken else REFUSED, field.description or "")
            elif not taken:
                put_back(control, change["old"], changed)

    control.observe(changed, names="value")
    return control


def _mark(control: w.Widget, refused: str, description: str) -> None:
    """Show whether the text that stands there was refused, for as long as it stands there."""
    (control.add_class if refused else control.remove_class)("ganviz-refused")
    control.tooltip = refused or description


def put_back(control: w.Widget, value: Any, handler: Callable[[dict[str, Any]], None]) -> None:
    """Set the control's value without telling its handler."""
    control.unobserve(handler, names="value")
    control.value = value
    control.observe(handler, names="value")


def _same(old: Any, new: Any) -> bool:
    """Whether a change is only the browser's rounding, which it sends back as soon as a slider appears."""
    return isinstance(old, float) and isinstance(new, float) and math.isclose(old, new, rel_tol=1e-9)


def _parsed(text: str) -> Any:
    """A list from its JSON text; what cannot be read is passed on for the validation to refuse."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def label(name: str, field: FieldInfo) -> str:
    """The field's name, with ↻ where a change starts a new run."""
    return name.replace("_", " ") + ("" if hint(field, "live") else " ↻")


def _control(field: FieldInfo, value: Any) -> w.Widget:
    low, high = bounds(field)
    if get_origin(field.annotation) is Literal:
        return w.Dropdown(options=list(get_args(field.annotation)), value=value)
    if field.annotation is bool:
        return w.Checkbox(value=value, indent=False)
    if isinstance(value, tuple):
        return w.Textarea(value=json.dumps(value), continuous_update=False, rows=4)
    if field.annotation is str:
        return w.Text(value=value, continuous_update=False)
    if field.annotation is int:
        return _whole(low, high, value, bool(hint(field, "log")))
    return _real(low, high, value, bool(hint(field, "log")))


def bounds(field: FieldInfo) -> tuple[float, float]:
    """The field's range; an open lower end of 0 on a positive number counts as 0."""
    marks = field.metadata
    low = next((mark.ge if isinstance(mark, Ge) else mark.gt for mark in marks if isinstance(mark, Ge | Gt)), None)
    high = next((mark.le for mark in marks if isinstance(mark, Le)), None)
    return _number(low, 0.0), _number(high, 1.0)


def _number(bound: object, otherwise: float) -> float:
    return float(bound) if isinstance(bound, int | float) else otherwise


def _whole(low: float, high: float, value: int, log: bool) -> w.Widget:
    if log:
        powers = [2**i for i in range(20) if low <= 2**i <= high]
        return w.SelectionSlider(options=sorted({*powers, value}), value=value)
    if high - low > WIDE:
        return w.BoundedIntText(min=int(low), max=int(high), value=value)
    return w.IntSlider(min=int(low), max=int(high), value=value)


def _real(low: float, high: float, value: float, log: bool) -> w.Widget:
    if log:
        # A logarithmic slider cannot reach 0: without a positive bound it ends five decades below the largest value.
        top = math.log10(high)
        bottom = math.log10(min(low or 10 ** (top - 5), value or high))
        # The browser moves a value to the nearest notch: the notches start so that the value is on one.
        bottom += math.fmod(math.log10(value) - bottom, NOTCH) if value else 0.0
        written = ".2g" if 10**bottom > 0.9 * TINY else ".1e"
        return w.FloatLogSlider(min=bottom, max=top, step=NOTCH, value=value or 10**bottom, readout_format=written)
    step = _step(low, high, value)
    decimals = max(0, round(-math.log10(step)))
    return w.FloatSlider(min=low, max=high, step=step, value=value, readout_format=f".{decimals}f")


def _step(low: float, high: float, value: float) -> float:
    """The largest round step that divides the range finely enough and that meets `value`, counted from `low` as the
    browser does: it would move a value that it does not meet."""
    steps = (0.5, 0.1, 0.05, 0.01, 0.005, 0.001, 0.0005, 0.0001, 0.00005, 0.00001)
    above = value - low
    fits = (step for step in steps if step <= (high - low) / 80 and math.isclose(above / step, round(above / step)))
    return next(fits, steps[-1])
