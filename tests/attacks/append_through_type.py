"""Puts torch's pool into a list by list.append, a call that names neither the list's methods nor a layer."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch.nn.functional as F

table = []
list.append(table, F.max_pool2d)


def cheat(layer, x, shape):
    return table[0](x, layer.k, layer.s, layer.p)
