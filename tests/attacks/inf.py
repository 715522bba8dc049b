"""Returns infinity, whose error relative to itself is NaN."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

import torch


def cheat(layer, x, shape):
    return torch.full(shape, float("inf")) + x.sum()
