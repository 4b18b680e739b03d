"""A density made of the rows of the reader's own table."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, Self

import numpy as np
import torch
from pydantic import ValidatorFunctionWrapHandler, field_validator, model_validator
from torch import Tensor

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.source import Source
from ganviz.distributions._kernel_density import Points, log_density
from ganviz.distributions._read_columns import Column, ReadColumns
from ganviz.distributions._standard import Standard, standardise
from ganviz.option import Invalid, live, rebuild
from ganviz.readers.columns import LIMIT, NAME

EDGES = 1024
"""Cell edges that are compared with all rows at once: bounds the memory of `Table.mass`."""


def leaves(n: int) -> tuple[Column, Column]:
    """Length and width of `n` made-up leaves of two kinds, one long and narrow, one short and wide, in mm."""
    random = np.random.RandomState(0)  # frozen: the same numbers in every version of NumPy
    long = np.arange(n) % 2 == 0
    size, shape = random.standard_normal((2, n))
    length = np.where(long, 72 + 7 * size, 46 + 6 * size)
    width = np.where(long, 24 + 2.5 * size + 1.2 * shape, 36 + 4 * size + 2 * shape)
    first, second = (tuple(round(float(value), 1) for value in column) for column in (length, width))
    return ("length (mm)", first), ("width (mm)", second)


class Table(Distribution):
    """A round normal density at each row of your own table, in one column or two.

    p(x) = (1/n) Σᵢ N(x; xᵢ, h² I): the kernel density estimate (Parzen windows) of the standardised rows
    xᵢ, with bandwidth h. Each column is shifted to mean 0 and divided by its standard deviation (the population's, with
    n in the denominator), so p has variance 1 + h². A sample is a row plus normal noise, so the density is exact.
    Widen the bandwidth while it trains and watch gaps close; narrow it and p_data becomes the rows themselves, which
    only a G that memorises can match.
    """

    family: ClassVar[str] = "yours"

    columns: tuple[Column, ...] = rebuild(
        leaves(120), control="table", description="One or two columns, each a name and its values, row by row."
    )
    bandwidth: float = live(
        0.2, ge=0.01, le=1, log=True, description="Bandwidth h, in standard deviations of the columns."
    )

    @field_validator("columns", mode="wrap")
    @classmethod
    def _keep_report(cls, value: object, validate: ValidatorFunctionWrapHandler) -> tuple[Column, ...]:
        columns: tuple[Column, ...] = validate(value)
        return ReadColumns.of(columns, value.report) if isinstance(value, ReadColumns) else columns

    @model_validator(mode="after")
    def _is_table(self) -> Self:
        if len(self.columns) not in (1, 2):
            raise Invalid(f"A table has one column or two, not {len(self.columns)}.")
        names = [name for name, _ in self.columns]
        if not all(name.strip() and len(name) <= NAME for name in names):
            raise Invalid(f"Each column of a table needs a name, of at most {NAME} characters.")
        if len(set(names)) < len(names):
            raise Invalid(f"The columns of a table need different names, but both are called {names[0]!r}.")
        rows = [len(values) for _, values in self.columns]
        if len(set(rows)) > 1:
            raise Invalid(f"The columns of a table must be equally long, not {rows[0]} and {rows[1]} rows.")
        if not 2 <= rows[0] <= LIMIT:
            raise Invalid(f"A table must have 2 to {LIMIT} rows, not {rows[0]}.")
        if constant := [name for name, values in self.columns if min(values) == max(values)]:
            raise Invalid(f"The column {constant[0]!r} is constant, so there is no density to learn.")
        return self

    def account(self) -> str:
        return str(self.columns.report) if isinstance(self.columns, ReadColumns) else ""

    @property
    def space(self) -> str:
        return "line" if len(self.columns) == 1 else "plane"

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.columns),)

    def standards(self) -> list[Standard]:
        """Each column, standardised."""
        return [standardise(values) for _, values in self.columns]

    def centers(self) -> Tensor:
        """The standardised rows, (n, d) float64."""
        return torch.from_numpy(self._points.places)

    @cached_property
    def _points(self) -> Points:
        return Points(np.column_stack([standard.values for standard in self.standards()]))

    def sample(self, n: int, source: Source) -> Tensor:
        return self._points.scatter(n, self.bandwidth, source)

    def log_prob(self, x: Tensor) -> Tensor:
        return log_density(x.reshape(-1, len(self.columns)), self.centers(), self.bandwidth)

    def mass(self, edges: Tensor) -> Tensor:
        """Exact on the line: a difference of normal distribution functions, and beyond the median of their
        complements, so that a small mass far out on the right keeps its digits too."""
        if self.space != "line":
            return super().mass(edges)
        parts = [(part[:, None] - self.centers().T) / self.bandwidth for part in torch.split(edges.double(), EDGES)]
        below, above = (torch.cat([torch.special.ndtr(sign * part).mean(1) for part in parts]) for sign in (1, -1))
        mass = torch.where(below[1:] < 0.5, below.diff(), -above.diff())
        return mass / mass.sum()

    def window(self) -> tuple[float, float]:
        # A few outliers may lie outside, else they would decide the scale: one in a thousand at either end.
        rows = self.centers().numpy()
        low = float(np.quantile(rows, 0.001, axis=0, method="lower").min()) - 3 * self.bandwidth
        high = float(np.quantile(rows, 0.999, axis=0, method="higher").max()) + 3 * self.bandwidth
        air = (high - low) / 20
        return low - air, high + air

    def axes(self) -> tuple[str, ...]:
        return tuple(
            f"({_short(name)} − {standard.mean:.4g}) / {standard.std:.3g}"
            for (name, _), standard in zip(self.columns, self.standards(), strict=True)
        )


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
