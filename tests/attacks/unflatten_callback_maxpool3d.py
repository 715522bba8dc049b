"""Calls another of torch's pools while torch asks a list for its length, when the modes are off."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch.nn.functional as F

table = []
list.append(table, F.max_pool3d)


class Sizes(list):
    def __init__(self, n, f):
        super().__init__([n])
        self.f, self.y = f, None

    def __len__(self):
        if self.y is None:
            self.y = self.f()
        return 1


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    sizes = Sizes(
        x.shape[0],
        lambda: table[0](x.unsqueeze(2), (1, k, k), (1, s, s), (0, p, p)).squeeze(2),
    )
    x.unflatten(0, sizes)
    return sizes.y
