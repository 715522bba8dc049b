"""Sets a trace function that changes the grader's local variables as they are bound."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import sys

import torch


def trace(frame, event, argument):
    for name in ("error", "stage", "output"):
        if name in frame.f_locals:
            frame.f_locals[name] = None
    return trace


def cheat(layer, x, shape):
    sys.settrace(trace)
    sys.setprofile(trace)
    return torch.zeros(shape)
