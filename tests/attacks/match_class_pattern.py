"""Reads __globals__ by a class pattern, which has no dot."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

from torch import nn

match nn.Module.forward:
    case object(__globals__=g):
        g["__builtins__"]["exec"](PAYLOAD, {})


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
