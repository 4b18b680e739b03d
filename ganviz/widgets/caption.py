"""The state line below the stage."""

from __future__ import annotations

import html

from ganviz.figures.base import Figure
from ganviz.lab.status import Frame, Status
from ganviz.theory.stages import name

DEVICES = {"cpu": "the CPU", "cuda": "the GPU", "mps": "the GPU"}


def caption(figure: Figure, frame: Frame) -> str:
    """Step, pace, path, the figure's own readings, and the stage of Figure 1, as a line of HTML."""
    status, view = frame.status, frame.view
    measuring = [status.measuring] if status.measuring else []
    parts = [f"step <b>{view.snapshot.step:,}</b>", _pace(status), *figure.readings(view), *measuring]
    stage = (
        f'<span class="ganviz-stage">{html.escape(name(status.stage, view.snapshot))}</span>' if status.stage else ""
    )
    return f"<span>{' · '.join(parts)}</span>{stage}"


def readings(figure: Figure, frame: Frame) -> str:
    """The figure's own readings alone."""
    return f"<span>{' · '.join(figure.readings(frame.view))}</span>"


def _pace(status: Status) -> str:
    if status.waiting:
        return "waiting for a viewer"
    if not status.playing:
        return f"paused, {_path(status)}"
    if status.preparing:
        return "getting ready"
    if status.slow:
        return "slow motion"
    return f"<b>{status.rate:,.0f}</b> steps/s, {_path(status)}"


def _path(status: Status) -> str:
    return f"{status.path} path on {DEVICES.get(status.device, status.device)}"
