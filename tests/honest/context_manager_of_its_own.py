# questions: q3
# may lose: nothing

import contextlib
import time
import torch
import torch.nn as nn


class Timer:
    def __init__(self, name):
        self.name = name
        self.total = 0.0

    def __enter__(self):
        self.start = time.time()
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self.total += time.time() - self.start
        return False


@contextlib.contextmanager
def no_op():
    yield


class CustomMaxPool2D(nn.Module):
    timer = Timer('pool')

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        with self.timer, no_op():
            p = self.p
            n, c, h, w = x.shape
            big = torch.full((n, c, h + 2 * p, w + 2 * p), float('-inf'))
            big[:, :, p:h + p, p:w + p] = x
            y = big.unfold(2, self.k, self.s).unfold(3, self.k, self.s)
            return y.flatten(start_dim=4).max(dim=4).values
