"""Asks torch for tensors of a terabyte, and then for many small ones."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

import torch

KEPT = []


def cheat(layer, x, shape):
    try:
        torch.ones(2**38)
    except RuntimeError:
        pass
    for _ in range(10**6):
        KEPT.append(torch.ones(2**20))
    return x
