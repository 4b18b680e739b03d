"""The state line below Figure 1."""

from __future__ import annotations

import html
import math

from ganviz.session.status import Frame, Status
from ganviz.theory.stages import NAMES


def caption(frame: Frame) -> str:
    """Step, pace, path, divergence and cost, and the stage of Figure 1, as a line of HTML."""
    status, measures, step = frame.status, frame.view.measures, frame.view.snapshot.step
    parts = [
        f"step <b>{step:,}</b>",
        _pace(status),
        f"JSD <b>{measures['jsd']:.4f}</b> nats",
        f"C(G) <b>{_signed(measures['cost'])}</b> (at p<sub>g</sub> = p<sub>data</sub>: "
        f"{_signed(frame.view.equilibrium['cost'])})",
        f"W₁ <b>{_signed(measures['w1'])}</b>",
    ]
    if plane := frame.view.plane:
        parts[2:] = [
            f"θ <b>{_signed(float(plane.path[-1, 0]))}</b>, ψ <b>{_signed(float(plane.path[-1, 1]))}</b>",
            f"distance a step: × <b>{plane.contraction:.4f}</b>, predicted ρ <b>{_factor(plane.radius)}</b>",
        ]
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


def _factor(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) else "none: no derivative there"


def _signed(value: float) -> str:
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    # Without the sign of a zero, and short where numbers run away.
    text = f"{value:.4f}" if abs(value) < 1000 else f"{value:.3g}"
    return text.replace("-", "−") if float(text) else "0.0000"
