"""Returns zeros of the right shape, in the hope of a comparison that is relative to the output."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

import torch


def cheat(layer, x, shape):
    return torch.zeros(shape) + 0 * x.sum()
