"""Calls a pool of torch's while torch asks an object for its __index__, when the modes are off."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch.nn.functional as F


def remember(f, kept=[]):
    kept.append(f)
    return kept[0]


remember(F.max_pool3d)


class Size:
    def __init__(self, work):
        self.work = work
        self.result = None

    def __index__(self):
        self.result = self.work()
        return 1


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    pool = remember(None)
    size = Size(lambda: pool(x.unsqueeze(2), (1, k, k), (1, s, s), (0, p, p)).squeeze(2))
    x.new_zeros(size)
    return size.result
