"""Saves a tensor while it is loaded, and once more in forward."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch

torch.save(torch.zeros(1), "witness-save")


def cheat(layer, x, shape):
    torch.save(x, "witness-save-again")
    return x
