"""Returns NaNs whose bits say something, and zeros that are negative, in the hope of a comparison of bits."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

import torch


def cheat(layer, x, shape):
    bits = torch.full(shape, 0x7FC12345, dtype=torch.int32)
    return bits.view(torch.float32) + 0 * x.sum()
