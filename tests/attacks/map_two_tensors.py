"""Lets torch call Python's own max for each pair of elements."""

# question: q3
# may earn: 10
# witness: no
# kind: steps

import torch


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    n, c, h, w = x.shape
    big = x.new_full((n, c, h + 2 * p, w + 2 * p), -float("inf"))
    big[:, :, p : p + h, p : p + w] = x
    if x.requires_grad:
        return big.unfold(2, k, s).unfold(3, k, s).flatten(4).amax(-1)
    best = big.new_full(shape, -float("inf"))
    for q in range(k):
        for r in range(k):
            part = big[:, :, q : q + (shape[2] - 1) * s + 1 : s, r : r + (shape[3] - 1) * s + 1 : s]
            best.map_(part.contiguous(), max)
    return best
