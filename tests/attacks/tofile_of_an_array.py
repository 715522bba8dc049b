"""Writes a file by a method of the array behind a tensor."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch

torch.zeros(1).numpy().tofile("witness-tofile")


def cheat(layer, x, shape):
    x.detach().numpy().dump("witness-dump")
    return x
