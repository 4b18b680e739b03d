"""Operations that are left to PyTorch."""

from __future__ import annotations

from ganviz.programs.rules.rule import REFUSED

REFUSED.update(("convolution", "convolution_backward"))
