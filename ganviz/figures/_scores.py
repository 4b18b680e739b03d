"""Histograms of D(x) on samples of several kinds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ganviz.figures._style import INK, largest, nice_ceiling

Array = NDArray[np.float64]
Lines = dict[str, Array]

BINS = 40

CHEVRON = np.array([[0.022, 0.0, 0.022, np.nan], [0.93, 0.9, 0.87, np.nan]])
"""Away from the end of the axis, and upwards, in shares of both axes."""


class Scores(NamedTuple):
    """Histograms with common axes."""

    outlines: list[Lines]
    """The outline of each kind's histogram: its share of samples in each bin; none (NaN) where D(x) of one of them is
    not known."""
    undecided: Lines
    """The line at the value of D that means undecided."""
    beyond: Lines
    """A chevron at each end of the axis beyond which there are values."""
    title: str
    """Of the x axis."""
    across: list[float]
    """Range of the x axis."""
    up: list[float]
    """Range of the y axis."""


def score_histograms(kinds: list[Array], scale: tuple[float, float] | None, undecided: float) -> Scores:
    """Histograms of D(x) for each kind of samples, in the loss's own scale; a critic's, who has none (`scale` None),
    around its own middle `undecided`, because that drifts."""
    if scale is not None:
        (low, high), middle = scale, undecided
    else:
        # A middle at infinity cannot be taken off.
        kinds, middle = [values - undecided for values in kinds] if np.isfinite(undecided) else kinds, 0.0
        high = nice_ceiling(1.05 * max(largest(values) for values in kinds))
        low = -high
    # What lies beyond the scale is counted at its end.
    inside = [np.clip(values, low, high) for values in kinds]
    counts = [np.histogram(values, bins=BINS, range=(low, high))[0] / len(values) for values in inside]
    counts = [np.where(np.isnan(values).any(), np.nan, count) for values, count in zip(kinds, counts, strict=True)]
    top = first_above(max(largest(count) for count in counts), 0.2, 0.5)
    return Scores(
        outlines=[_steps(count, low, high) for count in counts],
        undecided={"x": np.full(2, middle), "y": np.array([0.0, top])},
        beyond=_chevrons(np.concatenate(kinds), low, high, top),
        title="D(x)" if scale is not None else "D(x), middle 0",
        across=[float(low), float(high)],
        up=[0.0, top],
    )


def score_axes(scores: Scores, number: int) -> dict[str, Any]:
    """What the histograms ask of the figure's axes of that number."""
    return {
        f"xaxis{number}.title.text": scores.title,
        f"yaxis{number}.title.text": "share of samples",
        f"xaxis{number}.range": scores.across,
        f"yaxis{number}.range": scores.up,
    }


def first_above(highest: float, *levels: float) -> float:
    """The end of an axis of shares: the first of the levels that is high enough, else 1. It must rarely move: plotly
    draws the whole figure anew when it does."""
    return next((level for level in levels if highest <= level), 1.0)


def beyond_trace(**axes: Any) -> go.Scatter:
    """The empty trace of the chevrons; pointed at, they say what they mean."""
    says = "The last bin also counts what lies beyond the axis.<extra></extra>"
    line = {"color": INK, "width": 2.2}
    return go.Scatter(name="beyond", mode="lines", line=line, showlegend=False, hovertemplate=says, **axes)


def _chevrons(values: Array, low: float, high: float, top: float) -> Lines:
    """‹ and › where a value lies beyond [low, high]."""
    away, up = CHEVRON * [[high - low], [top]]
    ends = [*([low + away] if (values < low).any() else []), *([high - away] if (values > high).any() else [])]
    return {"x": np.array(ends).ravel(), "y": np.tile(up, len(ends))}


def _steps(count: Array, low: float, high: float) -> Lines:
    """A histogram's outline."""
    edges = np.repeat(np.linspace(low, high, len(count) + 1), 2)
    return {"x": edges, "y": np.concatenate([[0.0], np.repeat(count, 2), [0.0]])}
