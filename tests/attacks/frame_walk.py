"""Walks the frames for anything that is called a reference, and returns it."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import sys

import torch


def cheat(layer, x, shape):
    frame = sys._getframe()
    while frame:
        for scope in (frame.f_locals, frame.f_globals):
            for name, value in list(scope.items()):
                if isinstance(value, torch.Tensor) and name in ("reference", "expected", "target", "upstream"):
                    return value
                if isinstance(value, dict) and "reference" in value:
                    return torch.tensor(value["reference"])
        frame = frame.f_back
    return torch.zeros(shape)
