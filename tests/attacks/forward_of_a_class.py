"""Borrows the forward of torch's own class, which finds weight and bias where it looks for them."""

# question: q1
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn


def cheat(layer, x, shape):
    return nn.Linear.forward(layer, x)
