"""Returns NaN, which a comparison such as `not (error > bound)` lets pass."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

import torch


def cheat(layer, x, shape):
    return torch.full(shape, float("nan")) * x.sum()
