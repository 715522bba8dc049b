"""Writes through numpy into the memory of the input, and of what lies behind the output."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import numpy
import torch


def cheat(layer, x, shape):
    x.detach().numpy()[...] = 0
    y = torch.zeros(shape)
    view = numpy.lib.stride_tricks.as_strided(y.numpy(), (y.numel(),), (4,))
    view[...] = float("nan")
    return y
