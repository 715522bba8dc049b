"""Takes torch's pool from a default argument."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch.nn.functional as F


def pool(x, k, s, p, f=F.max_pool2d):
    return f(x, k, s, p)


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
