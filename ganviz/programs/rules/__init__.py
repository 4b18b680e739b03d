"""Rules: for each of torch's operations, the instructions that compute it. A file a family."""

from ganviz.programs.rules import activations, filled, indexing, numbers, products, reductions, refused, shapes  # noqa: F401
from ganviz.programs.rules.rule import RULES

__all__ = ["RULES"]
