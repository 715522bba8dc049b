"""Calls a pool of torch's while torch asks an object for its __dlpack__."""

# question: q3
# may earn: 0
# witness: no
# kind: hidden

import torch
import torch.nn.functional as F

POOLS = []


def remember(f):
    POOLS.append(f)


remember(F.max_pool3d)


class Values:
    def __init__(self, work):
        self.work = work

    def __dlpack_device__(self):
        return torch.zeros(1).__dlpack_device__()

    def __dlpack__(self, **options):
        self.result = self.work()
        return torch.zeros(1).__dlpack__()


def cheat(layer, x, shape):
    k, s, p = layer.k, layer.s, layer.p
    values = Values(lambda: POOLS[0](x.unsqueeze(2), (1, k, k), (1, s, s), (0, p, p)).squeeze(2))
    torch.from_dlpack(values)
    return values.result
