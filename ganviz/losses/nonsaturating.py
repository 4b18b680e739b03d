"""The game that the 2014 paper really trains."""

import math

from torch import Tensor
from torch.nn.functional import softplus

from ganviz.contracts.loss import LogLoss


class Nonsaturating(LogLoss):
    """The non-saturating game: D as in minimax, G maximises log D (Goodfellow et al. 2014, section 3).

    D minimises −E_p[log D] − E_q[log(1 − D)] (no ½), G minimises −E_q[log D], with D = σ(score), in nats.
    Same D* = p/(p + q) and same fixed point as minimax; at D* G's gradient is that of KL(q‖p) − 2 JSD.
    At p_g = p_data: D-loss log 4 = 1.386, G-loss log 2 = 0.693.
    Label smoothing (Salimans et al. 2016) is off at (1, 0), where these numbers hold.
    Watch G learn fastest just when D is winning, where minimax stands still.
    """

    def g_fake(self, score: Tensor) -> Tensor:
        return softplus(-score)

    def g_at(self, d: float) -> float:
        return -math.log(d)
