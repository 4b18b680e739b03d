"""Space: the base of every kind of sample there is to look at."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from ganviz.contracts.distribution import Distribution
from ganviz.option import Invalid, Option, available, names, resolve

if TYPE_CHECKING:
    from ganviz.engine.observer import Observer
    from ganviz.engine.players import Players


class Space(Option, ABC):
    """Where samples lie: on the line, in the plane, among pictures. A distribution, a metric and a figure name it."""

    room: ClassVar[str] = "spaces"
    heading: ClassVar[str]
    """Of the presets in this space, on the front page."""
    about: ClassVar[str]
    """A line about what is to be seen of them, below the heading."""
    rank: ClassVar[int] = 100
    """Where they stand on that page, from top to bottom."""

    @abstractmethod
    def observer(self, game: Players) -> Observer:
        """What looks at the states of a game whose samples lie here."""


def every_space() -> list[type[Space]]:
    """All spaces that there are, by rank."""
    return sorted(available(Space).values(), key=lambda space: space.rank)


def space_of(data: Distribution) -> Space:
    """The space of the data's samples. Raises `Invalid` where there is none of the name that they give."""
    if data.space not in names("spaces"):
        there = ", ".join(names("spaces"))
        raise Invalid(
            f"Samples of {data.option_name()} can be trained on but not looked at: there is no space {data.space!r}; "
            f"there are: {there}."
        )
    return resolve(Space, data.space)
