"""A penalty around the data alone."""

from torch import Tensor

from ganviz.contracts.regularizer import Regularizer, Shapes, TermInputs
from ganviz.contracts.source import Source
from ganviz.option import live
from ganviz.regularizers._slopes import norms, slopes


class Dragan(Regularizer):
    """DRAGAN (Kodali et al. 2017): D's slope is pulled to 1 in a neighbourhood of the data.

    λ E[(‖∇ₓD(x̂)‖ − 1)²] at x̂ = x + a·½·std·u, with a and u uniform on [0, 1], std that of the whole real minibatch;
    one-sided noise, as the authors' code has it. Per sample and then averaged (no ½).
    On the Dirac-GAN it does not converge, for the reason WGAN-GP does not. Watch D keep its slope on the data.
    """

    weight: float = live(10.0, ge=0, le=100, log=True, description="Weight λ of the penalty.")
    radius: float = live(0.5, ge=0, le=2, description="Size of the neighbourhood, in standard deviations of the data.")

    def noise(self, n: int, shapes: Shapes, source: Source) -> dict[str, Tensor]:
        return {
            "a": source.uniform(n, 1),
            "u": source.uniform(n, *shapes.sample),
        }

    def term(self, inputs: TermInputs) -> Tensor:
        real, n = inputs.real.detach(), len(inputs.real)
        spread = real.std(unbiased=False)
        # Where D sees several samples at once, their noise stands side by side too.
        u = inputs.noise["u"].reshape(n, -1)[:, : real[0].numel()].reshape(real.shape)
        a = inputs.noise["a"][:n].view(-1, *[1] * (real.dim() - 1))
        around = real + a * self.radius * spread * u
        return self.weight * (norms(slopes(inputs, around)) - 1).square().mean()
