"""Is right, by a loop over all windows; no attack, but what the others are held against."""

# question: q3
# may earn: 18
# witness: no
# kind: steps

import torch


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    n, c, h, w = x.shape
    big = x.new_full((n, c, h + 2 * p, w + 2 * p), -float("inf"))
    big[:, :, p : p + h, p : p + w] = x
    outs = []
    for a in range(n):
        for b in range(c):
            for i in range(shape[2]):
                for j in range(shape[3]):
                    outs.append(big[a, b, i * s : i * s + k, j * s : j * s + k].max())
    return torch.stack(outs).view(shape)
