"""Activations, and what of a slope goes through them backwards."""

from __future__ import annotations

from ganviz.programs.builder import Builder
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.rules.rule import Kind, lowers
from ganviz.programs.view import View


@lowers("softplus")
def softplus(builder: Builder, kind: Kind, x: View, beta: float = 1, threshold: float = 20) -> View:
    if beta != 1:
        raise CannotLower("with a slope other than 1")
    return builder.mapped("softplus", x.shape, [x])


@lowers("softplus_backward")
def softplus_slope(builder: Builder, kind: Kind, slope: View, x: View, beta: float, threshold: float) -> View:
    if beta != 1:
        raise CannotLower("with a slope other than 1")
    return builder.mapped("softplus_slope", tuple(kind.shape), [slope, x])


@lowers("log_sigmoid_forward")
def log_sigmoid(builder: Builder, kind: list[Kind], x: View) -> list[View]:
    turned = builder.mapped("negative", x.shape, [x])
    found = builder.mapped("negative", x.shape, [builder.mapped("softplus", x.shape, [turned])])
    return [found, found]


@lowers("elu")
def elu(builder: Builder, kind: Kind, x: View, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> View:
    _only_plain(alpha, scale, input_scale)
    return builder.mapped("elu", x.shape, [x])


@lowers("elu_backward")
def elu_slope(
    builder: Builder,
    kind: Kind,
    slope: View,
    alpha: float,
    scale: float,
    input_scale: float,
    of_result: bool,
    x: View,
) -> View:
    _only_plain(alpha, scale, input_scale)
    if of_result:
        raise CannotLower("from its result")
    return builder.mapped("elu_slope", tuple(kind.shape), [slope, x])


def _only_plain(*scales: float) -> None:
    if set(map(float, scales)) != {1.0}:
        raise CannotLower("with scales other than 1")


@lowers("leaky_relu")
def leaky(builder: Builder, kind: Kind, x: View, slope: float = 0.01) -> View:
    return builder.mapped("leaky", x.shape, [x], float(slope))


@lowers("leaky_relu_backward")
def leaky_slope(builder: Builder, kind: Kind, slope: View, x: View, down: float, of_result: bool) -> View:
    return builder.mapped("leaky_slope", tuple(kind.shape), [slope, x], float(down))


@lowers("threshold_backward")
def threshold_slope(builder: Builder, kind: Kind, slope: View, x: View, low: float) -> View:
    return builder.mapped("threshold_slope", tuple(kind.shape), [slope, x], float(low))


@lowers("sigmoid_backward")
def sigmoid_slope(builder: Builder, kind: Kind, slope: View, y: View) -> View:
    return builder.mapped("sigmoid_slope", tuple(kind.shape), [slope, y])


@lowers("tanh_backward")
def tanh_slope(builder: Builder, kind: Kind, slope: View, y: View) -> View:
    return builder.mapped("tanh_slope", tuple(kind.shape), [slope, y])
