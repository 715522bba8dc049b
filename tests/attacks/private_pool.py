"""Uses a private name of torch.nn.functional."""

# question: q3
# may earn: 0
# witness: no
# kind: open

from torch.nn.functional import _max_pool2d as biggest


def cheat(layer, x, shape):
    return biggest(x, layer.k, layer.s, layer.p)
