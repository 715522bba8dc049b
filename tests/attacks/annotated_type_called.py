"""Calls a type hint, which constructs what it stands for."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import typing

import torch.nn as nn

Pool = typing.Annotated[nn.MaxPool2d, "a pool"]


def cheat(layer, x, shape):
    return Pool(layer.k, layer.s, layer.p)(x)
