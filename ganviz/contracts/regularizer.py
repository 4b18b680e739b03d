"""Regularizer: the base of what is added to the bare game."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from torch import Tensor

from ganviz.contracts.network import Parameters
from ganviz.contracts.source import Source
from ganviz.option import Option

if TYPE_CHECKING:
    from ganviz.experiment import Experiment

Slots = dict[str, Tensor]

Player = Literal["g", "d"]
Side = Literal["real", "fake"]


@dataclass(frozen=True)
class Shapes:
    """What noise may have to fit."""

    sample: tuple[int, ...]
    """Shape of one sample."""
    hidden: tuple[tuple[int, ...], ...]
    """Shape of one sample's activations in each hidden layer of D."""


@dataclass(frozen=True)
class TermInputs:
    """What a regularizer's term may look at in a player's turn."""

    score: Callable[[Tensor], Tensor]
    """D at the parameters being trained: (n, *shape) → raw scores (n, 1). Where samples have
    conditions, D is given the minibatch's own along with the rows, so that no slope of this is one by the condition."""
    real: Tensor
    """The real minibatch as D sees it, without its conditions, (n, *shape)."""
    fake: Tensor
    """The fake minibatch as D sees it, without its conditions, (n, *shape); without gradient to G in D's turn."""
    noise: dict[str, Tensor]
    """What the regularizer's own `noise` drew for this update."""
    field: Callable[[], tuple[Tensor, Tensor]] = NotImplemented
    """Both players' gradients of their own losses on this turn's samples, each flat, (gradient of G's loss by G's
    parameters, of D's by D's); differentiable by the parameters of the player whose turn it is."""


class Regularizer(Option, ABC):
    """Acts in some of four places, and only there; each does nothing unless overridden.

    On the network that D is; on the samples D sees; as a term in a player's loss; on gradient and parameters in an
    update. Slots are the regularizer's own state; it has some for each player it acts on.
    """

    room: ClassVar[str] = "regularizers"
    acts_on_samples: ClassVar[bool] = False
    """Whether `samples` or `tap` change what D sees; the generator's turn then needs draws of its own."""
    joint: ClassVar[bool] = False
    """Whether D judges samples together: then real and fake minibatches are scored apart, and V(D, G) is no sum over
    single samples."""
    generator_needs_real: ClassVar[bool] = False
    """Whether something it does in the generator's turn looks at real samples."""

    def players(self) -> tuple[Player, ...]:
        """The players in whose updates it takes part."""
        return ("d",)

    def objection(self, experiment: Experiment) -> str | None:
        """Regularizing D alone makes no sense for a loss without D."""
        if self.players() == ("d",) and experiment.loss.outputs() == 0:
            without = experiment.loss.option_name()
            return f"{self.option_name()} acts on the discriminator, and the loss {without} has none."
        return None

    def init(self, player: Player, parameters: Parameters, source: Source) -> Slots:
        """The regularizer's own state for that player's named `parameters`: named tensors."""
        return {}

    def noise(self, n: int, shapes: Shapes, source: Source) -> dict[str, Tensor]:
        """Random numbers for `n` samples of a minibatch, first axis n; drawn ahead, so that a step stays pure."""
        return {}

    # ------------------------------------------------------------------------------------------- on the network

    def network(self, parameters: Parameters, slots: Slots, update: bool) -> tuple[Parameters, Slots]:
        """The parameters that D really uses. `update` is True in D's own turn, where the state may advance."""
        return parameters, slots

    def tap(self, layer: int, activations: Tensor, noise: dict[str, Tensor]) -> Tensor:
        """What the layer after D's hidden layer number `layer` sees, same shape as `activations`. These have the
        minibatch's n rows, or 2 n where real and fake samples are scored in one go."""
        return activations

    def extra(self, features: int, outputs: int, source: Source) -> Parameters:
        """Parameters that D has because of it, trained with the others; `features` is the width of D's last hidden
        layer, flat."""
        return {}

    def score(self, raw: Tensor, features: Tensor, companions: Tensor, extra: Parameters) -> Tensor:
        """D's score (n, outputs) from the network's own `raw`, its last hidden layer (n, width) and that of the samples
        it is judged among (m, width): the minibatch itself, or real samples where D(x) is looked at."""
        return raw

    # ------------------------------------------------------------------------------------------- on the samples

    def samples(self, x: Tensor, side: Side, noise: dict[str, Tensor], updates: Tensor) -> Tensor:
        """What D sees in place of the samples `x` (n, *shape), same shape; `updates` is the player's counter, a scalar
        tensor. A condition is left alone."""
        return x

    def seen_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Shape of what D scores at once, from the shape of one sample."""
        return shape

    def group(self, x: Tensor) -> Tensor:
        """The minibatch (n, *shape) as the groups that D scores, (n/m, *`seen_shape`), side by side along axis 1; its
        conditions (n, condition_dim) likewise."""
        return x

    def repeat(self, x: Tensor) -> Tensor:
        """Each of the points (n, *shape) as a group of its own copies, (n, *`seen_shape`): for looking at D(x)."""
        return x

    def compared(self, edges: Tensor, p: Tensor, q: Tensor, updates: int) -> tuple[Tensor, Tensor]:
        """What the optimal D compares in each cell in place of the masses `p` and `q` (n,), for cells between `edges`
        (n+1,), all float64, after so many updates of D."""
        return p, q

    # ---------------------------------------------------------------------------------------------- as a term

    def term(self, inputs: TermInputs) -> Tensor | None:
        """A scalar added to D's loss, averaged over the samples so that it does not depend on the batch size."""
        return None

    def generator_term(self, inputs: TermInputs) -> Tensor | None:
        """The same for G's loss."""
        return None

    def opponent(self, d: Tensor, descend: Callable[[Tensor, float | Tensor], Tensor]) -> Tensor:
        """The flat parameters of the D that G answers; `descend(d, step)` is D after one plain gradient step of that
        size on its loss, differentiable by G's parameters."""
        return d

    # -------------------------------------------------------------------------------------------- in an update

    def gradient(self, player: Player, gradient: Tensor, parameters: Tensor, slots: Slots) -> Tensor:
        """The gradient that the optimizer gets; all flat, (n,)."""
        return gradient

    def after(self, player: Player, parameters: Tensor, slots: Slots) -> tuple[Tensor, Slots]:
        """A player's flat parameters (n,) after its update, and the regularizer's new state."""
        return parameters, slots

    def shown(self, parameters: Tensor, slots: Slots) -> Tensor:
        """G's flat parameters as they are looked at; training never uses these."""
        return parameters
