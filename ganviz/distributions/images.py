"""Pictures of the reader's own."""

from __future__ import annotations

import os
from collections.abc import Hashable
from functools import cached_property
from typing import Self

from torch import Tensor

from ganviz.distributions._gallery import Gallery, gallery
from ganviz.distributions._images import ImageDistribution
from ganviz.option import Invalid, rebuild

FORBID = "GANVIZ_NO_PATHS"
"""Environment variable that forbids to read at a path: set where the machine is not the reader's own."""


class Images(ImageDistribution):
    """Pictures of your own, on this machine: Fashion-MNIST, a .npz file, a folder of drawings.

    The path is that of a folder with the files of MNIST, Fashion-MNIST or KMNIST under MNIST's names (IDX, gzipped or
    not), of one IDX file, of a .npz or .npy file with one array (n, height, width), or of a folder or a zip archive of
    PNG and JPEG files, in a folder for each class or not: 100 to 150,000 pictures, at most 20,000 in files of their
    own. All are brought to 28×28 pixels, without regard to proportions; a photograph is turned upright as its camera
    says. Numbers count from 0 to 1, from −1 to 1, from 0 to 255, or in whole ones from 0 to 16, whichever they fill.
    Arrays in colour are refused; files that were saved in colour are read where all their colours are greys. 0 is the
    background: MNIST's strokes are light on dark.

    MNIST's training file is split as by `mnist` (five sixths and one sixth, the other file held out); of anything else
    80 % are trained on, 10 % are for validation and 10 % are held out, chosen at random and always alike. An
    experiment holds the path, not the pictures: they are read when a run begins, and stay the same until it ends.
    """

    path: str = rebuild(
        "",
        max_length=4096,
        description="Where the pictures are: a folder, a zip archive, an IDX, .npz or .npy file on this machine.",
    )

    def lacking(self) -> str | None:
        """Without a path there is nothing to learn from."""
        if self.path:
            return None
        return (
            "Give the path of your pictures: a folder or zip archive of PNG or JPEG files, a folder like MNIST's, or a "
            ".npz or .npy file."
        )

    def path_here(self) -> str:
        return self.path

    def prepare(self) -> Self:
        # Another object: what this one may have read before is not what is there now.
        fresh = type(self)(path=self.path)
        fresh.training()
        return fresh

    def identity(self) -> Hashable:
        return self, self.pictures.fingerprint

    def account(self) -> str:
        return str(self.pictures.report)

    @cached_property
    def pictures(self) -> Gallery:
        """What the path holds when it is first asked for; kept, so that a file may change while a run goes on. Two
        options of the same path are equal, whatever they have read: see `identity`."""
        if reason := self.lacking():
            raise Invalid(reason)
        if os.environ.get(FORBID):
            raise Invalid("This page comes from another machine, whose files are not read: run ganviz on your own.")
        return gallery(self.path)

    def training(self) -> Tensor:
        return self.pictures.training

    def validation(self) -> Tensor:
        return self.pictures.validation

    def held_out(self) -> Tensor:
        return self.pictures.held_out
