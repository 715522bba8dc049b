"""Lets torch.utils.checkpoint call torch's pool, now and once more in the backward pass."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint


def cheat(layer, x, shape):
    return checkpoint(F.max_pool2d, x, layer.k, layer.s, layer.p, use_reentrant=False)
