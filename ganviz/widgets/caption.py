"""The state line below the stage."""

from __future__ import annotations

import html

from ganviz.figures.base import Figure
from ganviz.session.status import Frame, Status
from ganviz.theory.stages import NAMES


def caption(figure: Figure, frame: Frame) -> str:
    """Step, pace, path, the figure's own readings, and the stage of Figure 1, as a line of HTML."""
    status, view = frame.status, frame.view
    parts = [f"step <b>{view.snapshot.step:,}</b>", _pace(status), *figure.readings(view)]
    stage = f'<span class="ganviz-stage">{html.escape(NAMES[status.stage])}</span>' if status.stage else ""
    return f"<span>{' · '.join(parts)}</span>{stage}"


def _pace(status: Status) -> str:
    if status.waiting:
        return "waiting for a viewer"
    if not status.playing:
        return f"paused, {status.path} path"
    if status.slow:
        return "slow motion"
    return f"<b>{status.rate:,.0f}</b> steps/s, {status.path} path"
