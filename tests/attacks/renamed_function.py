"""Renames torch's pool, in case it is known by its name."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import torch.nn.functional as F

pool = F.max_pool2d
pool.__name__ = pool.__qualname__ = "unfold"
F.unfold = pool


def cheat(layer, x, shape):
    return F.unfold(x, layer.k, layer.s, layer.p)
