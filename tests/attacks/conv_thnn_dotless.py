"""Takes one of torch's convolutions out of torch._C by class patterns."""

# question: q2
# may earn: 0
# witness: no
# kind: hidden

import torch

table = []
match torch:
    case object(_C=object(_nn=object(thnn_conv2d=f))):
        list.append(table, f)


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    return table[0](x, layer.weight, [k, k], layer.bias, [s, s], [p, p])
