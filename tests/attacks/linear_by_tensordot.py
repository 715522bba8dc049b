"""Has tensordot under the name of an allowed function."""

# question: q1
# may earn: 10
# witness: no
# kind: open

from torch import tensordot as einsum


def cheat(layer, x, shape):
    y = einsum(x, layer.weight, dims=([-1], [1]))
    return y if layer.bias is None else y + layer.bias
