"""Returns a subclass of Tensor whose bases are unpacked, beside a class that is a metaclass."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

import torch


class Meta(type):
    pass


class P(*[torch.Tensor]):
    pass


def cheat(layer, x, shape):
    return x.as_subclass(P)
