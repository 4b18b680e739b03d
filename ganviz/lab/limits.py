"""Limits: how much one visitor of a shared machine may ask for."""

from __future__ import annotations

import os
from functools import cache
from typing import Self

from pydantic import ValidationError

from ganviz.experiment import Experiment
from ganviz.option import FrozenModel, Invalid, Option
from ganviz.presets import available

VARIABLE = "GANVIZ_LIMITS"
"""Environment variable that holds them, as JSON; kernels inherit it from the server that set it."""


class Limits(FrozenModel):
    """Upper bounds, below those of the fields themselves; None where there is none.

    A bound is named after the field that it bounds, wherever an experiment has such a field. What a preset has is
    allowed whatever the bounds say: whoever serves ganviz serves its presets.
    """

    width: int | None = None
    depth: int | None = None
    channels: int | None = None
    batch_size: int | None = None
    upload: int | None = None
    """Bytes of a file that is sent from the browser."""

    @classmethod
    def here(cls) -> Self:
        """Those of this process: of `VARIABLE`, or none at all. A text that is no limits lets nothing large pass."""
        try:
            return cls.model_validate_json(os.environ.get(VARIABLE) or "{}")
        except ValidationError:
            return cls(width=64, depth=2, channels=8, batch_size=64, upload=0)

    def admit(self, experiment: Experiment) -> None:
        """Raises `Invalid` for an experiment that exceeds one of them."""
        sizes = self.model_dump(exclude={"upload"}, exclude_none=True)
        for part in (experiment, *experiment.options()):
            for name, most in sizes.items():
                asked = getattr(part, name, 0)
                if asked > most and part not in _parts_of_presets():
                    what = name.replace("_", " ")
                    raise Invalid(f"On this shared server {what} is at most {most:,}, not {asked:,}.")

    def admit_upload(self, size: int) -> None:
        """Raises `Invalid` for a file of more bytes."""
        if self.upload is not None and size > self.upload:
            raise Invalid(f"On this shared server a file has at most {self.upload / 1e6:g} MB.")


@cache
def _parts_of_presets() -> list[Option]:
    return [option for preset in available() for option in preset.experiment.options()]
