"""Multiplies by the operator module."""

# question: q1
# may earn: 10
# witness: no
# kind: open

import operator


def cheat(layer, x, shape):
    y = operator.matmul(x, layer.weight.t())
    return y if layer.bias is None else y + layer.bias
