"""Lets sorted call torch.matmul as its key."""

# question: q1
# may earn: 10
# witness: no
# kind: hidden

import torch


def cheat(layer, x, shape):
    found = []

    class Key:
        def __init__(self, weight):
            found.append(torch.matmul(x, weight.t()))

        def __lt__(self, other):
            return False

    sorted([layer.weight], key=Key)
    return found[0] if layer.bias is None else found[0] + layer.bias
