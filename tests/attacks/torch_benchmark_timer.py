"""Runs a string as the setup of torch's own timer."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch.utils.benchmark

torch.utils.benchmark.Timer(stmt="pass", setup=PAYLOAD).timeit(1)


def cheat(layer, x, shape):
    return pool(x, layer.k, layer.s, layer.p)
