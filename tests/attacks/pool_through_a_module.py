"""Goes through modules that hold other modules, back to torch's pool."""

# question: q3
# may earn: 0
# witness: no
# kind: open

from torch import nn

init = nn.init


def cheat(layer, x, shape):
    return init.torch.functional.F.torch.max_pool2d(x, layer.k, layer.s, layer.p)
