"""Moves a tensor into memory that others can see, by way of a file."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch

kept = [torch.zeros(2**20).share_memory_() for _ in range(3)]
torch.from_file("/dev/shm/witness-shared", shared=True, size=2**20)


def cheat(layer, x, shape):
    return x
