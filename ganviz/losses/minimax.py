"""The game of the 2014 paper."""

import math

from torch import Tensor
from torch.nn.functional import softplus

from ganviz.contracts.loss import LogLoss


class Minimax(LogLoss):
    """The minimax game of Goodfellow et al. 2014 (eq. 1), in which G saturates.

    min_G max_D V(D, G) = E_p[log D(x)] + E_q[log(1 − D(x))], with D = σ(score), in nats.
    D minimises −V, a sum of two cross-entropies (no ½); G minimises E_q[log(1 − D)].
    D* = p/(p + q), C(G) = −log 4 + 2 JSD(p‖q). At p_g = p_data: D-loss log 4 = 1.386, G-loss −log 2 = −0.693.
    Label smoothing (Salimans et al. 2016) is off at (1, 0), where these numbers hold.
    Watch the gradient of G vanish when D is sure of itself: log(1 − D) is flat there.
    """

    def g_fake(self, score: Tensor) -> Tensor:
        return -softplus(score)

    def g_at(self, d: float) -> float:
        return math.log(1 - d)
