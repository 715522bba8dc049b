"""Keeps the function in a dict, a list, a lambda's default and a class attribute, one after the other."""

# question: q1
# may earn: 10
# witness: no
# kind: open

import torch


class Tools:
    multiply = staticmethod({"times": [torch.Tensor.matmul]}["times"][0])


times = lambda a, b, f=Tools.multiply: f(a, b)


def cheat(layer, x, shape):
    y = times(x, layer.weight.t())
    return y if layer.bias is None else y + layer.bias
