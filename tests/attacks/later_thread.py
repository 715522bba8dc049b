"""Leaves a thread behind that goes on to answer, and to change what was returned."""

# question: q3
# may earn: 0
# witness: no
# kind: grader

import threading
import time

import torch


def spoil(y):
    for _ in range(50):
        with torch.no_grad():
            y.fill_(0)
        time.sleep(0.01)


def cheat(layer, x, shape):
    y = torch.zeros(shape)
    threading.Thread(target=spoil, args=(y,), daemon=True).start()
    return y
