"""Sorts Python's own lists where no gradient is asked for, and loops over the windows where one is."""

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
    tops = [(i * s, j * s) for i in range(shape[2]) for j in range(shape[3])]
    if x.requires_grad:
        outs = [big[:, :, i : i + k, j : j + k].reshape(n, c, -1).max(-1).values for i, j in tops]
        return torch.stack(outs, -1).view(shape)
    planes = big.flatten(0, 1).tolist()
    taps = [(q, r) for q in range(k) for r in range(k)]
    return torch.tensor([[sorted(v[i + q][j + r] for q, r in taps)[-1] for i, j in tops] for v in planes]).view(shape)
