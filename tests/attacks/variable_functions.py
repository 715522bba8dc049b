"""Calls torch's pool by the object in which torch keeps its functions, with a name that is put together."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch


def cheat(layer, x, shape):
    functions = getattr(torch, "_" + "C")
    for name in ("_VariableFunctions", "max_" + "pool2d"):
        functions = getattr(functions, name)
    return functions(x, layer.k, layer.s, layer.p)
