"""Writes into memory by its address, and calls the C library."""

# question: q3
# may earn: 0
# witness: yes
# kind: outside

import ctypes

import torch

x = torch.zeros(1)
ctypes.memset(x.data_ptr(), 1, 4)
ctypes.CDLL(None).system(b"echo > witness-ctypes")


def cheat(layer, x, shape):
    return x
