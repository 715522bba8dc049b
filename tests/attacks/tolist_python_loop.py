"""Finds the maxima in Python's own lists, and gathers once."""

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
    v = big.tolist()
    index = torch.zeros(n, c, shape[2] * shape[3], dtype=torch.long).tolist()
    for a in range(n):
        for b in range(c):
            for t in range(shape[2] * shape[3]):
                i, j = t // shape[3] * s, t % shape[3] * s
                _, q, r = max((v[a][b][i + q][j + r], -q, -r) for q in range(k) for r in range(k))
                index[a][b][t] = (i - q) * (w + 2 * p) + j - r
    return big.flatten(2).gather(2, torch.tensor(index)).view(shape)
