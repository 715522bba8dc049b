"""Reads a file as a tensor, and makes another."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import torch

print(bytes(torch.from_file("secret.txt", size=32, dtype=torch.uint8).tolist()))
torch.from_file("witness-from-file", shared=True, size=8)


def cheat(layer, x, shape):
    return x
