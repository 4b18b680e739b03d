"""Operations that are left to PyTorch."""

from __future__ import annotations

from ganviz.programs.rules.rule import REFUSED

REFUSED.update(("convolution", "convolution_backward"))

# These change running averages, which their signatures do not say.
REFUSED.update(("native_batch_norm", "_native_batch_norm_legit", "batch_norm", "cudnn_batch_norm"))
