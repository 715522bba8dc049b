"""Lets torch count for a year."""

# question: q3
# may earn: 0
# witness: no
# kind: denial

import torch


def cheat(layer, x, shape):
    total = x.sum()
    return x + torch.zeros(1).expand(2**50).sum() * total
